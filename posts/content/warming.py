"""Pictures made before anybody asks: in every size and form, by a worker, once they are uploaded,
and again once a page is public, should anything be missing."""

import logging
from collections.abc import Iterable
from typing import Any

from django.dispatch import Signal
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from posts.content import pictures
from posts.content.models import PlainPage, PostPage

logger = logging.getLogger(__name__)

# What Wagtail shows of a picture in its lists, and beside its form.
_IN_THE_DESK = ("max-165x165", "max-800x600")

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


def render(image_id: int) -> int:
    """Make what is missing of a picture for pages, mails and the desk; how many there were to
    make."""
    image = get_image_model().objects.filter(pk=image_id).first()
    return 0 if image is None else _warm_one(image, (*pictures.EVERYWHERE, *_IN_THE_DESK))


def _warm_one(image: Any, wanted: Iterable[str] = pictures.EVERYWHERE) -> int:
    there = {rendition.filter_spec for rendition in image.renditions.all()}
    missing = [spec for spec in wanted if spec not in there]
    try:
        # One by one: each is kept when the next is too much for this machine.
        return len([image.get_rendition(spec) for spec in missing])
    except (SourceImageIOError, Pillow.DecompressionBombError) as error:
        logger.warning("A picture can't be read (%s); pages show that it is missing.", error)
        return 0


def pictures_of(page: PostPage | PlainPage) -> list[Any]:
    cover = getattr(page, "cover", None)
    return [*([cover] if cover else []), *pictures.in_body(page.body)]
