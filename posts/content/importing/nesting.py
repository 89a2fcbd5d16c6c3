"""How deep the tags of a page stand in each other, told before anybody builds a tree of them.

Whoever builds one looks at the open tags around each: of a million in each other, for hours.
"""

import re
from collections import Counter
from collections.abc import Iterator

from posts.content.importing.refusal import ImportRefused
from subscribers.saying import sentence

MOST_NESTED = 200
# Bold, italic and the like that are open where a paragraph begins are opened in it anew.
MOST_REOPENED = 3_000_000
MOST_ATTRIBUTES = 1_000  # of one tag

_TAG = re.compile(r"<!--|<(?P<end>/?)(?P<name>[a-z][^\s/<>]*)(?P<rest>[^<>]*)", re.IGNORECASE)
_SPACES = re.compile(r"[\s/]+")
_RAW = frozenset({"script", "style"})
# What has no end, ends by itself, or is never inside another of its kind.
_NOT_NESTED = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "dd", "dt", "li", "optgroup", "option", "p", "rp", "rt"),
        *("a", "body", "button", "caption", "colgroup", "head", "html", "nobr", "tbody", "td"),
        *("script", "style", "tfoot", "th", "thead", "tr"),
    }
)
_FORMATTING = frozenset(
    {
        *("b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"),
    }
)


def refuse_endless(html: str) -> None:
    """Raises ImportRefused where tags are nested deeper than in any page that people write."""
    opened: Counter[str] = Counter()
    depth = formatting = reopened = 0
    for name, change in _tags(html):
        if change < 0 and not opened[name]:
            continue
        opened[name] += change
        depth += change
        formatting += change if name in _FORMATTING else 0
        reopened += formatting
        if depth > MOST_NESTED or reopened > MOST_REOPENED:
            raise too_deep()


def too_deep() -> ImportRefused:
    return ImportRefused(
        sentence(
            "The HTML is nested too deeply to be read. Open it in a browser, copy "
            "the text, and save it as plain text (.txt)."
        )
    )


def _tags(html: str) -> Iterator[tuple[str, int]]:
    """Each tag that can be nested, with 1 where it opens and -1 where it closes."""
    lower = html.lower()
    unread = _Unread(lower)
    at = 0
    while found := _TAG.search(lower, at):
        at = found.end()
        name = found["name"]
        if name is None:
            at = unread.end("-->", at)
            continue
        if len(found["rest"]) > MOST_ATTRIBUTES:
            _refuse_many_attributes(found["rest"])
        if name in _RAW and not found["end"]:
            at = unread.end(f"</{name}", at)
        elif name not in _NOT_NESTED:
            yield name, -1 if found["end"] else 1
        elif name == "p":
            yield name, 0


def _refuse_many_attributes(tag: str) -> None:
    """Each is compared with all before it."""
    if sum(1 for _ in _SPACES.finditer(tag)) > MOST_ATTRIBUTES:
        raise ImportRefused(
            sentence(
                "A tag of this HTML has more attributes than can be read. Open it in a "
                "browser, copy the text, and save it as plain text (.txt)."
            )
        )


class _Unread:
    """Comments and scripts, in which tags mean nothing."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._missing: set[str] = set()

    def end(self, mark: str, at: int) -> int:
        """Where its end is; where it has none, all that follows counts as tags."""
        found = -1 if mark in self._missing else self._html.find(mark, at)
        if found < 0:
            self._missing.add(mark)  # nor behind a later beginning, so it is not sought again
            return at
        return found
