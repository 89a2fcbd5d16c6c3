"""Pictures made before readers ask: in every size and form, by a worker, once a page is public."""

import logging
from typing import Any

from celery import current_app
from django.dispatch import Signal
from kombu.exceptions import OperationalError
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from posts.content import pictures
from posts.content.models import PlainPage, PostPage

logger = logging.getLogger(__name__)

# Sent with `page` when a page has more pictures to offer than before: what was kept of it is old.
warmed = Signal()


def ring(page_id: int) -> None:
    """Ask a worker to make them. Without one the page still shows each picture, in one size."""
    try:
        current_app.send_task("posts.content.tasks.warm_pictures", args=[page_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached (%s); pictures stay in one size.", error)


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
