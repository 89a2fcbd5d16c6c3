"""The words of HTML within a paragraph: written anew with no more than emphasis and links."""

import html as entities
import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4 import Tag
from bs4.element import NavigableString, PageElement
from django.utils.translation import gettext_noop as _

from posts.content.importing.pictures import Album
from posts.content.importing.pieces import FilePiece, Illustration, Piece, escape, linked, plain
from posts.content.importing.spaces import tidy
from posts.content.importing.styles import Styles
from subscribers.saying import sentence

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_EMPHASIS = {
    **{"b": "b", "strong": "b", "i": "i", "em": "i", "sup": "sup"},
    **{"s": "s", "del": "s", "strike": "s"},
}
_WRITTEN = frozenset(_EMPHASIS.values())
TAGS = frozenset({*_EMPHASIS, "a", "br", "img", "cite", "sub", "q", "span", "font", "input", "u"})
_LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_BACK = frozenset("↑↩⤴^")  # of notes, to where they belong
# What programs write where nobody described a picture.
_NAMES = re.compile(
    r"untitled(?: ?\d*)(?:\.\w+)?|(?:image|img|dsc|photo|picture|screen ?shot|bild"
    r"|foto)[ _-]?[\d_-]*"
    r"|[^\s/]+\.(?:jpe?g|png|gif|webp|heic|avif)",
    re.IGNORECASE,
)
_LOSSES = {
    "media": _(
        "Videos, sounds and frames became links (%(number)s): posts load nothing from elsewhere."
    ),
    "links": _(
        "Some links became plain words (%(number)s): headings have none, and others need a whole "
        "web address."
    ),
}


@dataclass
class Inline:
    """Writes inline HTML, and counts what it had to leave out.

    `shown` are pictures that stood between words, and files that words led to: whoever writes the
    words puts them below.
    """

    album: Album = field(default_factory=Album)
    styles: Styles = field(default_factory=Styles)
    left_out: Counter[str] = field(default_factory=Counter)
    shown: list[Piece] = field(default_factory=list)

    def losses(self) -> tuple[str, ...]:
        """What to tell about what was left out."""
        return tuple(
            sentence(text, number=self.left_out[what])
            for what, text in _LOSSES.items()
            if self.left_out[what]
        )

    def html(self, node: PageElement, inside: frozenset[str] = frozenset()) -> str:
        """A node and all in it as inline rich text; `inside`: the tags that are open around it."""
        if isinstance(node, NavigableString):
            words = _after_break(node)
            return escape(words) if "a" in inside else linked(words)
        if not isinstance(node, Tag):
            return ""
        match node.name:
            case "br":
                return "<br/>"
            case "img":
                return self._picture(node, inside)
            case "input":
                return _box(node)
        own = self.styles.emphasis(node)
        if node.name in _EMPHASIS and not self.styles.is_plain(node):
            own |= {_EMPHASIS[node.name]}
        tags = sorted(own - inside)
        also = {"a"} if node.name == "a" else set()
        text = "".join(self.html(child, inside | own | also) for child in node.contents)
        if not text.strip():
            return text
        return self._wrapped(node, text, tags, inside)

    def _wrapped(self, node: Tag, text: str, tags: list[str], inside: frozenset[str]) -> str:
        if node.name == "sub" or "sub" in tags:
            text = _lowered(text)
        if node.name == "q":
            text = f"“{text}”"
        if node.name == "a" and "a" not in inside:
            text = self._link(text, str(node.get("href", "")))
        for tag in tags:
            text = f"<{tag}>{text}</{tag}>" if tag in _WRITTEN and text.strip() else text
        return text

    def _picture(self, node: Tag, inside: frozenset[str]) -> str:
        """Kept where it can be had; else its description, leading to where it is."""
        description, caption = tidy(str(node.get("alt", ""))), tidy(str(node.get("title", "")))
        if caption == description:
            caption = ""
        if _NAMES.fullmatch(description):
            description = ""
        source = str(node.get("src", ""))
        if source and (found := self.album.find(source)):
            self.shown.append(Illustration(found, description, caption))
            return ""
        words = escape(" – ".join(filter(None, (description, caption))))
        address = web_address(source)
        if "a" in inside or not address or not words:
            return words
        return f'<a href="{entities.escape(address)}">{words}</a>'

    def _link(self, text: str, href: str) -> str:
        address = web_address(href)
        if address:
            return f'<a href="{entities.escape(address)}">{text}</a>'
        if href and (found := self.album.enclosed(href)):
            self.shown.append(FilePiece(found, tidy(plain(text))[:255] or found.name))
            return text
        if href.startswith("#") and text.strip("\ufe0e \xa0") in _BACK:
            return ""
        # A link without an address is a mark that others lead to; it loses nothing.
        self.left_out["links"] += bool(href) and not href.startswith("#")
        return text


def _after_break(node: NavigableString) -> str:
    """Its words. Where a line was broken by a mark, what the file has before the next one is no
    space."""
    above = node.previous_sibling
    broken = isinstance(above, Tag) and above.name == "br"
    return str(node).lstrip(" \t\r\n") if broken else str(node)


def _box(node: Tag) -> str:
    """What can be ticked off, in a list of things to do."""
    if str(node.get("type", "")).lower() != "checkbox":
        return ""
    return "☑ " if node.has_attr("checked") else "☐ "


def _lowered(text: str) -> str:
    lowered = text.translate(_LOW)
    return lowered if not any(map(str.isascii, lowered)) else text


def web_address(address: str) -> str:
    """The address, if it leads somewhere from anywhere; else nothing."""
    address = "".join(address.split())
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    leads = parts.netloc if parts.scheme in ("http", "https") else parts.path
    return address if parts.scheme in SCHEMES and leads else ""
