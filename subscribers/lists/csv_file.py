"""Reads a CSV of addresses as people really have them. Pure: no database.

Encoding and delimiter are found out, and what each column says of its people, or what has to be
asked about that. Every line comes back as a row or as a problem, and none is lost.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePath
from typing import NamedTuple, TextIO

from subscribers import pasting
from subscribers.addresses import Address, AddressRefused, normalise, ordinary
from subscribers.lists import cells as lists_cells
from subscribers.lists import columns as lists_columns
from subscribers.lists import consent, recognising, statuses, survey
from subscribers.lists.cells import CellRefused, More, restored
from subscribers.lists.encodings import LABELS
from subscribers.lists.headers import read_header
from subscribers.lists.mapping import NO_ANSWERS, ColumnMapping
from subscribers.lists.questions import Questions, in_words
from subscribers.lists.recognising import Column
from subscribers.lists.records import MOST_LINES_IN_A_RECORD, Header, ListRefused, records
from subscribers.one_line import printable_line
from subscribers.saying import sentence

LONGEST_NAME = 120
_ROWS_WITH_NAMES, _NAMES_SHOWN = 5_000, 5
_NAMING = (lists_columns.NAME, lists_columns.FIRST, lists_columns.LAST)
_TAKEN = (lists_columns.EMAIL, lists_columns.TAGS, *_NAMING)
NO_ADDRESS = sentence(
    "There is no address in this row. Write it into the column of addresses, or leave the row out."
)
_LOST = "\N{REPLACEMENT CHARACTER}"  # as what makes no sense in an encoding is read


class ListRow(NamedTuple):
    """One row: an address and a name, or the problem with it. `cells` as they stood there."""

    line: int
    cells: list[str]
    typed: str = ""
    address: str = ""
    name: str = ""
    problem: str = ""
    more: More | None = None  # where there are columns for more


@dataclass(frozen=True)
class SubscriberFile:
    """A file of which is known what each column holds, or else what has to be asked about it."""

    header: Header
    fields: list[Column]  # those that the header names, then those that have no name
    values: dict[int, survey.Values]  # by index
    mapping: ColumnMapping

    def __post_init__(self) -> None:
        """Looked up once, not a million times."""
        header, roles = self.header, [one.role for one in self.fields]
        naming = _naming(self.fields)
        layout = lists_cells.Layout(self.fields, ours=header.ours, everybody=self.mapping.everybody)
        guarded = header.ours or lists_columns.of_rejects(header.columns)
        for name, value in {
            "questions": self._asked(),
            "_email": roles.index(lists_columns.EMAIL) if lists_columns.EMAIL in roles else -1,
            "_naming": naming,
            "_twice": lists_columns.NAME in roles and len(naming) > 1,
            "_layout": layout,
            "_simple": layout.simple,
            "_guarded": guarded,
            "_broken": self._looked_into() if header.written.broken else (),
        }.items():
            object.__setattr__(self, name, value)

    questions: Questions = field(init=False, default=Questions())
    _email: int = field(init=False, default=0)
    _naming: list[int] = field(init=False, default_factory=list)
    _twice: bool = field(init=False, default=False)  # a name may hold the family's name already
    _layout: lists_cells.Layout = field(init=False)
    _simple: bool = field(init=False, default=True)
    _guarded: bool = field(init=False, default=False)
    _broken: tuple[Column, ...] = field(init=False, default=())  # must not hold broken letters

    @property
    def path(self) -> Path:
        return self.header.path

    @property
    def encoding(self) -> str:
        return self.header.written.codec

    @property
    def delimiter(self) -> str:
        return self.header.delimiter

    @property
    def columns(self) -> list[str]:
        """As the header names them."""
        return self.header.columns

    @property
    def kind(self) -> str:
        """The program that wrote it, or nothing."""
        return self.header.program.name if self.header.program else ""

    def _asked(self) -> Questions:
        emails = [one for one in self.fields if one.role == lists_columns.EMAIL]
        candidates = emails or [self.fields[index] for index in self.header.addresses]
        named = [PurePath(self.header.name).stem, *(one.name for one in emails)]
        left = [name for name in named if consent.speaks_of_leaving(name)]
        told = self.mapping.everybody or any(map(recognising.tells_of_each, self.fields))
        return Questions(
            addresses=() if len(emails) == 1 else tuple(candidates),
            everybody=left[0] if left and not told else "",
            columns=tuple(one for one in self.fields if one.open),
        )

    def answered(self, mapping: ColumnMapping) -> "SubscriberFile":
        """The same file with other answers about values, and about everybody."""
        return _understood(self.header, self.values, replace(mapping, roles=self.mapping.roles))

    def _looked_into(self) -> tuple[Column, ...]:
        return tuple(one for one in self.fields if one.tells or one.role in _TAKEN)

    def first_cells(self, count: int) -> list[list[str]]:
        """Those of the first rows, as they stand there."""
        with self.header.open() as file:
            return list(islice((cells for _, cells, _ in records(file, self.header)), count))

    def names(self) -> list[str]:
        """The first names that are not plain, by which one sees whether the encoding is right; of
        a file that has no names, the first cells."""
        found: dict[str, None] = {}
        with self.header.open() as file:
            for _, cells, _ in islice(records(file, self.header), _ROWS_WITH_NAMES):
                named = [cells[n] for n in self._naming if n < len(cells)] or cells
                shown = (printable_line(cell, most=60) for cell in named if not cell.isascii())
                found |= dict.fromkeys(shown)
                if len(found) >= _NAMES_SHOWN:
                    break
        return list(found)[:_NAMES_SHOWN]

    def refuse_if_asked(self) -> None:
        """Raises ListRefused where something about the people has to be asked first."""
        if self.questions:
            raise ListRefused(in_words(self.questions, self.header.name, self.fields))

    def rows(self) -> Iterator[ListRow]:
        """Every row in turn, from the file in pieces, however long it is. Raises ListRefused."""
        with self.header.open() as file:
            yield from self.rows_of(file)

    def rows_of(self, file: TextIO) -> Iterator[ListRow]:
        """As `rows`, from a file that the caller opened (and whose progress it shows)."""
        self.refuse_if_asked()
        for line, cells, problem in records(file, self.header):
            if problem:
                yield ListRow(line, cells, problem=problem)
            elif row := self._row(line, cells):
                yield row

    def _row(self, line: int, cells: list[str]) -> ListRow | None:
        """None for a row of nothing but delimiters."""
        if self._guarded:
            cells = [restored(cell) for cell in cells]
        typed = cells[self._email].strip() if len(cells) > self._email else ""
        if not typed:
            blank = not any(cell.strip() for cell in cells)
            return None if blank else ListRow(line, cells, problem=NO_ADDRESS)
        called, more = "", None
        try:
            if self._broken:
                self._refuse_what_is_broken(cells)
            address = None if typed[0] == "'" else ordinary(typed)
            if address is None:
                address, called = self._address(typed)
            if not self._simple:
                more = lists_cells.read(self._layout, cells)
        except (AddressRefused, CellRefused) as refusal:
            return ListRow(line, cells, problem=refusal.message)
        name = self._name(cells) or called
        return ListRow(line, cells, address.typed, address.normalised, name, "", more)

    def _name(self, cells: list[str]) -> str:
        naming = self._naming
        if len(naming) == 1 and len(cells) > naming[0]:  # as in most lists, for each of their rows
            return printable_line(cells[naming[0]], most=LONGEST_NAME)
        names = [cells[column] for column in naming if len(cells) > column]
        if self._twice and names[-1].strip().casefold() in names[0].casefold():
            names = names[:1]
        return printable_line(" ".join(names), most=LONGEST_NAME)

    def _address(self, typed: str) -> tuple[Address, str]:
        """The address in a cell, and the name that stands before it. Raises AddressRefused and
        CellRefused."""
        if typed[0] != "'" or self._guarded:
            try:
                return normalise(typed), ""
            except AddressRefused:
                pass  # what people write around an address is taken off
        try:
            found = pasting.read(typed)
        except pasting.SeveralAddresses as several:
            offered = " and ".join(several.addresses[:3])
            raise CellRefused(
                sentence(
                    "There are %(number)s addresses in one cell: %(offered)s. Keep one, "
                    "or give each a row of its own.",
                    number=len(several.addresses),
                    offered=offered,
                )
            ) from several
        if found.name and any(map(statuses.is_a_no, [found.name, *found.name.split()])):
            raise CellRefused(
                sentence(
                    "“%(name)s” beside the address may say that she left. If it is a "
                    "name, write it in a column of its own.",
                    name=found.name[:60],
                )
            )
        return found.address, printable_line(found.name, most=LONGEST_NAME)

    def _refuse_what_is_broken(self, cells: list[str]) -> None:
        for column in self._broken:
            cell = cells[column.number - 1] if column.number <= len(cells) else ""
            if _LOST in cell:
                raise CellRefused(
                    sentence(
                        "“%(cell)s” in %(column)s has a letter that is not %(encoding)s: it "
                        "stands where the %(mark)s is. Write it once more, or choose another "
                        "encoding for the file.",
                        cell=cell.strip()[:60],
                        column=column.called,
                        encoding=LABELS[self.encoding],
                        mark=_LOST,
                    )
                )


def open_file(path: Path, *, name: str = "", mapping: ColumnMapping = NO_ANSWERS) -> SubscriberFile:
    """Find out how the file is written, which column holds what, and what has to be asked.

    `name`: the file's, where it is kept under another. `mapping`: what the person said of it.
    Raises ListRefused.
    """
    return look_over(read_header(path, name=name, encoding=mapping.encoding), mapping)


def look_over(header: Header, mapping: ColumnMapping) -> SubscriberFile:
    """What each column of the file holds, after a look at all its rows."""
    named = recognising.by_name(header.columns, header.program, mapping, header.addresses)
    wanted = recognising.wanted(named, ours=header.ours)
    with header.open() as file:
        try:
            if header.written.long_lines:
                raise csv.Error
            fast = survey.in_pieces(file, header.delimiter, header.line, MOST_LINES_IN_A_RECORD)
            values = survey.look_over(fast, wanted)
        except csv.Error:
            # A quotation mark that is never closed: as slowly as the rows are read.
            file.seek(0)
            rows = (cells for _, cells, bad in records(file, header) if not bad)
            values = survey.look_over(survey.gathered(rows), wanted)
    return _understood(header, values, mapping)


def _understood(
    header: Header, values: dict[int, survey.Values], mapping: ColumnMapping
) -> SubscriberFile:
    fields = recognising.by_name(header.columns, header.program, mapping, header.addresses)
    nameless = sorted(index for index in values if index >= len(fields))
    fields += [recognising.unnamed(index + 1, mapping) for index in nameless]
    return SubscriberFile(header, recognising.by_values(fields, values), values, mapping)


def _naming(fields: list[Column]) -> list[int]:
    """Where the names stand, in the order in which they are spoken. A name without a first name,
    but with a family's, is the first name."""
    roles = [one.role for one in fields]
    if lists_columns.NAME in roles and lists_columns.FIRST in roles:
        return [roles.index(lists_columns.NAME)]
    found = [roles.index(role) for role in _NAMING if role in roles]
    named = {lists_columns.plain(fields[index].name) for index in found}
    return sorted(found) if named & lists_columns.FAMILY_FIRST else found
