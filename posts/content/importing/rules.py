"""Rules that put lines together: each looks at one place in a text and answers, or passes.

`recognise` walks through the pieces once. At each it asks the rules in turn; the first that
answers says what it found and how many pieces that used up. Where none answers, the piece
stays what it was, so nothing is ever dropped.
"""

import html as entities
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import Any

from posts.content.importing import line_checks, marks
from posts.content.importing.pieces import Heading, Items, Piece, Quote, Reasons, Text, plain

_ROW = re.compile(r"(?P<term>[^<:：.!?…]{1,60}?)(?:\s?[:：]\s+|：)(?P<explanation>\S.*)", re.DOTALL)
_BOLD_ROW = re.compile(
    r"<b>(?P<term>[^<]{1,80}?)\s?(?P<inside>[:：])?</b>\s?(?P<mark>[:：–—-])?\s*"
    r"(?P<explanation>\S.*)",
    re.DOTALL,
)
# In a list, where a bold sentence opens each entry and others follow it.
_BOLD_SENTENCE = re.compile(
    r"<b>(?P<term>[^<]{1,80}?)(?P<inside>[.!?…。！？؟।])?</b>(?P<end>[.!?…。！？؟।])?"
    r"(?P<gap>(?:\s|<br/>)*+)(?P<explanation>\S.*)",
    re.DOTALL,
)
# With these begins a sentence, and an afterword, but no name of a reason.
_NO_TERM = re.compile(
    r"(?:i|we|you|he|she|they|it|and|but|so|then|or|this|that|there|here|if|when|because|as|well"
    r"|ich|wir|du|ihr|er|sie|es|und|aber|dann|also|wenn|weil|das|dies"
    r"|je|nous|vous|tu|il|elle|on|et|mais|puis|alors|si|ce|c['’]est|j['’]\w*"
    r"|yo|nosotr[oa]s|él|ella|y|pero|entonces|esto|eso|cuando|porque)\b(?=\s)"
    r"|p\.?\s?(?:p\.?\s?)?s\b|n\.?\s?b\b|edit\b|update\b",
    re.IGNORECASE,
)
_FEW_WORDS = 2
_NEAR = 3  # paragraphs below a dialogue in which somebody speaks again
_FULL_STOPS = ".。।"
_OPENING = "“„\"'«‘("
_ATTRIBUTION = re.compile(r"(?:[—–―~]|——|--?)\s?(?P<name>\w.*)", re.DOTALL)
_IN_BRACKETS = re.compile(r"[(（](?P<name>\w[^()（）]*)[)）]")
_QUOTE_AND_NAME = re.compile(
    r"(?P<quote>.*\S)(?:\s*[—–―]\s?|\s+(?:--?|~)\s)(?P<name>\w.*)", re.DOTALL
)
_QUOTE_AND_BRACKETS = re.compile(r"(?P<quote>.*\S)\s*\((?P<name>\w[^()]*)\)\.?", re.DOTALL)
_SPEAKS = ("“", "„", '"', "«", "»", "‹", "「", "—", "―")


LONGEST_RUN = 500  # one block; and the bound of how far each rule looks ahead


