"""WordPress exports WXR, a file of XML (`wp-admin/includes/export.php` of its sources). A zip or a
folder may hold it with the pictures of `wp-content/uploads/` beside it.

An item has title, link, guid, dc:creator, content:encoded, excerpt:encoded, wp:post_id,
wp:post_name, wp:post_date_gmt, wp:status, wp:post_type, wp:post_password, categories (domain
`category` or `post_tag`) and wp:postmeta; pictures are items of the type `attachment`, which other
items name by `_thumbnail_id`. Texts are blocks with their names in comments, or older ones whose
blank lines are paragraphs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from posts.content.importing import about_codes, without_shortcodes
from posts.moving_in.archive import Archive
from posts.moving_in.shape import (
    TOO_LARGE,
    Found,
    MoveOptions,
    NotBrought,
    OldPost,
    OldSystem,
    described,
)
from posts.moving_in.sources.wxr import WxrAuthor, WxrItem, items_in
from posts.moving_in.tables import lists_in
from subscribers.saying import sentence

# Of these nobody ever thought as of a text.
_OF_THE_MACHINE = re.compile(
    r"attachment|nav_menu_item|revision|custom_css|customize_changeset|oembed_cache|user_request"
    r"|wp_\w{1,40}|acf-\w{1,40}|jetpack\w{0,40}|feedback|\w{0,40}_cache"
)
_NO_DATE = "0000-00-00 00:00:00"
_WHY_DRAFT = {
    "future": sentence("It was to be published later there, and comes as a draft."),
    "private": sentence("It was private there, and comes as a draft."),
    "pending": sentence("It waited there for somebody’s word, and comes as a draft."),
}
_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|blockquote|figure|pre|table|hr|section|iframe)\b",
    re.IGNORECASE,
)


@dataclass
class _Beside:
    """Who writes, and the pictures, by what posts call them."""

    authors: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)  # address and alt


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    for name in archive.names(".xml"):
        beside = _beside(archive, name)
        comments = 0
        for found in items_in(archive, name):
            if isinstance(found, NotBrought):
                yield found
            elif isinstance(found, WxrItem):
                comments += found.comments
                if (post := _post(found, name, beside)) is not None:
                    yield post
        if comments:
            why = sentence("Its comments (%(number)s): letters have none here.", number=comments)
            yield NotBrought(name, why)
    yield from lists_in(archive)


def _beside(archive: Archive, name: str) -> _Beside:
    beside = _Beside()
    for found in items_in(archive, name):
        if isinstance(found, WxrAuthor):
            beside.authors[found.login] = found.name or found.login
        elif isinstance(found, WxrItem) and found.fields.get("wp:post_type") == "attachment":
            address = found.fields.get("wp:attachment_url", "")
            alt = found.meta.get("_wp_attachment_image_alt", "")
            beside.pictures[found.fields.get("wp:post_id", "")] = (address, alt)
    return beside


def _post(item: WxrItem, name: str, beside: _Beside) -> Found | None:
    said = item.fields
    kind, status = said.get("wp:post_type", "post"), said.get("wp:status", "")
    title = unescape(said.get("title", "")).strip()
    where = sentence(
        "%(name)s, line %(line)s (“%(title)s”)",
        name=name,
        line=str(item.line),
        title=title[:60],
    )
    if _OF_THE_MACHINE.fullmatch(kind) or status in ("auto-draft", "inherit"):
        return None
    if why := _why_not(item, kind, status):
        return NotBrought(where, why, item.too_large)
    text, unkept = _html(said.get("content:encoded", ""))
    unkept += [_WHY_DRAFT[status]] if status in _WHY_DRAFT else []
    locked = bool(said.get("wp:post_password"))
    if locked:
        unkept.append(sentence("It was locked with a password there, and comes as a draft."))
    picture, alt = beside.pictures.get(item.meta.get("_thumbnail_id", ""), ("", ""))
    link, guid, number = (said.get(name, "") for name in ("link", "guid", "wp:post_id"))
    is_draft = status != "publish" or locked
    author = beside.authors.get(said.get("dc:creator", ""), said.get("dc:creator", ""))
    return OldPost(
        key=(guid or f"{link}#{number or item.line}")[:255],
        where=where,
        text=text,
        is_page=kind == "page",
        said=described(
            title=title,
            date=_date(said),
            slug=unescape(said.get("wp:post_name", "")),
            tags=_topics(item),
            excerpt=re.sub(r"<[^<>]{0,500}>", "", said.get("excerpt:encoded", "")).strip(),
            canonical_url=item.meta.get("_yoast_wpseo_canonical", ""),
            image=picture,
            image_alt=alt,
            draft="draft" if is_draft else "",
        ),
        old_paths=() if is_draft else _addresses(link, number),
        authors=(author,) if author else (),
        unkept=tuple(unkept),
    )


def _why_not(item: WxrItem, kind: str, status: str) -> str:
    if item.too_large:
        return TOO_LARGE
    if kind not in ("post", "page"):
        return sentence("It is a %(kind)s, and no letter.", kind=kind)
    return sentence("It lay in the bin there.") if status == "trash" else ""


def _addresses(link: str, number: str) -> tuple[str, ...]:
    """Each is read under its number, too."""
    named = (link,) if link and "?" not in link else ()
    return (*named, f"/?p={number}") if number else named


def _date(said: dict[str, str]) -> str:
    universal = said.get("wp:post_date_gmt", "")
    if universal and universal != _NO_DATE:
        return f"{universal} UTC"
    here = said.get("wp:post_date", "")
    return here if here != _NO_DATE else said.get("pubDate", "")


def _topics(item: WxrItem) -> list[str]:
    wanted = [one for one in item.categories if one[0] in ("category", "post_tag")]
    return [unescape(words) for _domain, nicename, words in wanted if nicename != "uncategorized"]


def _html(text: str) -> tuple[str, list[str]]:
    """The text as HTML, and what of it was for programs only."""
    text, codes = without_shortcodes(text)
    if "<!-- wp:" not in text and "<p" not in text.lower():
        text = "\n".join(map(_paragraph, re.split(r"\r?\n[ \t]{0,9}\r?\n", text)))
    return text, list(about_codes(codes))


def _paragraph(part: str) -> str:
    part = part.strip()
    if not part or _BLOCK.match(part):
        return part
    return f"<p>{part}</p>".replace("\n", "<br>")


SYSTEM = OldSystem(
    "wordpress",
    "WordPress",
    sentence(
        "The file of its export, or a zip of it, with its pictures in the folder "
        "wp-content/uploads."
    ),
    _read,
)
