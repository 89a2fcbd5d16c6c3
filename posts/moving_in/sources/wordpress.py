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

from posts.content.importing import web_address
from posts.moving_in.archive import Archive
from posts.moving_in.shape import (
    Found,
    MoveOptions,
    NotBrought,
    OldPost,
    OldSystem,
    described,
)
from posts.moving_in.sources.wxr import WxrAuthor, WxrItem, items_in
from posts.moving_in.tables import lists_in

# Of these nobody ever thought as of a text.
_OF_THE_MACHINE = re.compile(
    r"attachment|nav_menu_item|revision|custom_css|customize_changeset|oembed_cache|user_request"
    r"|wp_\w{1,40}|acf-\w{1,40}|jetpack\w{0,40}|feedback|\w{0,40}_cache"
)
_NO_DATE = "0000-00-00 00:00:00"
_WHY_DRAFT = {
    "future": "It was to be published later there, and comes as a draft.",
    "private": "It was private there, and comes as a draft.",
    "pending": "It waited there for somebody’s word, and comes as a draft.",
}
_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|blockquote|figure|pre|table|hr|section|iframe)\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"\[caption[^\]]{0,300}\](?P<picture>(?:<a [^>]{0,500}>)?\s*<img [^>]{1,2000}>\s*(?:</a>)?)"
    r"(?P<words>[^\[]{0,2000})\[/caption\]",
    re.IGNORECASE,
)
_EMBED = re.compile(
    r"\[(?P<tag>embed|video|audio)[^\]]{0,300}\](?P<inside>[^\[]{0,500})\[/(?P=tag)\]"
)
# Known ones, and whatever has an attribute: words in brackets are somebody's words.
_SHORTCODE = re.compile(
    r"\[/?(?:gallery|playlist|contact-form(?:-7)?|video|audio|embed|caption|sharedaddy|toc|more"
    r"|jetpack\w{0,30}|vc_\w{1,30}|et_pb_\w{1,40})(?:\s[^\[\]]{0,1000})?/?\]"
    r"|\[[a-z][\w-]{1,40}\s[^\[\]]{0,300}=\s?[\"'][^\[\]]{0,700}\]",
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
            yield NotBrought(name, f"Its comments ({comments:,}): letters have none here.")
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
    where = f"{name}, line {item.line} (“{title[:60]}”)"
    if _OF_THE_MACHINE.fullmatch(kind) or status in ("auto-draft", "inherit"):
        return None
    if why := _why_not(item, kind, status):
        return NotBrought(where, why, item.too_large)
    text, unkept = _html(said.get("content:encoded", ""))
    unkept += [_WHY_DRAFT[status]] if status in _WHY_DRAFT else []
    locked = bool(said.get("wp:post_password"))
    if locked:
        unkept.append("It was locked with a password there, and comes as a draft.")
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
        return "It is larger than a post can be (5 MB)."
    if kind not in ("post", "page"):
        return f"It is a {kind}, and no letter."
    return "It lay in the bin there." if status == "trash" else ""


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
    text = _CAPTION.sub(r"<figure>\g<picture><figcaption>\g<words></figcaption></figure>", text)
    text = _EMBED.sub(lambda found: _led_to(found["inside"]), text)
    codes = list(dict.fromkeys(found.group()[:60] for found in _SHORTCODE.finditer(text)))
    text = _SHORTCODE.sub("", text)
    if "<!-- wp:" not in text and "<p" not in text.lower():
        text = "\n".join(map(_paragraph, re.split(r"\r?\n[ \t]{0,9}\r?\n", text)))
    some = ", ".join(codes[:5])
    return text, [f"Not kept, since only WordPress understands it: {some}."] if codes else []


def _paragraph(part: str) -> str:
    part = part.strip()
    if not part or _BLOCK.match(part):
        return part
    return f"<p>{part}</p>".replace("\n", "<br>")


def _led_to(address: str) -> str:
    address = web_address(address)
    return f"<p>{address}</p>" if address else ""


SYSTEM = OldSystem(
    "wordpress",
    "WordPress",
    "the XML file of its export, or a zip with it and the folder wp-content/uploads",
    _read,
)
