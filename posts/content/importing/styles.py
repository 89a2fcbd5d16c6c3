"""What programs say by style and not by a tag: Google Docs strikes words out with a class.

Only what changes the meaning of words is read, or their emphasis; and what nobody sees.
"""

import re
from dataclasses import dataclass, field

from bs4 import Tag

_SHEET = re.compile(r"<style\b[^>]{0,1000}>(?P<rules>[^<]*)", re.IGNORECASE)
_RULE = re.compile(r"\.(?P<name>[\w-]{1,60})\s{0,20}\{(?P<says>[^{}]{0,2000})\}")
_SAYS = (
    ("s", re.compile(r"text-decoration[\w-]*\s{0,9}:[^;]{0,60}line-through")),
    ("sup", re.compile(r"vertical-align\s{0,9}:\s{0,9}super")),
    ("sub", re.compile(r"vertical-align\s{0,9}:\s{0,9}sub\b")),
    ("b", re.compile(r"font-weight\s{0,9}:\s{0,9}(?:bold|[6-9]00)")),
    ("i", re.compile(r"font-style\s{0,9}:\s{0,9}italic")),
)
_PLAIN = re.compile(r"font-weight\s{0,9}:\s{0,9}(?:normal|[34]00)")
_UNSEEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden")
_MOST_RULES = 2_000
_LONGEST = 500  # characters of a style that are looked at


@dataclass
class Styles:
    """The classes of a page that mean something."""

    classes: dict[str, frozenset[str]] = field(default_factory=dict)

    def emphasis(self, node: Tag) -> set[str]:
        """The tags that its style stands for; only of what stands within a line."""
        if node.name not in ("span", "font", "b", "i", "u", "strong", "em", "a"):
            return set()
        found = set(_said(str(node.get("style", ""))))
        for name in _classes(node):
            found |= self.classes.get(name, frozenset())
        return found

    def is_plain(self, node: Tag) -> bool:
        """A `<b>` that is not bold, as Google Docs puts around everything it copies."""
        return _PLAIN.search(str(node.get("style", ""))[:_LONGEST]) is not None


def styles_in(html: str) -> Styles:
    """What the style sheets of a page say of its classes."""
    classes: dict[str, frozenset[str]] = {}
    for sheet in _SHEET.finditer(html):
        for rule in _RULE.finditer(sheet["rules"]):
            if len(classes) < _MOST_RULES and (says := _said(rule["says"])):
                classes[rule["name"]] = says
    return Styles(classes)


def is_unseen(node: Tag) -> bool:
    """Nobody who looks at the page sees it, such as the first line of a mail in its list."""
    return (
        node.has_attr("hidden") or _UNSEEN.search(str(node.get("style", ""))[:_LONGEST]) is not None
    )


def _said(style: str) -> frozenset[str]:
    style = style[:_LONGEST].lower()
    return frozenset(tag for tag, says in _SAYS if says.search(style))


def _classes(node: Tag) -> list[str]:
    names = node.get("class") or ""
    return names.split() if isinstance(names, str) else list(names)
