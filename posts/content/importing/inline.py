"""The words of HTML within a paragraph: written anew with no more than bold, italic and links."""

import html as entities
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from posts.content.importing.pieces import escape, linked
from posts.content.importing.spaces import tidy

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_EMPHASIS = {"b": "b", "strong": "b", "i": "i", "em": "i"}
TAGS = frozenset({*_EMPHASIS, "a", "br", "img", "cite"})
_NOTES = {
    "pictures": "Pictures are not imported: each became a link or its description ({}). "
    "Add them in the desk.",
    "media": "Videos, sounds and frames became links ({}): posts load nothing from elsewhere.",
    "links": "Some links became plain words ({}): headings have none, and others need a whole "
    "web address.",
}


@dataclass
class Inline:
    """Writes inline HTML, and counts what it had to leave out."""

    left_out: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[str, ...]:
        """What to tell about what was left out."""
        return tuple(
            note.format(self.left_out[what]) for what, note in _NOTES.items() if self.left_out[what]
        )

    def html(self, node: PageElement, inside: frozenset[str] = frozenset()) -> str:
        """A node and all in it as inline rich text; `inside`: the tags that are open around it."""
        if isinstance(node, NavigableString):
            return escape(str(node)) if "a" in inside else linked(str(node))
        if not isinstance(node, Tag):
            return ""
        if node.name == "br":
            return "<br/>"
        if node.name == "img":
            return self._picture(node, inside)
        tag = _EMPHASIS.get(node.name, node.name)
        text = "".join(self.html(child, inside | {tag}) for child in node.contents)
        if tag in inside or not text.strip():
            return text
        if tag == "a":
            return self._link(text, str(node.get("href", "")))
        return f"<{tag}>{text}</{tag}>" if tag in ("b", "i") else text

    def _picture(self, node: Tag, inside: frozenset[str]) -> str:
        """A picture's description, leading to where it is; nothing for one that only decorates."""
        self.left_out["pictures"] += 1
        description = escape(tidy(str(node.get("alt", ""))))
        address = web_address(str(node.get("src", "")))
        if "a" in inside or not address or not description:
            return description
        return f'<a href="{entities.escape(address)}">{description}</a>'

    def _link(self, text: str, href: str) -> str:
        address = web_address(href)
        if address:
            return f'<a href="{entities.escape(address)}">{text}</a>'
        # A link without an address is a mark that others lead to; it loses nothing.
        self.left_out["links"] += bool(href)
        return text


def web_address(address: str) -> str:
    """The address, if it leads somewhere from anywhere; else nothing."""
    address = "".join(address.split())
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    leads = parts.netloc if parts.scheme in ("http", "https") else parts.path
    return address if parts.scheme in SCHEMES and leads else ""
