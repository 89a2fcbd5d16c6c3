"""Rules that put lines together: each looks at one place in a text and answers, or passes.

`recognise` walks through the pieces once. At each it asks the rules in turn; the first that
answers says what it found and how many pieces that used up. Where none answers, the piece
stays what it was, so nothing is ever dropped.
"""

import html as entities
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile

from posts.content.importing import line_checks
from posts.content.importing.pieces import Heading, Items, Piece, Quote, Reasons, Text

_ROW = re.compile(r"(?P<term>[^<:.!?…]{1,60}?)\s?[:：]\s+(?P<explanation>\S.*)", re.DOTALL)
_BOLD_ROW = re.compile(
    r"<b>(?P<term>[^<]{1,80}?)\s?(?P<inside>[:：])?</b>\s?(?P<mark>[:：–—-])?\s*"
    r"(?P<explanation>\S.*)",
    re.DOTALL,
)
_ATTRIBUTION = re.compile(r"(?:[—–―]|--?)\s?(?P<name>\w.*)", re.DOTALL)
_QUOTE_AND_NAME = re.compile(r"(?P<quote>.*\S)\s*[—–―]\s?(?P<name>\w.*)", re.DOTALL)


_LONGEST_RUN = 500  # one block; and the bound of how far each rule looks ahead


@dataclass
class TextReading:
    """Where we are in a text."""

    pieces: Sequence[Piece]
    done: list[Piece] = field(default_factory=list)
    in_section: bool = False
    _stretches: dict[Callable[[Text], bool], range] = field(default_factory=dict)

    def text(self, at: int) -> Text | None:
        """The text at this place, if there is one."""
        piece = self.pieces[at] if at < len(self.pieces) else None
        return piece if isinstance(piece, Text) else None

    def run(self, at: int, belongs: Callable[[Text], bool]) -> list[Text]:
        """The texts from here on for as long as they belong."""
        texts = (self.text(place) for place in range(at, len(self.pieces)))
        present = takewhile(lambda text: text is not None, texts)
        return list(islice(takewhile(belongs, (text for text in present if text)), _LONGEST_RUN))

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
        places = range(at, min(known.stop, at + _LONGEST_RUN))
        return [text for place in places if (text := self.text(place))]

    @property
    def last(self) -> Text | None:
        """The text right before this place."""
        piece = self.done[-1] if self.done else None
        return piece if isinstance(piece, Text) else None


Found = tuple[list[Piece], int]
Rule = Callable[[TextReading, int], Found | None]


def recognise(pieces: Sequence[Piece], rules: Sequence[Rule]) -> list[Piece]:
    """Put together what the rules find."""
    reading, at = TextReading(pieces), 0
    while at < len(pieces):
        answers = (rule(reading, at) for rule in rules)
        found, used = next((answer for answer in answers if answer), ([pieces[at]], 1))
        # A heading right below the title opens the text; it does not end its beginning.
        if at and any(isinstance(piece, Heading) for piece in found):
            reading.in_section = True
        reading.done += found
        at += used
    return reading.done


def opened(pieces: Sequence[Piece]) -> list[Piece]:
    """Paragraphs as single lines, where each line is a row or stands in quotation marks."""
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
    quoted = all(line_checks.is_quoted(line.plain) for line in above)
    return bool(above) and (
        rows or (quoted and bool(line_checks.is_quoted(last.plain) or attribution_in(last.plain)))
    )


def quotation(reading: TextReading, at: int) -> Found | None:
    """Lines in quotation marks before the first section; later on only with a name below."""
    lines = reading.stretch(at, _is_quoted)
    if not lines:
        return _quote_with_name(reading, at)
    name = _attribution(reading, at + len(lines))
    if reading.in_section and not name:
        return None
    quote = Quote(tuple(line.plain for line in lines), name)
    return [quote], len(lines) + bool(name)


def _is_quoted(text: Text) -> bool:
    return line_checks.is_quoted(text.plain) and not text.has_links


def _quote_with_name(reading: TextReading, at: int) -> Found | None:
    text = reading.text(at)
    match = _QUOTE_AND_NAME.fullmatch(text.plain) if text and not text.has_links else None
    if not match or not line_checks.is_quoted(match["quote"]) or not _is_name(match["name"]):
        return None
    return [Quote((match["quote"],), match["name"])], 1


def _attribution(reading: TextReading, at: int) -> str:
    """The name in the line below a quotation; dashes in a row are a list."""
    text, below = reading.text(at), reading.text(at + 1)
    if not text or text.has_links or (below and below.plain[:1] == text.plain[:1]):
        return ""
    return attribution_in(text.plain)


def attribution_in(line: str) -> str:
    """The name after a dash, if that is what the line is."""
    match = _ATTRIBUTION.fullmatch(line)
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
    is_term = line_checks.is_short(term, words=6) and any(letter.isalpha() for letter in term)
    return (term, match["explanation"]) if is_term else None


def reasons(reading: TextReading, at: int) -> Found | None:
    """Two or more rows of a name and an explanation."""
    piece = reading.pieces[at]
    if isinstance(piece, Items) and not piece.numbered:
        rows = [split_row(entry) for entry in piece.entries]
    else:
        rows = [split_row(text.html) for text in reading.stretch(at, _is_row)]
    named = tuple(row for row in rows if row)
    if len(named) < 2 or len(named) < len(rows):
        return None
    return [Reasons(named)], 1 if isinstance(piece, Items) else len(named)


def _is_row(text: Text) -> bool:
    return split_row(text.html) is not None
