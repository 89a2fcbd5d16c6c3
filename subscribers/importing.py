"""Reads a CSV of addresses as people really have them. Pure: no database.

Encoding and delimiter are found out, every line comes back as a row or as a problem, and none
is lost: a quotation mark that is never closed costs its own line only.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from subscribers.addresses import AddressRefused, normalise
from subscribers.lists import cells as lists_cells
from subscribers.lists import columns as lists_columns
from subscribers.lists.cells import CellRefused, More, restored
from subscribers.lists.formats import what_it_is

DELIMITERS = ",;\t|"
# Quoted notes may run over several lines; a quote that is open longer was never closed.
MOST_LINES_IN_A_RECORD = 100
# Each row that is refused is written down in all columns.
MOST_COLUMNS = 1_000
LONGEST_NAME = 120
_NAMING = (lists_columns.NAME, lists_columns.FIRST, lists_columns.LAST)
_PIECE = 1 << 20
_START = 4096  # in which a file that is no text shows it


class ImportRefused(Exception):
    """The file as a whole cannot be imported; `message` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Row:
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
    """A file whose header was read and found good."""

    path: Path
    encoding: str
    delimiter: str
    columns: list[str]
    roles: list[str]
    kind: str  # the program that wrote it, or nothing
    header_line: int

    def __post_init__(self) -> None:
        """Looked up once, not a million times."""
        roles = self.roles
        naming = [roles.index(role) for role in _NAMING if role in roles]
        simple = {"", lists_columns.EMAIL, *_NAMING}
        ours = self.kind == lists_columns.OURS
        guarded = ours or [*map(lists_columns.plain, self.columns[:2])] == ["reason", "line"]
        for name, value in {
            "_email": roles.index(lists_columns.EMAIL),
            "_naming": naming[:1] if lists_columns.NAME in roles else naming,
            "_simple": simple.issuperset(roles),
            "_ours": ours,
            "_guarded": guarded,
        }.items():
            object.__setattr__(self, name, value)

    _email: int = field(init=False, default=0)
    _naming: list[int] = field(init=False, default_factory=list)
    _simple: bool = field(init=False, default=True)
    _ours: bool = field(init=False, default=False)
    _guarded: bool = field(init=False, default=False)

    def rows(self) -> Iterator[Row]:
        """Every row in turn, from the file in pieces, however long it is."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            yield from self.rows_of(file)

    def rows_of(self, file: TextIO) -> Iterator[Row]:
        """As `rows`, from a file that the caller opened (and whose progress it shows)."""
        for line, cells, problem in _records(file, self.delimiter):
            if line > self.header_line:
                yield Row(line, cells, problem=problem) if problem else self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row:
        if self._guarded:
            cells = [restored(cell) for cell in cells]
        typed = cells[self._email].strip() if len(cells) > self._email else ""
        if not typed:
            return Row(line, cells, problem="There is no address in this row.")
        try:
            address = normalise(typed)
            more = None if self._simple else lists_cells.read(self.roles, cells, ours=self._ours)
        except AddressRefused as refusal:
            return Row(line, cells, problem=refusal.message)
        except CellRefused as refusal:
            return Row(line, cells, problem=str(refusal))
        name = " ".join([cells[column] for column in self._naming if len(cells) > column])
        return Row(line, cells, address.typed, address.normalised, _clean(name), more=more)


def open_file(path: Path) -> SubscriberFile:
    """Find out how the file is written and which column holds what. Raises ImportRefused."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(_PIECE)
        header_line = 1
        # Excel's own way to say which delimiter follows.
        stated = re.fullmatch(r"\ufeff?sep=(.)\s*", first)
        if stated:
            first, header_line = file.readline(_PIECE), 2
        next_piece = file.read(_START)
        if not first.strip() and not next_piece:
            raise ImportRefused(f"{path.name} is empty.")
        _refuse_other_text(path, first + next_piece)
    delimiter, columns = _header(first, stated.group(1) if stated else DELIMITERS)
    if len(columns) > MOST_COLUMNS:
        raise ImportRefused(
            f"{path.name} has more than {MOST_COLUMNS:,} columns. Keep those with addresses and "
            "names, and remove the others."
        )
    kind = lists_columns.kind_of(columns)
    roles = lists_columns.roles_of(columns, kind)
    if lists_columns.EMAIL not in roles:
        # A null in a list is a bad row; before any list was found, it means a picture or so.
        if "\0" in first + next_piece:
            raise ImportRefused(f"{path.name} is not a text file. Save your list as CSV (UTF-8).")
        raise ImportRefused(_no_email_column(path, first, columns))
    if roles.count(lists_columns.EMAIL) > 1:
        raise ImportRefused(
            f"{path.name} has more than one column named email. Rename or remove all but one."
        )
    if not next_piece.strip() and len(next_piece) < _START:
        raise ImportRefused(
            f"{path.name} holds the names of the columns and no row. Export your list once more."
        )
    return SubscriberFile(
        path=path,
        encoding=encoding,
        delimiter=delimiter,
        columns=columns,
        roles=roles,
        kind=kind.name if kind else "",
        header_line=header_line,
    )


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is, else what Windows writes. Raises ImportRefused."""
    try:
        with path.open("rb") as file:
            start = file.read(_START)
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            _refuse_what_holds_no_list(path, start)
            file.seek(0)
            pieces = iter(lambda: file.read(_PIECE), b"")
            return _decodes(pieces, ["utf-8-sig", "cp1252"]) or "latin-1"
    except FileNotFoundError as error:
        raise ImportRefused(f"There is no file {path}. Check the path.") from error
    except IsADirectoryError as error:
        raise ImportRefused(f"{path} is a folder. Name the CSV file in it.") from error
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}.") from error


def _refuse_what_holds_no_list(path: Path, start: bytes) -> None:
    if not start.strip():
        if len(start) < _START:
            raise ImportRefused(f"{path.name} is empty.")
        return
    kind = what_it_is(start)
    if kind:
        raise ImportRefused(f"{path.name} is {kind}")


def _refuse_other_text(path: Path, start: str) -> None:
    """Text, but of another format: it would only be said to have no column named email."""
    shown = start.lstrip("\ufeff \t\r\n")
    if shown.startswith(("{", "[")):
        raise ImportRefused(f"{path.name} is JSON, not CSV. Export your list as CSV.")
    if shown[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise ImportRefused(f"{path.name} is a web page or XML. Export your list as CSV.")


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


def _no_email_column(path: Path, first: str, columns: list[str]) -> str:
    if "@" in first:
        return (
            f"{path.name} begins with an address. Its first line must name the columns, "
            "like this: email,name"
        )
    listed = ", ".join(column[:40] for column in columns if column)[:200]
    found = f"Its first line names: {listed}." if listed else "Its first line is blank."
    return f"{path.name} has no column named email. {found} Rename the one with the addresses."


class _Lines:
    """The lines of a file, remembering those of the current record so that they can go back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) == MOST_LINES_IN_A_RECORD:
            raise csv.Error("never closed")
        line = self._again.popleft() if self._again else next(self._file)
        self.taken.append(line)
        return line

    def keep_first_only(self) -> str:
        """Give all but the record's first line back, to be read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        return self.taken[0]


def _records(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Line number, cells and problem of each record. Blank lines are none."""
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = 1
    while True:
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            whole = lines.keep_first_only().rstrip("\r\n")
            yield line, [whole], _explain(error)
            line += 1
            reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
            continue
        if cells:
            yield line, cells, ""
        line += len(lines.taken)


def _explain(error: csv.Error) -> str:
    if "field limit" in str(error):
        return "A cell in this line is too long."
    return "The quotation marks (\") in this line don't match."


def _clean(name: str) -> str:
    if not name.isprintable():
        name = "".join(char if char.isprintable() else " " for char in name)
    return " ".join(name.split())[:LONGEST_NAME]
