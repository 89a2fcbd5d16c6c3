"""Quotations in HTML and Markdown: which lines they have, and who is named below them."""

from collections.abc import Iterator, Sequence

from bs4 import Tag

from posts.content.importing import line_checks
from posts.content.importing.pieces import Quote, Text
from posts.content.importing.rules import attribution_in
from posts.content.importing.spaces import tidy

_DASHES = "—–―- "


def take_name(node: Tag) -> str:
    """Take out of a quotation the footer or cite that ends it, and answer the name in it."""
    named = node.find("footer") or next(reversed(node.find_all("cite")), None)
    if not isinstance(named, Tag) or not _ends(named, node) or not _stands_alone(named):
        return ""
    return tidy(named.extract().get_text()).lstrip(_DASHES)


def _ends(named: Tag, node: Tag) -> bool:
    strings = [string for string in node.strings if string.strip()]
    return bool(strings) and any(parent is named for parent in strings[-1].parents)


def _stands_alone(named: Tag) -> bool:
    """Nothing but a dash stands before it in its line."""
    line = named.parent
    if named.name == "footer" or line is None or line.name == "blockquote":
        return True
    return tidy(line.get_text()).strip(_DASHES) == tidy(named.get_text()).strip(_DASHES)


def quote_lines(texts: Sequence[Text], name: str) -> Quote:
    """A quotation from its paragraphs, with the name if one is given or stands below it."""
    lines = [line for text in texts for line in _lines(text)]
    if not name and len(lines) > 1 and (name := attribution_in(lines[-1])):
        lines.pop()
    return Quote(tuple(lines), name)


def _lines(text: Text) -> Iterator[str]:
    """The lines of a paragraph: broken by a tag, or by the file where that means something."""
    for hard in text.html.split("<br/>"):
        soft = [line for part in hard.split("\n") if (line := Text(part).plain)]
        signed = soft[-1:] if soft and attribution_in(soft[-1]) else []
        said = soft[: len(soft) - len(signed)]
        yield from said if all(map(line_checks.is_quoted, said)) else [" ".join(said)]
        yield from signed
