"""What other sites and chats show of a page before it is opened (https://ogp.me).

X reads the same, and needs to be told only that the picture is to be large.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from posts.content.models import PostPage, SiteSettings
from posts.sharing.cards import addresses
from posts.sharing.cards.drawing import HEIGHT, WIDTH
from subscribers.one_line import one_line

# The protocol wants a territory beside the language: the one that other sites know it by.
_TERRITORIES = {"en": "US", "ar": "AR", "he": "IL", "ja": "JP", "ko": "KR", "sv": "SE", "uk": "UA"}


@dataclass(frozen=True)
class Picture:
    """The picture of a preview."""

    address: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Preview:
    """All that is told. `site` is empty where not even that should be."""

    kind: str
    title: str
    address: str
    locale: str
    picture: Picture
    site: str = ""
    description: str = ""
    published: datetime | None = None
    modified: datetime | None = None


def of_post(post: PostPage, site: SiteSettings, *, cover: Any = None, code: str = "") -> Preview:
    """A post at its public address, or at that of its share link."""
    where = post.canonical_address or post.public_url
    return Preview(
        kind="article",
        title=one_line(post.title),
        address=f"{settings.SITE_URL}/s/{code}" if code else where,
        locale=locale(post.language),
        picture=picture_of_post(post, site, cover=cover, code=code),
        site=site.name,
        description=one_line(post.search_description) or post.lead,
        published=post.first_published_at,
        modified=post.last_published_at,
    )


def picture_of_post(
    post: PostPage, site: SiteSettings, *, cover: Any = None, code: str = ""
) -> Picture:
    """Its cover, or else its card."""
    if cover:
        return Picture(cover.address, cover.large.width, cover.large.height, cover.alt)
    if code:
        address = addresses.of_code(code, post, site, discreet=False)
    else:
        address = addresses.of_post(post, site)
    return Picture(address, WIDTH, HEIGHT, one_line(post.title))


def of_site(site: SiteSettings, *, title: str, description: str, address: str) -> Preview:
    """A page that is no post."""
    return Preview(
        kind="website",
        title=one_line(title),
        address=address,
        locale=locale(get_language() or settings.LANGUAGE_CODE),
        picture=Picture(addresses.of_site(site), WIDTH, HEIGHT, site.name),
        site=site.name,
        description=one_line(description),
    )


def of_stranger(post: PostPage, site: SiteSettings, *, code: str) -> Preview:
    """A post behind its discreet link: it names neither the post nor the site."""
    title = _("Something to read")
    return Preview(
        kind="website",
        title=title,
        address=f"{settings.SITE_URL}/s/{code}",
        locale=locale(post.language),
        picture=Picture(
            addresses.of_code(code, post, site, discreet=True), WIDTH, HEIGHT, alt=title
        ),
    )


def locale(language: str) -> str:
    """The language as the protocol writes it: `de_DE`."""
    name = to_locale(language)
    return name if "_" in name else f"{name}_{_TERRITORIES.get(name, name.upper())}"
