"""What programs say in a page in their own way, as HTML says it: quotations by the name of a style,
boxes that are ticked, the sign before a note, what others remarked, and WordPress’s codes in
brackets."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from posts.content.importing.inline import web_address
from posts.content.importing.spaces import tidy
from posts.content.words import shortened
from subscribers.saying import listed, quoted, sentence

_QUOTES = re.compile(r"^(?:Mso(?:Intense)?Quote|pullquote|graf--pullquote)$")
_SIGNS = ["kg-callout-emoji", "icon"]
_NOTES = {"kg-callout-card", "callout"}
_REMARKED = re.compile(r"^cmnt_ref\d+$")  # in Google Docs: where somebody remarked something
_REMARK = re.compile(r"^cmnt\d+$")
_MOST_NAMED, _LONGEST_NAMED = 20, 60
_PROPERTIES = "table.properties:has(tr.property-row)"
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


def without_shortcodes(html: str) -> tuple[str, list[str]]:
    """HTML without the codes that only WordPress understands, and those that say nothing here."""
    html = _CAPTION.sub(r"<figure>\g<picture><figcaption>\g<words></figcaption></figure>", html)
    html = _EMBED.sub(lambda found: _led_to(found["inside"]), html)
    codes = list(dict.fromkeys(found.group()[:60] for found in _SHORTCODE.finditer(html)))
    return _SHORTCODE.sub("", html), codes


def about_codes(codes: list[str]) -> tuple[str, ...]:
    """What to tell about those."""
    some = ", ".join(codes[:5])
    told = sentence("Not kept, since only WordPress understands it: %(some)s.", some=some)
    return (told,) if codes else ()


def _led_to(address: str) -> str:
    address = web_address(address)
    return f"<p>{address}</p>" if address else ""


def rewrite(tree: BeautifulSoup) -> None:
    """Say it as HTML does, in the tree itself."""
    for node in tree.find_all(["p", "div"], class_=_QUOTES):
        if not node.find("blockquote") and not node.find_parent("blockquote"):
            node.name = "blockquote"
    for box in tree.find_all("div", class_="checkbox"):
        box.replace_with("☑ " if "checkbox-on" in (box.get("class") or []) else "☐ ")
    for sign in tree.find_all(class_=_SIGNS):
        _put_before_words(sign)


def _put_before_words(sign: Tag) -> None:
    """A sign that stands in a part of its own belongs to the words beside it."""
    part = sign
    while part.parent and _NOTES.isdisjoint(part.parent.get("class") or []):
        part = part.parent
    beside = part.find_next_sibling()
    words = tidy(sign.get_text())
    if part.parent is None or not isinstance(beside, Tag) or not words:
        return
    if tidy(part.get_text()) == words:
        (beside.find("p") or beside).insert(0, f"{words} ")
        part.decompose()


def properties(tree: BeautifulSoup) -> Iterator[Tag]:
    """What Notion knows of a page, in a table above its text."""
    yield from tree.select(_PROPERTIES)


def take_remarks(tree: BeautifulSoup) -> tuple[str, ...]:
    """Take out what others remarked on a text, which was for its writer; and tell of it."""
    for mark in tree.find_all("a", id=_REMARKED):
        mark.decompose()
    words = []
    for mark in tree.find_all("a", id=_REMARK):
        around = mark.find_parent(["div", "p"])
        if around is None or around.decomposed:
            continue
        mark.extract()
        words.append(shortened(tidy(around.get_text(" ")), _LONGEST_NAMED))
        around.decompose()
    if not words:
        return ()
    some = listed([quoted(one) for one in words[:_MOST_NAMED]], "; ")
    what = sentence("Comments, which stay yours")
    return (sentence("%(what)s: %(words)s.", what=what, words=some),)
