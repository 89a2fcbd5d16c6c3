"""The latest posts for feed readers, whole: Atom (RFC 4287) and JSON Feed 1.1.

A post for subscribers shows its first words here, as everywhere that anybody can look.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils import feedgenerator
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from posts.content.enclosures.within import Enclosed, all_in
from posts.content.models import HomePage, PostPage, SiteSettings
from posts.content.rendering import page_path, render_web_body

__all__ = ["LATEST", "atom", "json_feed"]

LATEST = 20
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RELATIVE = re.compile(r'(?P<name>\b(?:href|src)=")/(?!/)')
# Feed readers know <img>; some drop all of a <picture>.
_NEWER_FORMS = re.compile(r"</?picture>|<source [^<>]*>")
_PICTURES = re.compile(r'\bsrcset="([^"]*)"')


def atom(posts: Iterable[PostPage], site: SiteSettings) -> str:
    """The feed as XML."""
    feed = _Atom(
        title=_legal(site.name),
        link=f"{settings.SITE_URL}/",
        description=_legal(site.tagline),
        subtitle=_legal(site.tagline) or None,
        language=site.language,
        author_name=_legal(site.author or site.name),
        feed_url=f"{settings.SITE_URL}/feed.xml",
        feed_guid=_identity_of_feed(site),
    )
    for post in posts:
        feed.add_item(
            title=_legal(post.title),
            link=post.public_url,
            unique_id=_identity(post, site),
            description=_legal(escape(post.lead)),  # Django says of it that it is HTML
            pubdate=post.first_published_at,
            updateddate=post.last_published_at or post.first_published_at,
            content=_legal(whole(post)),
            content_language=post.language,
            enclosures=[
                feedgenerator.Enclosure(
                    one.address, str(one.enclosure.size), one.enclosure.kind.mime
                )
                for one in _enclosed(post)
            ],
        )
    return feed.writeString("utf-8")


def json_feed(posts: Iterable[PostPage], site: SiteSettings) -> dict[str, Any]:
    """The feed as https://www.jsonfeed.org/version/1.1/ has it."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": f"{settings.SITE_URL}/",
        "feed_url": f"{settings.SITE_URL}/feed.json",
        "language": site.language,
        "authors": [{"name": site.author or site.name}],
        "items": [_item(post, site) for post in posts],
    }
    return feed | ({"description": site.tagline} if site.tagline else {})


def _item(post: PostPage, site: SiteSettings) -> dict[str, Any]:
    content = whole(post)
    item: dict[str, Any] = {
        "id": _identity(post, site),
        "url": post.public_url,
        "title": post.title,
        "language": post.language,
        "summary": post.lead,
        **({"content_html": content} if content else {"content_text": post.lead}),
    }
    if attachments := [_attachment(one) for one in _enclosed(post)]:
        item["attachments"] = attachments
    for name, at in (
        ("date_published", post.first_published_at),
        ("date_modified", post.last_published_at),
    ):
        if at is not None:
            item[name] = at.isoformat()
    return item


def _enclosed(post: PostPage) -> list[Enclosed]:
    """Its files and sounds, of a post that everybody may read."""
    if post.visibility != PostPage.Visibility.PUBLIC:
        return []
    return list(all_in(post.body, f"{settings.SITE_URL}{page_path(post)}"))


def _attachment(one: Enclosed) -> dict[str, Any]:
    file = one.enclosure
    told: dict[str, Any] = {
        "url": one.address,
        "mime_type": file.kind.mime,
        "title": one.title,
        "size_in_bytes": file.size,
    }
    return told | ({"duration_in_seconds": file.seconds} if file.seconds else {})


def _identity(post: PostPage, site: SiteSettings) -> str:
    """The same for ever, whatever slug or domain become (RFC 4287, 4.2.6): a reader must not see a
    post twice. What was in feeds before ids were made so keeps the one that it is known by."""
    if post.pk <= site.feed_ids_to:
        return f"{site.feed_ids_at}/#post-{post.pk}"
    return post.translation_key.urn  # type: ignore[no-any-return]


def _identity_of_feed(site: SiteSettings) -> str:
    if site.feed_ids_at:
        return f"{site.feed_ids_at}/"
    home = HomePage.objects.first()
    return home.translation_key.urn if home else f"{settings.SITE_URL}/"


def whole(post: PostPage, *, also_hidden: bool = False) -> str:
    """The body with absolute addresses; empty where it is not for everybody."""
    if post.visibility != PostPage.Visibility.PUBLIC and not also_hidden:
        return ""
    html = _NEWER_FORMS.sub("", str(render_web_body(post)))
    html = _RELATIVE.sub(rf"\g<name>{settings.SITE_URL}/", html)
    return _PICTURES.sub(_absolute_pictures, html)


def _legal(text: str) -> str:
    """The text without what XML has no way to write: one such character, pasted into one title,
    would take the whole feed from everybody."""
    return _NOT_IN_XML.sub("", text)


def _absolute_pictures(found: re.Match[str]) -> str:
    addresses = (address.strip() for address in found[1].split(","))
    absolute = (f"{settings.SITE_URL}{a}" if a.startswith("/") else a for a in addresses)
    return f'srcset="{", ".join(absolute)}"'


class _Atom(feedgenerator.Atom1Feed):
    """Django's has a summary of each entry only."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: Mapping[str, Any]) -> None:
        super().add_item_elements(handler, item)  # type: ignore[arg-type]
        if item["content"]:
            kind = {"type": "html", "xml:lang": item["content_language"]}
            handler.addQuickElement("content", item["content"], kind)
