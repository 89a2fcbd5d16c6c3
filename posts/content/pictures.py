"""Pictures of a post in the sizes that the page and the mail need."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.images import get_image_model
from wagtail.images.shortcuts import get_renditions_or_not_found
from willow.plugins.pillow import PillowImage
from willow.registry import registry

# Twice the width at which they are shown at most, for screens with dense pixels.
_WEB = ("width-720", "width-1440")
_MAIL = "width-1104"
MAIL_WIDTH = 552  # a column of 600 less its margins
# What a picture is drawn with. Cameras add to it where and when it was taken, and by whom.
_FOR_DRAWING = {"icc_profile", "transparency"}


def _upright_and_discreet(picture: PillowImage) -> PillowImage:
    """The picture the right way up, without anything that its file says beside it."""
    upright = PillowImage.auto_orient(picture)
    info = upright.image.info
    upright.image.info = {key: info[key] for key in _FOR_DRAWING & info.keys()}
    return upright


# Every rendition, whatever its size or form, begins by being turned upright: Wagtail asks so. The
# file as it was uploaded stays as it is, and nobody but the writer's own backup ever reads it.
registry.register_operation(PillowImage, "auto_orient", _upright_and_discreet)


def prepare(images: Iterable[Any]) -> None:
    """Fetch what was rendered of all these pictures before, in one query."""
    renditions = get_image_model().get_rendition_model().objects
    wanted = renditions.filter(filter_spec__in=[*_WEB, _MAIL])
    prefetch_related_objects(list(images), Prefetch("renditions", queryset=wanted))


def web_picture(image: Any) -> SafeString:
    """The picture in two sizes, of which the browser takes the one it needs."""
    small, large = get_renditions_or_not_found(image, _WEB).values()
    return format_html(
        '<img src="{}" srcset="{} {}w, {} {}w" sizes="(min-width: 46rem) 44rem, 100vw"'
        ' width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
        *(small.url, small.url, small.width, large.url, large.width),
        *(large.width, large.height, alt_text(image)),
    )


class Cover(NamedTuple):
    """A post's cover in two sizes, and what it shows."""

    small: Any
    large: Any
    alt: str

    @property
    def address(self) -> str:
        """Where other sites find it, for their cards."""
        return str(self.large.full_url)


def cover(image: Any) -> Cover:
    """The cover, both sizes in one query."""
    small, large = get_renditions_or_not_found(image, _WEB).values()
    # Not the title: that is the name of a file more often than a description.
    return Cover(small, large, alt=image.description)


def mail_picture(image: Any) -> SafeString:
    """The picture at an absolute address, with a width for Outlook, which knows no max-width."""
    rendition = get_renditions_or_not_found(image, (_MAIL,))[_MAIL]
    url = rendition.url if "://" in rendition.url else f"{settings.SITE_URL}{rendition.url}"
    width = min(rendition.width, MAIL_WIDTH)
    return format_html(
        '<img class="picture" src="{}" width="{}" alt="{}">', url, width, alt_text(image)
    )


def alt_text(image: Any) -> str:
    """What stands for the picture where it is not seen; nothing when it is decorative."""
    return "" if image.decorative else (image.contextual_alt_text or "")
