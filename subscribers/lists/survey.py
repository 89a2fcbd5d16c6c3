"""Which values stand in the columns of a list: a look over the whole file, in bounded memory.

A list of a million people is looked at like one of ten: the first rows would not show the one
who left.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, zip_longest
from typing import TextIO

from subscribers.lists.cells import tags
from subscribers.lists.normalising import key
from subscribers.lists.records import MOST_COLUMNS
from subscribers.lists.statuses import is_a_no, is_date, is_empty, speaks_of_leaving
from subscribers.one_line import one_line

ROWS = 1_000  # looked at together
MOST_VALUES = 60  # of a column that are kept apart; a status has fewer
MOST_IN_A_PIECE = 4_000_000  # characters
MOST_AT_ONCE = 500  # different cells, before they are sorted
SEPARATORS = (",", ";", "|")
LONGEST_SHOWN = 80
LONGEST_CELL = 400  # that can be an address

_is_a_no = lru_cache(maxsize=4096)(is_a_no)  # a list has few tags, many times


@dataclass
class Values:
    """What stands in one column.

    `counts`: how many cells hold each of the first MOST_VALUES values, by its key; those in which
    nothing stands, or a date, are only counted. `speaking`: the cells, or tags, in which somebody
    speaks of leaving. `shown`: each value as it was written first. `more`, `speaking_more`: how
    many cells hold others.
    """

    counts: Counter[str] = field(default_factory=Counter)
    speaking: Counter[str] = field(default_factory=Counter)
    shown: dict[str, str] = field(default_factory=dict)
    empty: int = 0
    dates: int = 0
    more: int = 0
    speaking_more: int = 0
    separator: str = ","


@dataclass
class _Column:
    """The values of one column as they come. `exact`: each must be known, since it says who may be
    mailed; otherwise only what may say so is looked for. `tags`: what may part the tags in it."""

    exact: bool
    tags: tuple[str, ...] = ()
    values: Values = field(default_factory=Values)
    _unsorted: Counter[str] = field(default_factory=Counter)
    _wide: bool = False  # too many values to be a status
    # Tags, by what may part them; which it is, shows in the end.
    _parted: dict[str, Values] = field(init=False)
    _parting: Counter[str] = field(default_factory=Counter)  # cells with each of these

    def __post_init__(self) -> None:
        self._parted = {one: Values(separator=one) for one in self.tags}

    def add(self, cells: Sequence[str]) -> None:
        if self._wide:
            self._search(cells)
            return
        self._unsorted.update(cells)
        if len(self._unsorted) > MOST_AT_ONCE:
            self.sort()
            self._wide = not (self.exact or self.tags)

    def sort(self) -> None:
        """Put what was gathered where it belongs."""
        for cell, count in self._unsorted.items():
            self._sort(cell, count)
        self._unsorted.clear()

    def _sort(self, cell: str, count: int) -> None:
        values = self.values
        if self.tags:
            self._part(cell, count)
        elif is_empty(cell):
            values.empty += count
        elif is_date(cell):
            values.dates += count
        else:
            if not _counted(values, values.counts, cell, count):
                values.more += count
            self._find(cell, count)

    def _search(self, cells: Sequence[str]) -> None:
        self.values.more += len(cells)
        if speaks_of_leaving("\n".join(cells)):
            for cell, count in Counter(cells).items():
                self._find(cell, count)

    def _part(self, cell: str, count: int) -> None:
        self._parting.update({one: count for one in self.tags if one in cell})
        for separator, values in self._parted.items():
            for tag in tags(cell, separator):
                if _is_a_no(tag):
                    _speaks(values, tag, count)

    def found(self) -> Values:
        """All that stands in the column, when all was added."""
        self.sort()
        if not self.tags:
            return self.values
        # A comma anywhere, and another sign may be a part of a tag.
        other = [one for one in self.tags[1:] if self._parting[one]]
        only = other[0] if len(other) == 1 and not self._parting[","] else ","
        return self._parted[only]

    def _find(self, cell: str, count: int) -> None:
        if speaks_of_leaving(cell):
            _speaks(self.values, cell, count)


def _speaks(values: Values, text: str, count: int) -> None:
    if not _counted(values, values.speaking, text, count):
        values.speaking_more += count


def _counted(values: Values, counts: Counter[str], cell: str, count: int) -> bool:
    said = key(cell)
    if said not in counts and len(counts) >= MOST_VALUES:
        return False
    counts[said] += count
    values.shown.setdefault(said, one_line(cell)[:LONGEST_SHOWN])
    return True


@dataclass(frozen=True)
class Wanted:
    """Which columns are looked into, by index: `exact` where each value must be known, `tags`
    where cells hold several words."""

    exact: frozenset[int]
    loose: frozenset[int]
    tags: frozenset[int]
    width: int  # columns that have a name
    email: int  # the column of addresses; rows without one are not taken, whatever they say
    separators: tuple[str, ...] = SEPARATORS  # that may part tags


def in_pieces(
    file: TextIO, delimiter: str, header_line: int, most_lines: int
) -> Iterator[list[list[str]]]:
    """The cells of all rows, read as fast as it goes.

    Raises csv.Error where a record may have `most_lines` or more: that is a quotation mark which
    was never closed, and the rows are read otherwise.
    """
    for _ in range(header_line):
        file.readline()
    reader = csv.reader(file, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = 0
    while piece := list(islice(reader, ROWS)):
        if reader.line_num - line - len(piece) >= most_lines - 1:
            raise csv.Error
        yield piece
        line = reader.line_num


def gathered(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """Rows in pieces, fewer where they are long."""
    piece: list[list[str]] = []
    size = 0
    for row in rows:
        piece.append(row)
        size += sum(map(len, row))
        if len(piece) >= ROWS or size >= MOST_IN_A_PIECE:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def look_over(pieces: Iterable[list[list[str]]], wanted: Wanted) -> dict[int, Values]:
    """The values of the columns by index; also of those that have no name and something in them."""
    columns = {
        index: _Column(
            exact=index in wanted.exact, tags=wanted.separators if index in wanted.tags else ()
        )
        for index in sorted(wanted.exact | wanted.loose | wanted.tags)
    }
    for piece in pieces:
        if not columns and max(map(len, piece)) <= wanted.width:
            continue
        email = wanted.email
        taken = [row for row in piece if email < len(row) <= MOST_COLUMNS and row[email].strip()]
        for index, cells in enumerate(zip_longest(*taken, fillvalue="")):
            if index >= wanted.width and index not in columns and any(cells):
                columns[index] = _Column(exact=False)
            if index in columns:
                columns[index].add(cells)
    return {index: column.found() for index, column in columns.items()}


def hold_addresses(rows: Iterable[Sequence[str]], width: int) -> tuple[int, ...]:
    """The columns of which most filled cells look like addresses, by index."""
    filled, found = Counter[int](), Counter[int]()
    for row in rows:
        for index, cell in enumerate(row[:width]):
            text = cell.strip()
            filled[index] += bool(text)
            found[index] += may_be_address(text)
    return tuple(index for index in range(width) if found[index] * 2 > filled[index])


def may_be_address(cell: str) -> bool:
    """Whether a cell looks like an address, or like several of them."""
    text = cell.strip()
    return "@" in text.strip("@") and len(text) < LONGEST_CELL
