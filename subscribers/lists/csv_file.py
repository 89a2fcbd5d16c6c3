"""Reads a CSV of addresses as people really have them. Pure: no database.

Encoding and delimiter are found out, and what each column says of its people, or what has to be
asked about that. Every line comes back as a row or as a problem, and none is lost.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePath
from typing import TextIO

from subscribers.addresses import AddressRefused, normalise
from subscribers.lists import cells as lists_cells
from subscribers.lists import columns as lists_columns
from subscribers.lists import consent, recognising, survey
from subscribers.lists.cells import CellRefused, More, restored
from subscribers.lists.formats import what_it_is
from subscribers.lists.mapping import NO_ANSWERS, ColumnMapping
from subscribers.lists.questions import Questions, in_words
from subscribers.lists.recognising import Column
from subscribers.lists.records import MOST_LINES_IN_A_RECORD, Header, records
from subscribers.one_line import printable_line
from subscribers.refusals import Refused

DELIMITERS = ",;\t|"
# Each row that is refused is written down in all columns.
MOST_COLUMNS = 1_000
LONGEST_NAME = 120
_NAMING = (lists_columns.NAME, lists_columns.FIRST, lists_columns.LAST)
_PIECE = 1 << 20
_START = 4096  # in which a file that is no text shows it
_FIRST_ROWS = 200  # which show where the addresses are, if no name does


class ListRefused(Refused):
    """The file as a whole cannot be imported; `message` says why and what to do."""


@dataclass(frozen=True, slots=True)
class ListRow:
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
        naming = [roles.index(role) for role in _NAMING if role in roles]
        layout = lists_cells.Layout(self.fields, ours=header.ours, everybody=self.mapping.everybody)
        guarded = header.ours or lists_columns.of_rejects(header.columns)
        for name, value in {
            "questions": self._asked(),
            "_email": roles.index(lists_columns.EMAIL) if lists_columns.EMAIL in roles else -1,
            "_naming": naming[:1] if lists_columns.NAME in roles else naming,
            "_layout": layout,
            "_simple": layout.simple,
            "_guarded": guarded,
        }.items():
            object.__setattr__(self, name, value)

    questions: Questions = field(init=False, default=Questions())
    _email: int = field(init=False, default=0)
    _naming: list[int] = field(init=False, default_factory=list)
    _layout: lists_cells.Layout = field(init=False)
    _simple: bool = field(init=False, default=True)
    _guarded: bool = field(init=False, default=False)

    @property
    def path(self) -> Path:
        return self.header.path

    @property
    def encoding(self) -> str:
        return self.header.encoding

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

    def first_cells(self, count: int) -> list[list[str]]:
        """Those of the first rows, as they stand there."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            rows = (cells for n, cells, _ in records(file, self.header) if n > self.header.line)
            return list(islice(rows, count))

    def refuse_if_asked(self) -> None:
        """Raises ListRefused where something about the people has to be asked first."""
        if self.questions:
            raise ListRefused(in_words(self.questions, self.header.name, self.fields))

    def rows(self) -> Iterator[ListRow]:
        """Every row in turn, from the file in pieces, however long it is. Raises ListRefused."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            yield from self.rows_of(file)

    def rows_of(self, file: TextIO) -> Iterator[ListRow]:
        """As `rows`, from a file that the caller opened (and whose progress it shows)."""
        self.refuse_if_asked()
        for line, cells, problem in records(file, self.header):
            if line > self.header.line:
                yield ListRow(line, cells, problem=problem) if problem else self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> ListRow:
        if self._guarded:
            cells = [restored(cell) for cell in cells]
        typed = cells[self._email].strip() if len(cells) > self._email else ""
        if not typed:
            return ListRow(line, cells, problem="There is no address in this row.")
        try:
            address = normalise(typed)
            more = None if self._simple else lists_cells.read(self._layout, cells)
        except (AddressRefused, CellRefused) as refusal:
            return ListRow(line, cells, problem=refusal.message)
        name = " ".join([cells[column] for column in self._naming if len(cells) > column])
        return ListRow(
            line,
            cells,
            address.typed,
            address.normalised,
            printable_line(name, most=LONGEST_NAME),
            more=more,
        )


def open_file(path: Path, *, name: str = "", mapping: ColumnMapping = NO_ANSWERS) -> SubscriberFile:
    """Find out how the file is written, which column holds what, and what has to be asked.

    `name`: the file's, where it is kept under another. `mapping`: what the person said of it.
    Raises ListRefused.
    """
    return look_over(read_header(path, name=name), mapping)


def read_header(path: Path, *, name: str = "") -> Header:
    """Find out how the file is written and which columns it names. Raises ListRefused."""
    name = name or path.name
    encoding = _encoding(path, name)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(_PIECE)
        line = 1
        # Excel's own way to say which delimiter follows.
        stated = re.fullmatch(r"\ufeff?sep=(.)\s*", first)
        if stated:
            first, line = file.readline(_PIECE), 2
        next_piece = file.read(_START)
        if not first.strip() and not next_piece:
            raise ListRefused(f"{name} is empty.")
        _refuse_other_text(name, first + next_piece)
    delimiter, columns = _header(first, stated.group(1) if stated else DELIMITERS)
    if len(columns) > MOST_COLUMNS:
        raise ListRefused(
            f"{name} has more than {MOST_COLUMNS:,} columns. Keep those with addresses and "
            "names, and remove the others."
        )
    program = lists_columns.program_of(columns)
    header = Header(path, name, encoding, delimiter, columns, program, line)
    if lists_columns.EMAIL not in lists_columns.roles_of(columns, program):
        header = replace(header, addresses=_with_addresses(header))
        if not header.addresses or "@" in first:
            # A null in a list is a bad row; before any list was found, it means a picture or so.
            if "\0" in first + next_piece:
                raise ListRefused(f"{name} is not a text file. Save your list as CSV (UTF-8).")
            raise ListRefused(_no_email_column(name, first, columns))
    if not next_piece.strip() and len(next_piece) < _START:
        raise ListRefused(
            f"{name} holds the names of the columns and no row. Export your list once more."
        )
    return header


def _with_addresses(header: Header) -> tuple[int, ...]:
    with header.path.open(encoding=header.encoding, newline="") as file:
        rows = islice(records(file, header), header.line, header.line + _FIRST_ROWS)
        return survey.hold_addresses((cells for _, cells, _ in rows), len(header.columns))


def look_over(header: Header, mapping: ColumnMapping) -> SubscriberFile:
    """What each column of the file holds, after a look at all its rows."""
    named = recognising.by_name(header.columns, header.program, mapping, header.addresses)
    wanted = recognising.wanted(named)
    with header.path.open(encoding=header.encoding, newline="") as file:
        try:
            fast = survey.in_pieces(file, header.delimiter, header.line, MOST_LINES_IN_A_RECORD)
            values = survey.look_over(fast, wanted)
        except csv.Error:
            # A quotation mark that is never closed: as slowly as the rows are read.
            file.seek(0)
            rows = (cells for n, cells, bad in records(file, header) if n > header.line and not bad)
            slow = iter(lambda: list(islice(rows, survey.ROWS)), [])
            values = survey.look_over(slow, wanted)
    return _understood(header, values, mapping)


def _understood(
    header: Header, values: dict[int, survey.Values], mapping: ColumnMapping
) -> SubscriberFile:
    fields = recognising.by_name(header.columns, header.program, mapping, header.addresses)
    nameless = sorted(index for index in values if index >= len(fields))
    fields += [recognising.unnamed(index + 1, mapping) for index in nameless]
    return SubscriberFile(header, recognising.by_values(fields, values), values, mapping)


def _encoding(path: Path, name: str) -> str:
    """UTF-8 where the whole file is, else what Windows writes. Raises ListRefused."""
    try:
        with path.open("rb") as file:
            start = file.read(_START)
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            _refuse_what_holds_no_list(name, start)
            file.seek(0)
            pieces = iter(lambda: file.read(_PIECE), b"")
            return _decodes(pieces, ["utf-8-sig", "cp1252"]) or "latin-1"
    except FileNotFoundError as error:
        raise ListRefused(f"There is no file {path}. Check the path.") from error
    except IsADirectoryError as error:
        raise ListRefused(f"{path} is a folder. Name the CSV file in it.") from error
    except OSError as error:
        raise ListRefused(f"{path} cannot be read: {error.strerror}.") from error


def _refuse_what_holds_no_list(name: str, start: bytes) -> None:
    if not start.strip():
        if len(start) < _START:
            raise ListRefused(f"{name} is empty.")
        return
    kind = what_it_is(start)
    if kind:
        raise ListRefused(f"{name} is {kind}")


def _refuse_other_text(name: str, start: str) -> None:
    """Text, but of another format: it would only be said to have no column named email."""
    shown = start.lstrip("\ufeff \t\r\n")
    if shown.startswith(("{", "[")):
        raise ListRefused(f"{name} is JSON, not CSV. Export your list as CSV.")
    if shown[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise ListRefused(f"{name} is a web page or XML. Export your list as CSV.")


def _decodes(pieces: Iterator[bytes], encodings: list[str]) -> str | None:
    """The first of the encodings in which all pieces make sense, in one pass over them."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in encodings}
    for piece in pieces:
        for name, decoder in list(decoders.items()):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                del decoders[name]
    for name, decoder in decoders.items():
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    return None


def _header(line: str, delimiters: str) -> tuple[str, list[str]]:
    """The first delimiter under which there is an email column, and the column names."""
    readings = [(d, _cells(line, d)) for d in delimiters]
    for delimiter, columns in readings:
        if lists_columns.EMAIL in lists_columns.roles_of(columns, None):
            return delimiter, columns
    return max(readings, key=lambda reading: len(reading[1]))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        reader = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
        return [cell.strip() for cell in next(reader, [])]
    except csv.Error:
        return []


def _no_email_column(name: str, first: str, columns: list[str]) -> str:
    if "@" in first:
        return (
            f"{name} begins with an address. Its first line must name the columns, "
            "like this: email,name"
        )
    listed = ", ".join(column[:40] for column in columns if column)[:200]
    found = f"Its first line names: {listed}." if listed else "Its first line is blank."
    return f"{name} has no column named email. {found} Rename the one with the addresses."
