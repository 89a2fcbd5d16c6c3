"""Lines of a card: as large as there is room for, of about the same length, cut at the very end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import category

from posts.sharing.cards import text
from posts.sharing.cards.fonts import Library, covers, opened

MEASURED_AT = 100  # pixels; widths grow with the size, so each is measured once
SIZES = (88, 80, 72, 64, 58, 52, 46, 42)
MOST_LINES = 5
ELLIPSIS = "…"


class NoLetters(Exception):
    """No font of this machine has the letters: squares would stand in their place."""


@dataclass(frozen=True)
class Run:
    """Letters of one font in one direction."""

    words: str
    file: Path
    to_left: bool

    def width(self, size: int) -> float:
        """How wide it is drawn."""
        font, scale = opened(str(self.file), size)
        return float(font.getlength(self.words, **self.options)) * scale

    @property
    def options(self) -> dict[str, Any]:
        """What Pillow has to know, where it can shape; plain letters need none of it."""
        return {"direction": "rtl"} if self.to_left else {}


@dataclass(frozen=True)
class Lines:
    """A text as it fits into its place."""

    size: int
    pitch: int  # from one line to the next
    lines: list[list[Run]]
    to_left: bool


def fitted(
    words: str,
    fonts: Library,
    *,
    width: int,
    height: int,
    to_left: bool,
    sizes: Sequence[int] = SIZES,
    most_lines: int = MOST_LINES,
) -> Lines:
    """The text in the largest size at which all of it fits; the end left out where none does.

    Raises NoLetters.
    """
    words = drawable(words, fonts)
    to_left = text.runs_right_to_left(words, to_left)
    pitch = 1.5 if text.is_tall(words) else 1.24
    units = text.units(words)
    widths = {unit: _width(unit, fonts, to_left) for unit in units}
    for size in sizes:
        room = min(most_lines, int(height / (pitch * size)))
        least = width * MEASURED_AT / size
        whole = max((widths[unit] for unit in units), default=0.0) <= least
        lines = _balanced(units, least, widths.__getitem__)
        if whole and len(lines) <= room:
            break
    else:
        lines = _cut(_divided(units, least, fonts, to_left), room, least, fonts, to_left)
    runs = [_runs("".join(line).strip(), fonts, to_left) for line in lines]
    return Lines(size, int(pitch * size), runs, to_left)


def drawable(words: str, fonts: Library) -> str:
    """The text without signs that no font has. Raises NoLetters where a letter is among them."""
    kept = []
    for cluster in text.clusters(text.cleaned(words)):
        if fonts.font_for(cluster):
            kept.append(cluster)
        elif category(cluster[0])[0] != "S" and not text.is_emoji(cluster):
            raise NoLetters(cluster)
    return " ".join("".join(kept).split())


def _runs(line: str, fonts: Library, to_left: bool) -> list[Run]:
    """The line from left to right as it is seen, divided where font or direction change."""
    pieces: list[tuple[str, Path, int]] = []
    levels = text.levels(line, to_left=to_left)
    place = 0
    for cluster in text.clusters(line):
        beside = pieces and not text.is_emoji(pieces[-1][0])
        file = _file(cluster, fonts, pieces[-1][1] if beside else None)
        pieces.append((cluster, file, levels[place]))
        place += len(cluster)
    groups = [
        (key, "".join(piece[0] for piece in group))
        for key, group in groupby(pieces, lambda piece: (piece[1], piece[2]))
    ]
    order = text.as_seen([level for (_, level), _ in groups])
    return [Run(groups[at][1], groups[at][0][0], groups[at][0][1] % 2 == 1) for at in order]


def _file(cluster: str, fonts: Library, before: Path | None) -> Path:
    """A space, a number or a full stop stays in the font before it, so that words are not torn."""
    if before and category(cluster[0])[0] not in "LMS" and covers(before, cluster):
        return before
    file = fonts.font_for(cluster)
    if file is None:
        raise NoLetters(cluster)
    return file


def _width(words: str, fonts: Library, to_left: bool) -> float:
    return sum(run.width(MEASURED_AT) for run in _runs(words, fonts, to_left))


def _wrapped(units: list[str], width: float, of: Callable[[str], float]) -> list[list[str]]:
    lines: list[list[str]] = []
    used = 0.0
    for unit in units:
        if not lines or used + of(unit) > width:
            lines.append([])
            used = 0.0
        lines[-1].append(unit)
        used += of(unit)
    return lines


def _balanced(units: list[str], width: float, of: Callable[[str], float]) -> list[list[str]]:
    """As few lines as possible, and those as even as possible."""
    lines = _wrapped(units, width, of)
    narrow, wide = 0.0, width
    for _ in range(10):
        middle = (narrow + wide) / 2
        tried = _wrapped(units, middle, of)
        fits = len(tried) == len(lines) and all(sum(map(of, line)) <= middle for line in tried)
        narrow, wide = (narrow, middle) if fits else (middle, wide)
    return _wrapped(units, wide, of)


def _divided(units: list[str], width: float, fonts: Library, to_left: bool) -> list[str]:
    """The units with those that are wider than a line taken apart."""
    return [
        piece
        for unit in units
        for piece in (
            [unit] if _width(unit, fonts, to_left) <= width else text.clusters(unit.rstrip())
        )
    ]


def _cut(
    units: list[str], room: int, width: float, fonts: Library, to_left: bool
) -> list[list[str]]:
    """As many lines as there is room for; the last ends in an ellipsis if that is not all."""
    widths = {unit: _width(unit, fonts, to_left) for unit in units}
    lines = _wrapped(units, width, widths.__getitem__)
    if len(lines) <= room:
        return lines
    lines = lines[:room]
    mark = ELLIPSIS if fonts.font_for(ELLIPSIS) else ""
    while lines[-1] and _width("".join([*lines[-1], mark]).strip(), fonts, to_left) > width:
        lines[-1].pop()
    lines[-1].append(mark)
    return lines