@dataclass
class TextReading:
    """Where we are in a text."""

    pieces: Sequence[Piece]
    done: list[Piece] = field(default_factory=list)
    in_section: bool = False
    _stretches: dict[Callable[[Text], bool], range] = field(default_factory=dict)
    _counts: dict[Any, int] = field(default_factory=dict)

    def text(self, at: int) -> Text | None:
        """The text at this place, if there is one."""
        piece = self.pieces[at] if at < len(self.pieces) else None
        return piece if isinstance(piece, Text) else None

    def run(self, at: int, belongs: Callable[[Text], bool]) -> list[Text]:
        """The texts from here on for as long as they belong."""
        texts = (self.text(place) for place in range(at, len(self.pieces)))
        present = takewhile(lambda text: text is not None, texts)
        return list(islice(takewhile(belongs, (text for text in present if text)), LONGEST_RUN))

    def stretch(self, at: int, belongs: Callable[[Text], bool]) -> list[Text]:
        """As `run`, for what is asked again at each place of it: its end is looked for once."""
        known = self._stretches.get(belongs, range(0))
        if at not in known:
            end = at
            while (text := self.text(end)) is not None and belongs(text):
                end += 1
            known = range(at, end)
            if known:
                self._stretches[belongs] = known
        places = range(at, min(known.stop, at + LONGEST_RUN))
        return [text for place in places if (text := self.text(place))]

    def often(self, belongs: Callable[["TextReading", int], bool]) -> bool:
        """More than one place of the whole text is like that; counted once."""
        if belongs not in self._counts:
            places = sum(belongs(self, at) for at in range(len(self.pieces)))
            self._counts[belongs] = places
        return self._counts[belongs] > 1

    @property
    def last(self) -> Text | None:
        """The text right before this place."""
        piece = self.done[-1] if self.done else None
        return piece if isinstance(piece, Text) else None


Found = tuple[list[Piece], int]
Rule = Callable[[TextReading, int], Found | None]


def recognise(
    pieces: Sequence[Piece], rules: Sequence[Rule], *, guesses: Collection[Rule]
) -> list[Piece]:
    """Put together what the rules find; what some of them find is only guessed."""
    reading, at = TextReading(pieces), 0
    while at < len(pieces):
        found, used = _first_answer(reading, at, rules, guesses)
        # A heading right below the title opens the text; it does not end its beginning.
        if at and any(isinstance(piece, Heading) for piece in found):
            reading.in_section = True
        reading.done += found
        at += used
    return reading.done


def _first_answer(
    reading: TextReading, at: int, rules: Sequence[Rule], guesses: Collection[Rule]
) -> Found:
    for rule in rules:
        if answer := rule(reading, at):
            found, used = answer
            return [_marked(one, rule in guesses) for one in found], used
    return [reading.pieces[at]], 1


def _marked(piece: Piece, guessed: bool) -> Piece:
    return replace(piece, guessed=True) if guessed and not isinstance(piece, Text) else piece


def opened(pieces: Sequence[Piece]) -> list[Piece]:
    """Paragraphs as single lines, where each line is a row, an entry of a list or stands in
    quotation marks."""
    return [
        line
        for piece in pieces
        for line in (
            piece.lines if isinstance(piece, Text) and _is_made_of_lines(piece) else [piece]
        )
    ]


def _is_made_of_lines(text: Text) -> bool:
    *above, last = text.lines
    rows = all(_is_row(line) for line in text.lines)
    rows = rows or all(marks.bullet(line.plain) for line in text.lines)
    quoted = all(line_checks.is_quoted(line.plain) for line in above)
    return bool(above) and (
        rows or (quoted and bool(line_checks.is_quoted(last.plain) or attribution_in(last.plain)))
    )


def quotation(reading: TextReading, at: int) -> Found | None:
    """Lines in quotation marks before the first section; later on only with a name below.

    Where somebody speaks right before or after, they are parts of a dialogue.
    """
    if reading.last and _is_quoted(reading.last):
        return None  # one of those that were none before
    lines = reading.stretch(at, _is_quoted)
    if not lines:
        return _quote_with_name(reading, at)
    name = _attribution(reading, at + len(lines))
    far = range(at + len(lines), at + len(lines) + (_NEAR if len(lines) > 1 else 1))
    # Of an endless run the next line is quoted as well.
    goes_on = len(lines) < LONGEST_RUN and any(_speaks(reading.text(place)) for place in far)
    spoken = _speaks(reading.last) or goes_on
    if not name and (reading.in_section or spoken):
        return None
    quote = Quote(tuple(line.plain for line in lines), name)
    return [quote], len(lines) + bool(name)


def _speaks(text: Text | None) -> bool:
    """Prose in which somebody is quoted, as in “No,” she said."""
    return text is not None and text.plain.startswith(_SPEAKS)


