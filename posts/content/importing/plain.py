"""Plain text as writers paste it: from a file of lines to pieces, a paragraph each.

A text pasted from a document has a paragraph on each line and perhaps no blank lines at all;
one from an editor or an old mail is wrapped at some width, with blank lines between its
paragraphs. Which one it is shows in how full its lines are.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from posts.content.importing import line_checks
from posts.content.importing.draft import Draft
from posts.content.importing.emphasis import emphasised
from posts.content.importing.line_checks import DATED
from posts.content.importing.lines import Line, flowing, lines_in
from posts.content.importing.marks import MARKED_HEADING, RULE, is_marked, repeated
from posts.content.importing.pieces import Text
from posts.content.importing.rules import split_row

_UNDERLINE = re.compile(r"={3,}|-{3,}|~{3,}")
_WIDEST_WRAP = 120
_NARROWEST_WRAP = 40
_SALUTATION = re.compile(
    r"(?:my )?(?:dear(?:est)?|hello|hi|hey|good (?:morning|evening)|to (?:my|all)"
    r"|liebe[rs]?|hallo|guten (?:morgen|abend)|querid[oae]s?|hola|estimad[oa]s?|buen[oa]s"
    r"|ch(?:er|ère|ers|ères)|bonjour|bonsoir|salut)\b.{0,60}[,!:،，]",
    re.IGNORECASE,
)
_LONGEST_TITLE_SENTENCE = 100


def read_plain(text: str, *, titled: bool = False) -> Draft:
    """Read the lines of a text; the first is its title, each other a piece for a paragraph.

    `titled`: its title is known, so that the first line is only a title where it says the same. A
    text that begins with “Dear friends,” or with a long sentence has none.
    """
    found = lines_in(text)
    lines = _joined(list(_underlines_as_marks(found.all)), found.rejoined)
    while len(lines) > 1 and RULE.fullmatch(lines[0].text):
        lines = lines[1:]  # a line of marks above everything
    pieces = [Text(emphasised(line.text), line.gap) for line in lines]
    if not pieces or titled or not _may_title(lines[0].text):
        sentence = bool(pieces) and not _opens_letter(lines[0].text)
        draft = Draft(title="", pieces=pieces, begins_with_sentence=sentence)
        return replace(draft, guesses=found.guesses, losses=found.losses)
    first, *rest = pieces
    marked = MARKED_HEADING.fullmatch(first.plain)
    title = marked["text"] if marked else first.plain
    draft = Draft(title=title, pieces=rest, title_piece=first)
    return replace(draft, guesses=found.guesses, losses=found.losses)


def _opens_letter(line: str) -> bool:
    """“Dear friends,” or the day on which it was written."""
    return _SALUTATION.fullmatch(line) is not None or DATED.fullmatch(line) is not None


def _may_title(line: str) -> bool:
    if _opens_letter(line):
        return False
    return len(line) <= _LONGEST_TITLE_SENTENCE or not line_checks.ends_sentence(line)


def _underlines_as_marks(lines: Sequence[Line]) -> Iterator[Line]:
    """A line of === or --- right below a short line makes that a heading."""
    above: Line | None = None
    for line in lines:
        if above and _underlines(above, line):
            marks = "#" if line.text.startswith("=") else "##"
            words = above.text.removeprefix("** ")  # as Mailchimp writes headings
            above = replace(above, text=f"{marks} {words}")
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
        and line_checks.is_short(line.text)
        and any(map(str.isalnum, line.text))
        and not line.text.endswith((".", ",", ";"))
        and not is_marked(line.text)
    )


def _joined(lines: list[Line], rejoined: Collection[str]) -> list[Line]:
    """Paragraphs again, where they were cut into lines."""
    width = _wrap_width(lines)
    paragraphs: list[list[Line]] = []
    for at, line in enumerate(lines):
        # The first line is the title, which nothing continues.
        if at > 1 and not line.gap and _continues(paragraphs[-1], line, width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return [replace(paragraph[0], text=flowing(paragraph, rejoined)) for paragraph in paragraphs]


def _continues(paragraph: list[Line], line: Line, width: int) -> bool:
    first, last = paragraph[0], paragraph[-1].text
    if is_marked(line.text) or RULE.fullmatch(last) or MARKED_HEADING.fullmatch(last):
        return False
    if line.indented and not first.indented and first.is_item:
        return repeated(line.text) is None  # an entry of a list in the list
    # A line that is wider than the others was not cut, so nothing continues it.
    if not width or len(last) > width or _are_a_kind(first.text, last, line.text):
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


def _is_link(line: str) -> bool:
    """Words and their address: one of several such lines, and none that was cut."""
    last = line.rsplit(maxsplit=1)[-1]
    return last.startswith(("https://", "http://", "www.")) or "@" in last


def _wrap_width(lines: Sequence[Line]) -> int:
    """The width at which this text was wrapped, or 0 if it was not.

    Addresses are never cut, and somebody may have pasted a paragraph into an old mail.
    """
    cuttable = [line for line in lines if " " in line.text]
    short = [line for line in cuttable if len(line.text) <= _WIDEST_WRAP]
    width = max((len(line.text) for line in short), default=0)
    if width < _NARROWEST_WRAP or len(short) * 10 < len(cuttable) * 8:
        return 0
    pairs = [
        (a.text, b.text)
        for a, b in pairwise(lines[1:])
        if not b.gap
        and len(a.text) <= width
        and not is_marked(b.text)
        and not line_checks.is_quoted(a.text)
        and not _is_link(a.text)
    ]
    cut = sum(_was_full(a, b, width) and not line_checks.ends_sentence(a) for a, b in pairs)
    return width if cut and cut * 3 >= len(pairs) else 0
