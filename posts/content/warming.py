"""Pictures made before readers ask: in every size and form, by a worker, once a page is public."""

import logging
from typing import Any

from django.dispatch import Signal
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from posts.content import pictures
from posts.content.models import PlainPage, PostPage

logger = logging.getLogger(__name__)

# Sent with `page` when a page has more pictures to offer than before: what was kept of it is old.
warmed = Signal()


def warm(page_id: int) -> int:
    """Make what is missing of the pictures of a live page; how many there were to make."""
    page = Page.objects.live().filter(pk=page_id).first()
    page = page and page.specific
    if not isinstance(page, PostPage | PlainPage):
        return 0
    images = pictures_of(page)
    pictures.prepare(images)
    made = sum(_warm_one(image) for image in images)
    if made:
        warmed.send(sender=type(page), page=page)
    return made


def _warm_one(image: Any) -> int:
    there = {rendition.filter_spec for rendition in image.renditions.all()}
    missing = [spec for spec in pictures.ON_PAGES if spec not in there]
    try:
        # One by one: each is kept when the next is too much for this machine.
        return len([image.get_rendition(spec) for spec in missing])
    except SourceImageIOError as error:
        logger.warning("A picture can't be read (%s); pages show that it is missing.", error)
        return 0


def pictures_of(page: PostPage | PlainPage) -> list[Any]:
    cover = getattr(page, "cover", None)
    return [*([cover] if cover else []), *pictures.in_body(page.body)]