def _is_quoted(text: Text) -> bool:
    return line_checks.is_quoted(text.plain) and not text.needs_marks


def _quote_with_name(reading: TextReading, at: int) -> Found | None:
    text = reading.text(at)
    if not text or text.needs_marks:
        return None
    named = _QUOTE_AND_NAME.fullmatch(text.plain)
    for match in (named, _QUOTE_AND_BRACKETS.fullmatch(text.plain)):
        if match and line_checks.is_quoted(match["quote"]) and _is_name(match["name"]):
            return [Quote((match["quote"],), match["name"])], 1
    return None


def _attribution(reading: TextReading, at: int) -> str:
    """The name in the line below a quotation; dashes in a row are a list."""
    text, below = reading.text(at), reading.text(at + 1)
    if not text or text.needs_marks or (below and below.plain[:1] == text.plain[:1]):
        return ""
    return attribution_in(text.plain)


def attribution_in(line: str) -> str:
    """The name after a dash or in brackets, if that is what the line is."""
    match = _ATTRIBUTION.fullmatch(line) or _IN_BRACKETS.fullmatch(line)
    return match["name"] if match and _is_name(match["name"]) else ""


def _is_name(text: str) -> bool:
    return line_checks.is_short(text, chars=100) and not line_checks.ends_sentence(text)


def split_row(html: str) -> tuple[str, str] | None:
    """Term and explanation of a row such as `Name: explanation`."""
    match = _BOLD_ROW.fullmatch(html)
    if match and not (match["inside"] or match["mark"]):
        match = None
    match = match or _ROW.fullmatch(html)
    if not match:
        return None
    term = entities.unescape(match["term"]).strip()
    return (term, match["explanation"]) if _is_term(term, match["explanation"]) else None


def _is_term(term: str, explanation: str) -> bool:
    """A few words that name something; a sentence that announces another is none."""
    if not line_checks.is_short(term, words=6) or not any(map(str.isalpha, term)):
        return False
    if _NO_TERM.match(term):
        return False
    begins = plain(explanation).lstrip(_OPENING)[:1]
    return not begins.islower() or len(term.split()) <= _FEW_WORDS


def split_entry(html: str) -> tuple[str, str] | None:
    """Term and explanation of an entry of a list: a row, or a bold sentence (or a line) and what
    goes on below it."""
    if row := split_row(html):
        return row
    match = _BOLD_SENTENCE.fullmatch(html)
    if not match or (match["inside"] and match["end"]):
        return None
    end = match["inside"] or match["end"] or ""
    if not end and "<br/>" not in match["gap"]:
        return None
    term, goes_on = entities.unescape(match["term"]).strip(), plain(match["explanation"])
    named = line_checks.is_short(term, words=12) and line_checks.is_one_sentence(term)
    if not named or not any(map(str.isalpha, term)) or goes_on.lstrip(_OPENING)[:1].islower():
        return None
    return term + ("" if end in _FULL_STOPS else end), match["explanation"]


def reasons(reading: TextReading, at: int) -> Found | None:
    """Two or more rows of a name and an explanation; names that come again are those of people
    who talk."""
    piece = reading.pieces[at]
    was: Sequence[Piece]
    if isinstance(piece, Items) and not piece.numbered:
        was, rows = [piece], [split_entry(entry) for entry in piece.entries]
    else:
        # Below a row that is none of a list, the others are none either.
        above = reading.last
        was = lines = [] if above and _is_row(above) else reading.stretch(at, _is_row)
        rows = [split_row(text.html) for text in lines]
    named = tuple(row for row in rows if row)
    if len(named) < 2 or len(named) < len(rows):
        return None
    if len({term.casefold() for term, _explanation in named}) < len(named):
        return None
    return [Reasons(named, was=tuple(was))], len(was)


def _is_row(text: Text) -> bool:
    return split_row(text.html) is not None
