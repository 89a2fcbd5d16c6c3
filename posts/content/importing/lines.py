"""The lines of a plain text, before anything is read: what paper, mails and other programs did to
them is undone here, and said where it is a guess.

Pages of paper end in the middle of a sentence and of a word; mails come with a blank line after
each line; tables come as cells between tabs or upright lines; other dialects mark headings in
their own way.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from posts.content.importing import line_checks
from posts.content.importing.marks import BULLET, NUMBER, is_marked
from posts.content.importing.spaces import tidy
from subscribers.saying import listed, quoted, sentence

_CUT = re.compile(r"[^\W\d_]-$")
_MOST_NAMED = 20
_AROUND = ".,;:!?…“”\"'()"
# As in “arm- and footrests”.
_JOINING = frozenset(["and", "or", "und", "oder", "bis", "y", "o", "et", "ou"])
_SOFT_HYPHEN = "\u00ad"
_FEW_CUTS = 3  # of words at the ends of lines; fewer may be hyphens of their own
_FEW_LINES = 3
_PAGE = re.compile(
    r"(?:page|seite|página|pág\.|p\.|s\.)\s?(?P<a>\d{1,3})(?:\s?(?:/|of|von|de|sur)\s?\d{1,3})?"
    r"|[-–—]\s?(?P<b>\d{1,3})\s?[-–—]|(?P<c>\d{1,3})",
    re.IGNORECASE,
)
_WIKI_HEADING = re.compile(r"(?P<marks>={1,6})\s?(?P<text>[^=\s][^=]*)(?P=marks)")
_MERGE_FIELD = re.compile(r"[ \t]{0,9}\*\|[A-Z][A-Z0-9:_.-]{0,40}\|\*")


@dataclass(frozen=True)
class Line:
    """A line that is not blank; `gap`: a blank line came before it; `indented`: by spaces."""

    text: str
    gap: bool = False
    indented: bool = False
    blank: int = 0  # lines before it

    @cached_property
    def is_item(self) -> bool:
        """It begins as an entry of a list. Asked again for each line that may continue it."""
        return BULLET.fullmatch(self.text) is not None or NUMBER.fullmatch(self.text) is not None


@dataclass(frozen=True)
class TextLines:
    """All of them, and what to tell. `rejoined`: words that were cut at the ends of lines."""

    all: Sequence[Line]
    rejoined: frozenset[str] = frozenset()
    guesses: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()


def lines_in(text: str) -> TextLines:
    """The lines of a text as somebody would have typed them."""
    fields = list(dict.fromkeys(found.group().strip() for found in _MERGE_FIELD.finditer(text)))
    lines = _spaced(list(_lines(_MERGE_FIELD.sub("", text))))
    lines, numbers = _without_page_numbers(lines, paged="\f" in text)
    cut = _cut_words(lines)
    losses = []
    if fields:
        kind = sentence("Not kept, since only a program understands it")
        words = ", ".join(fields[:_MOST_NAMED])
        losses.append(sentence("%(what)s: %(words)s.", what=kind, words=words))
    if numbers:
        some = listed([quoted(words) for words in numbers[:_MOST_NAMED]], "; ")
        losses.append(sentence("Left out, since a program added it: %(some)s.", some=some))
    guesses = [_about_cuts(cut)] if cut else []
    return TextLines(lines, frozenset(cut), tuple(guesses), tuple(losses))


def _lines(text: str) -> Iterator[Line]:
    raws = text.splitlines()
    blank = 0
    for at, raw in enumerate(raws):
        line = _row(raws, at) or tidy(raw)
        if not line:
            blank += 1
            continue
        if heading := _WIKI_HEADING.fullmatch(line):
            line = f"{'#' * len(heading['marks'])} {heading['text'].strip()}"
        if raw.rstrip().endswith(_SOFT_HYPHEN):
            line += _SOFT_HYPHEN
        yield Line(line, blank > 0, raw.startswith(("  ", "\t")), blank)
        blank = 0


def _row(raws: Sequence[str], at: int) -> str:
    """A row of a table as one line, where the line above or below is a row of as many cells."""
    cells = _cells(raws[at])
    near = (raws[place] for place in (at - 1, at + 1) if 0 <= place < len(raws))
    if len(cells) < 2 or all(len(_cells(raw)) != len(cells) for raw in near):
        return ""
    return " · ".join(cell or "–" for cell in cells)


def _cells(raw: str) -> list[str]:
    raw = raw.strip(" ")
    if raw.startswith("|") and raw.endswith("|"):
        return [tidy(cell) for cell in raw[1:-1].split("|")]
    if "\t" not in raw.strip() or len(raw) > 1_000 or is_marked(tidy(raw)):
        return []
    cells = [cell for part in raw.split("\t") if (cell := tidy(part))]
    return [] if line_checks.ends_in_colon(cells[0]) else cells


def _spaced(lines: list[Line]) -> list[Line]:
    """Where a blank line stands after each line, even within a sentence, it means nothing: two of
    them do."""
    pairs = list(pairwise(lines))
    single = [(above, below) for above, below in pairs if below.blank == 1]
    cut = sum(_goes_on(above, below) for above, below in single)
    if cut < _FEW_LINES or cut * 3 < len(single) or len(pairs) - len(single) > len(single):
        return lines
    if any(not below.blank for _above, below in pairs):
        return lines
    return [replace(line, gap=line.blank > 1 or at == 0) for at, line in enumerate(lines)]


def _goes_on(above: Line, below: Line) -> bool:
    return (
        below.text[:1].islower()
        and len(above.text) > 30  # a line of verse is shorter
        and not line_checks.is_closed(above.text.rstrip(","))
    )


def _without_page_numbers(lines: list[Line], *, paged: bool) -> tuple[list[Line], list[str]]:
    """Without the numbers of pages of paper, where there are several, each higher, and none is
    a number alone unless the pages are told apart."""
    found = [(at, match) for at, line in enumerate(lines) if (match := _PAGE.fullmatch(line.text))]
    found = [(at, match) for at, match in found if at and (paged or not match["c"])]
    counted = [int(match["a"] or match["b"] or match["c"]) for _at, match in found]
    if not found or (len(found) < 2 and not paged):
        return lines, []
    if any(below <= above for above, below in pairwise(counted)):
        return lines, []
    places = {at for at, _match in found}
    kept: list[Line] = []
    for at, line in enumerate(lines):
        if at in places:
            continue
        if at - 1 in places and kept and _is_cut(kept[-1], line):
            line = replace(line, gap=False)  # noqa: PLW2901
        kept.append(line)
    return kept, [match.group() for _at, match in found]


def _is_cut(above: Line, below: Line) -> bool:
    return below.text[:1].islower() and not line_checks.is_closed(above.text)


def _cut_words(lines: Sequence[Line]) -> list[str]:
    """The words that were cut at the ends of lines, whole again; none where there are few, which
    may be words with a hyphen of their own."""
    words = (word for line in lines for word in line.text.split() if "-" in word)
    hyphened = {word.strip(_AROUND).casefold() for word in words}
    found = []
    soft = False
    for above, below in pairwise(lines):
        sure = above.text.endswith(_SOFT_HYPHEN)
        if below.gap or not (sure or _CUT.search(above.text)) or not below.text[:1].islower():
            continue
        cut = f"{above.text.split()[-1]}{_first_word(below.text)}".strip(_AROUND)
        kept = cut.casefold() in hyphened
        if not sure and (kept or _first_word(below.text) in _JOINING):
            continue
        soft = soft or sure
        found.append(_whole(above.text, below.text))
    return found if soft or len(found) >= _FEW_CUTS else []


def _about_cuts(words: Sequence[str]) -> str:
    return sentence(
        "Words that were cut at the ends of lines were put together: %(words)s.",
        words=", ".join(words[:_MOST_NAMED]),
    )


def flowing(lines: Sequence[Line], rejoined: Collection[str] = ()) -> str:
    """The lines of one paragraph as one. A hyphen at the end of a line stays, but in the words
    that were cut there."""
    parts = [lines[0].text]
    for above, below in pairwise(lines):
        mark, between = _joint(above.text, below.text, rejoined)
        parts[-1] = parts[-1].removesuffix(mark)
        parts += [between, below.text]
    return "".join(parts).removesuffix(_SOFT_HYPHEN)


def _joint(above: str, below: str, rejoined: Collection[str]) -> tuple[str, str]:
    """What goes from the end of a line, and what comes between it and the next."""
    if above.endswith(_SOFT_HYPHEN):
        return _SOFT_HYPHEN, ""
    if not _CUT.search(above) or not below[:1].isalpha() or _first_word(below) in _JOINING:
        return "", " "
    return ("-" if _whole(above, below) in rejoined else ""), ""


def _whole(above: str, below: str) -> str:
    return (above[:-1].rsplit(maxsplit=1)[-1] + below.split(maxsplit=1)[0]).strip(_AROUND)


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0].strip(_AROUND)
