"""Pictures of a post in the sizes that the page and the mail need."""

import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.images.shortcuts import get_rendition_or_not_found
from willow.plugins.pillow import PillowImage
from willow.registry import registry

# What every browser, feed reader and chat shows. Twice the width at which they are shown at most,
# for screens with dense pixels.
_WEB = ("width-720", "width-1440")
# The same in half the bytes or less, for browsers that know how; the best first.
_MODERN = {
    form: tuple(f"width-{width}|format-{form}" for width in (480, 960, 1440))
    for form in ("avif", "webp")
}
ON_PAGES = (*_WEB, *(spec for specs in _MODERN.values() for spec in specs))
_IN_THE_TEXT = "(min-width: 46rem) 44rem, 100vw"
_ABOVE_THE_TEXT = "(min-width: 38rem) 35rem, 100vw"
_MAIL = "width-1104"
EVERYWHERE = (*ON_PAGES, _MAIL)
MAIL_WIDTH = 552  # a column of 600 less its margins
# What a picture is drawn with. Cameras add to it where and when it was taken, and by whom.
_FOR_DRAWING = {"icc_profile", "transparency"}


# Pillow asks before it decodes anything, whoever opens a file: it warns above this, and refuses
# twice as many. (Wagtail counts pixels too, when all of them are decoded.)
Pillow.MAX_IMAGE_PIXELS = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 2
warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)


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
    wanted = renditions.filter(filter_spec__in=EVERYWHERE)
    prefetch_related_objects(list(images), Prefetch("renditions", queryset=wanted))


class Shown(NamedTuple):
    """A picture in the sizes and forms that there are of it now, and what it shows."""

    small: Any
    large: Any
    alt: str
    modern: dict[str, list[Any]]

    @property
    def address(self) -> str:
        """Where other sites find it, for their cards."""
        return str(self.large.full_url)

    def html(self, *, sizes: str, attributes: SafeString) -> SafeString:
        """The picture, of which the browser takes the form it knows and the size it needs."""
        return format_html(
            '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" {}>'
            "</picture>",
            self._sources(sizes),
            *(self.small.url, _srcset([self.small, self.large]), sizes),
            *(self.large.width, self.large.height, self.alt, attributes),
        )

    def _sources(self, sizes: str) -> SafeString:
        return format_html_join(
            "",
            '<source type="image/{}" srcset="{}" sizes="{}">',
            ((form, _srcset(made), sizes) for form, made in self.modern.items() if made),
        )


def _srcset(renditions: Iterable[Any]) -> str:
    """Addresses with their widths, each width once: a small picture is not made larger."""
    by_width = {rendition.width: rendition.url for rendition in renditions}
    return ", ".join(f"{url} {width}w" for width, url in by_width.items())


def shown(image: Any, *, alt: str) -> Shown:
    """What there is of the picture. A worker makes most of it when a page is published (see
    `warming`); until then one size in one form is made here, for the page cannot do without."""
    made = {rendition.filter_spec: rendition for rendition in image.renditions.all()}
    small = made.get(_WEB[0]) or _made_now(image, _WEB[0])
    modern = {
        form: [made[spec] for spec in specs if spec in made] for form, specs in _MODERN.items()
    }
    return Shown(small, made.get(_WEB[1]) or small, alt, modern)


def _made_now(image: Any, spec: str) -> Any:
    """The picture in this size; one without a file, where the picture can't be made."""
    try:
        return get_rendition_or_not_found(image, spec)
    except Pillow.DecompressionBombError:  # uploaded before there was a limit
        missing = image.renditions.model(image=image, width=0, height=0)
        missing.file.name = "not-found"
        return missing


def web_picture(image: Any) -> SafeString:
    """A picture in the text: loaded when a reader comes near it, and its place kept until then."""
    later = SafeString('loading="lazy" decoding="async"')
    return shown(image, alt=alt_text(image)).html(sizes=_IN_THE_TEXT, attributes=later)


def in_body(body: Any) -> list[Any]:
    """The pictures of a body, in their order."""
    blocks = body.blocks_by_name("image")
    return [block.value["image"] for block in blocks if block.value["image"]]


def cover(image: Any, *, beside: Iterable[Any]) -> Shown:
    """A post's cover, asked for together with the pictures that will be shown beside it."""
    prepare([image, *beside])
    # Not the title: that is the name of a file more often than a description.
    return shown(image, alt=image.description)


def cover_picture(picture: Shown) -> SafeString:
    """The cover on its page: at once, for it is the largest thing that a reader sees first."""
    first = SafeString('class="cover" fetchpriority="high" decoding="async"')
    return picture.html(sizes=_ABOVE_THE_TEXT, attributes=first)


def portrait(image: Any) -> SafeString:
    """Who writes, small and square, for dense screens twice as large as it is shown. Her name
    stands beside it."""
    rendition = _made_now(image, "fill-112x112")
    return format_html(
        '<img class="portrait" src="{}" width="56" height="56" alt="">', rendition.url
    )


def mail_picture(image: Any) -> SafeString:
    """The picture at an absolute address, with a width for Outlook, which knows no max-width."""
    rendition = _made_now(image, _MAIL)
    url = rendition.url if "://" in rendition.url else f"{settings.SITE_URL}{rendition.url}"
    width = min(rendition.width, MAIL_WIDTH)
    return format_html(
        '<img class="picture" src="{}" width="{}" alt="{}">', url, width, alt_text(image)
    )


def alt_text(image: Any) -> str:
    """What stands for the picture where it is not seen; nothing when it is decorative."""
    return "" if image.decorative else (image.contextual_alt_text or "")
