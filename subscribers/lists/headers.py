"""Finds out how a file is written, and where it names its columns.

Above the names may stand a title or blank lines; a name may hold a line break; and a file may name
no columns at all.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter
from pathlib import Path

from subscribers.lists import columns as lists_columns
from subscribers.lists import encodings, survey
from subscribers.lists.encodings import Written
from subscribers.lists.formats import what_it_is
from subscribers.lists.records import (
    MOST_COLUMNS,
    MOST_IN_A_LINE,
    Header,
    ListRefused,
    bounded_line,
    is_cut,
    records,
)
from subscribers.saying import sentence

DELIMITERS = ",;\t|"
_START = 4096  # bytes in which a file that is no text shows it
_FIRST_LINES = 60  # of which some name the columns
_MOST_AT_FIRST = 1 << 20  # characters of them
_FIRST_ROWS = 200  # which show where the addresses are, if no name does


@dataclass(frozen=True)
class _Record:
    """A record before it is known what it is. `above`: the last line before it; `last`: its own."""

    above: int
    last: int
    cells: list[str]

    @property
    def has_address(self) -> bool:
        return any(map(_is_address, self.cells))

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


def read_header(path: Path, *, name: str = "", encoding: str = "") -> Header:
    """Find out how the file is written and which columns it names. `encoding`: Python's name, where
    a person said it. Raises ListRefused."""
    name = name or path.name
    written = _written(path, name, encoding)
    lines, stated = _first_lines(path, name, written)
    header = _of(path, name, written, lines, stated)
    if lists_columns.EMAIL not in lists_columns.roles_of(header.columns, header.program):
        header = replace(header, addresses=_with_addresses(header))
        if not header.addresses:
            # A null in a list is a bad row; before any list was found, it means a picture or so.
            if any("\0" in line for line in lines):
                raise ListRefused(
                    sentence(
                        "%(name)s is not a text file. Save your list as CSV (UTF-8).", name=name
                    )
                )
            raise ListRefused(_no_addresses(name, header.columns))
    if len(lines) <= header.line and not _goes_on(header):
        raise ListRefused(
            sentence(
                "%(name)s holds the names of the columns and no row. Export your list once more.",
                name=name,
            )
        )
    return header


def _written(path: Path, name: str, encoding: str) -> Written:
    try:
        with path.open("rb") as file:
            start = file.read(_START)
        if not start.startswith(encodings.MARKS):
            _refuse_what_holds_no_list(name, start)
        return encodings.look(path, encoding)
    except FileNotFoundError as error:
        raise ListRefused(
            sentence("There is no file %(path)s. Check the path.", path=path)
        ) from error
    except IsADirectoryError as error:
        raise ListRefused(
            sentence("%(path)s is a folder. Name the CSV file in it.", path=path)
        ) from error
    except OSError as error:
        raise ListRefused(
            sentence("%(path)s cannot be read: %(reason)s.", path=path, reason=error.strerror)
        ) from error


def _refuse_what_holds_no_list(name: str, start: bytes) -> None:
    if not start.strip():
        if len(start) < _START:
            raise ListRefused(sentence("%(name)s is empty.", name=name))
        return
    kind = what_it_is(start)
    if kind:
        raise ListRefused(f"{name} is {kind}")


def _first_lines(path: Path, name: str, written: Written) -> tuple[list[str], str]:
    """The first lines, and the delimiter that the first of all says, as Excel writes it."""
    lines: list[str] = []
    size = 0
    with path.open(encoding=written.codec, errors=written.errors, newline="") as file:
        while len(lines) < _FIRST_LINES and size < _MOST_AT_FIRST:
            line = bounded_line(file)
            if not line:
                break
            lines.append(line)
            size += len(line)
    text = "".join(lines[:20])[:_START]
    if not text.strip("\ufeff \t\r\n") and len(lines) < _FIRST_LINES:
        raise ListRefused(sentence("%(name)s is empty.", name=name))
    _refuse_other_text(name, text)
    if is_cut(lines[0]):
        if "@" not in lines[0]:
            _refuse_many_columns(name, max(map(lines[0].count, DELIMITERS)))
        raise ListRefused(
            sentence(
                "The first line of %(name)s has more than %(most)s "
                "characters, which is the most. Export your list with a row for each "
                "person.",
                name=name,
                most=MOST_IN_A_LINE,
            )
        )
    stated = re.fullmatch(r"\ufeff?sep=(.)\s*", lines[0][:20])
    return lines, stated.group(1) if stated else ""


def _refuse_other_text(name: str, start: str) -> None:
    """Text, but of another format: it would only be said to have no column named email."""
    shown = start.lstrip("\ufeff \t\r\n")
    if shown.startswith("{") or re.match(r"\[\s*[\[{]", shown):
        raise ListRefused(
            sentence("%(name)s is JSON, not CSV. Export your list as CSV.", name=name)
        )
    if shown[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise ListRefused(
            sentence("%(name)s is a web page or XML. Export your list as CSV.", name=name)
        )


def _of(path: Path, name: str, written: Written, lines: list[str], stated: str) -> Header:
    delimiter, columns, line = _named(lines, stated)
    _refuse_many_columns(name, len(columns))
    columns = [" ".join(column.strip("\ufeff").split()) for column in columns]
    program = lists_columns.program_of(columns)
    return Header(path, name, written, delimiter, columns, program, line)


def _refuse_many_columns(name: str, count: int) -> None:
    if count > MOST_COLUMNS:
        raise ListRefused(
            sentence(
                "%(name)s has more than %(most)s columns. Keep those with "
                "addresses and names, and remove the others.",
                name=name,
                most=MOST_COLUMNS,
            )
        )


def _named(lines: list[str], stated: str) -> tuple[str, list[str], int]:
    """The delimiter, the names of the columns, and the last line of these.

    That is the first line where a column is named after addresses; else the one above the first
    address, if it can name columns; else there are no names.
    """
    above = 1 if stated else 0
    read = {one: list(_records(lines, above, one)) for one in stated or DELIMITERS}
    named = [(place, one) for one, found in read.items() for place in _naming(found)]
    if named:
        place, delimiter = min(named, key=itemgetter(0))
        record = read[delimiter][place]
        return delimiter, record.cells, record.last
    # A delimiter that parts nothing leaves one cell: the one that parts the most is meant.
    delimiter = max(read, key=lambda one: max((len(r.cells) for r in read[one][:20]), default=0))
    found = read[delimiter]
    first = next((place for place, one in enumerate(found) if one.has_address), None)
    if first is None:
        return (delimiter, found[0].cells, found[0].last) if found else (delimiter, [], above)
    if first and _may_name(found[first - 1], found[first]):
        return delimiter, found[first - 1].cells, found[first - 1].last
    width = max(len(one.cells) for one in found[first:])
    return delimiter, [""] * width, found[first].above


def _is_address(cell: str) -> bool:
    """Whether a cell is an address, alone or behind a name; a title may only mention one."""
    text = cell.strip("\ufeff \t\r\n")
    if text.endswith(">"):
        text = text.rpartition("<")[2]
    local, _at, domain = text.strip("<>\"' ;,").partition("@")
    return (
        bool(local)
        and "." in domain.strip(".")
        and "@" not in domain
        and not (
            any(map(str.isspace, text[: survey.LONGEST_CELL])) or len(text) > survey.LONGEST_CELL
        )
    )


def _records(lines: Sequence[str], above: int, delimiter: str) -> Iterator[_Record]:
    """The first records that are not blank."""
    at = above
    while at < len(lines):
        reader = csv.reader(lines[at:], delimiter=delimiter, strict=True, skipinitialspace=True)
        begins = at
        try:
            for cells in reader:
                at = begins + reader.line_num
                if any(cell.strip("\ufeff \t\r\n") for cell in cells):
                    yield _Record(above, at, cells)
                above = at
            return
        except csv.Error:  # a title, or a name with blanks around its quotation marks
            at = above + 1
            if cells := _loosely(lines[above], delimiter):
                yield _Record(above, at, cells)
            above = at


def _loosely(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _naming(found: Sequence[_Record]) -> Iterator[int]:
    """The places of the records, above all addresses, of which a cell is named after addresses."""
    for place, record in enumerate(found):
        if record.has_address:
            return
        if lists_columns.EMAIL in lists_columns.roles_of(record.cells, None):
            yield place


def _may_name(above: _Record, first: _Record) -> bool:
    """Whether a record names the columns of the one below it; a title only fills one cell."""
    return above.filled > 1 or len(first.cells) == 1


def _with_addresses(header: Header) -> tuple[int, ...]:
    with header.open() as file:
        rows = islice(records(file, header), _FIRST_ROWS)
        return survey.hold_addresses((cells for _, cells, _ in rows), len(header.columns))


def _goes_on(header: Header) -> bool:
    """Whether anything follows the header."""
    with header.open() as file:
        return next(records(file, header), None) is not None


def _no_addresses(name: str, columns: list[str]) -> str:
    listed = ", ".join(column[:40] for column in columns if column)[:200]
    found = (
        sentence("Its first line names: %(names)s.", names=listed)
        if listed
        else sentence("Its first line is blank.")
    )
    return sentence(
        "%(name)s has no column named email, and none that holds addresses. "
        "%(found)s Rename the one with the addresses.",
        name=name,
        found=found,
    )
