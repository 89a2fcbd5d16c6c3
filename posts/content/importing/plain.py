"""Plain text as writers paste it: from a file of lines to pieces, a paragraph each.

A text pasted from a document has a paragraph on each line and perhaps no blank lines at all;
one from an editor or an old mail is wrapped at some width, with blank lines between its
paragraphs. Which one it is shows in how full its lines are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from posts.content.importing import line_checks
from posts.content.importing.draft import Draft
from posts.content.importing.pieces import Text, linked
from posts.content.importing.rules import split_row
from posts.content.importing.spaces import tidy

BULLET = re.compile(r"(?:[-*–]\s+|[•‣⁃·▪■●○◦]\s*)(?P<item>\S.*)")
NUMBER = re.compile(r"(?P<number>[0-9]{1,2})[.)]\s+(?P<item>\S.*)")
RULE = re.compile(r"(?:[-*_=~#·•⁂]\s*+){3,}+|⁂")
MARKED_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>\S.*?)(?:\s+#+)?")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
# A word that was cut at its hyphen; not one that waits for another, as in “arm- and footrests”.
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])(?!(?:and|or|und|oder|bis|y|o|et|ou)\b)")
_WIDEST_WRAP = 120
_NARROWEST_WRAP = 40


@dataclass(frozen=True)
class Line:
    """A line that is not blank; `gap`: a blank line came before it; `indented`: by spaces."""

    text: str
    gap: bool = False
    indented: bool = False

    @cached_property
    def is_item(self) -> bool:
        """It begins as an entry of a list. Asked again for each line that may continue it."""
        return BULLET.fullmatch(self.text) is not None or NUMBER.fullmatch(self.text) is not None


def read_plain(text: str) -> Draft:
    """Read the lines of a text; the first is its title, each other a piece for a paragraph."""
    lines = _joined(list(_underlines_as_marks(list(_lines(text)))))
    first, *pieces = (Text(linked(line.text), line.gap) for line in lines)
    marked = MARKED_HEADING.fullmatch(first.plain)
    return Draft(title=marked["text"] if marked else first.plain, pieces=pieces, title_piece=first)


def _lines(text: str) -> Iterator[Line]:
    gap = False
    for raw in text.splitlines():
        line = tidy(raw)
        if line:
            yield Line(line, gap, indented=raw.startswith(("  ", "\t")))
        gap = not line


def _underlines_as_marks(lines: list[Line]) -> Iterator[Line]:
    """A line of === or --- right below a short line makes that a heading."""
    above: Line | None = None
    for line in lines:
        if above and _underlines(above, line):
            marks = "#" if line.text.startswith("=") else "##"
            above = replace(above, text=f"{marks} {above.text}")
            continue
        if above:
            yield above
        above = line
    if above:
        yield above


def _underlines(line: Line, below: Line) -> bool:
    return (
        not below.gap
        and _UNDERLINE.fullmatch(below.text) is not None
        and line_checks.looks_like_heading(line.text)
        and not is_marked(line.text)
    )


def is_marked(text: str) -> bool:
    """The line begins with a mark of its own, so it never continues the one before."""
    return any(mark.fullmatch(text) for mark in (BULLET, NUMBER, RULE, MARKED_HEADING)) or (
        text.startswith(">")
    )


def _joined(lines: list[Line]) -> list[Line]:
    """Paragraphs again, where they were cut into lines."""
    width = _wrap_width(lines)
    paragraphs: list[list[Line]] = []
    for at, line in enumerate(lines):
        # The first line is the title, which nothing continues.
        if at > 1 and not line.gap and _continues(paragraphs[-1], line, width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return [replace(paragraph[0], text=_flowing(paragraph)) for paragraph in paragraphs]


def _flowing(lines: list[Line]) -> str:
    return _HYPHENATED.sub("-", "\n".join(line.text for line in lines)).replace("\n", " ")


def _continues(paragraph: list[Line], line: Line, width: int) -> bool:
    first, last = paragraph[0], paragraph[-1].text
    if is_marked(line.text) or RULE.fullmatch(last) or MARKED_HEADING.fullmatch(last):
        return False
    if line.indented and not first.indented and first.is_item:
        return True
    if not width or _are_a_kind(first.text, last, line.text):
        return False
    # Somebody who edits wrapped text leaves lines that are not full.
    goes_on = line.text[:1].islower() and not line_checks.ends_sentence(last)
    return _was_full(last, line.text, width) or (goes_on and len(last) > 0.6 * width)


def _are_a_kind(first: str, last: str, below: str) -> bool:
    """Quotations one below the other, or rows of a name and an explanation."""
    rows = split_row(first) and split_row(below) and line_checks.ends_sentence(last)
    return bool(rows) or (line_checks.is_quoted(last) and line_checks.is_quoted(below))


def _was_full(line: str, below: str, width: int) -> bool:
    """The first word below had no room left on the line. (A little ragged is full, too.)"""
    first_word = below.split(maxsplit=1)[0]
    return len(line) + 1 + len(first_word) > 0.9 * width


def _wrap_width(lines: Sequence[Line]) -> int:
    """The width at which this text was wrapped, or 0 if it was not."""
    width = max((len(line.text) for line in lines), default=0)
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return 0
    pairs = [
        (a.text, b.text)
        for a, b in pairwise(lines[1:])
        if not b.gap and not is_marked(b.text) and not line_checks.is_quoted(a.text)
    ]
    cut = sum(_was_full(a, b, width) and not line_checks.ends_sentence(a) for a, b in pairs)
    return width if cut and cut * 3 >= len(pairs) else 0
