"""The records of a CSV file, none of whose lines is lost, whatever its quotation marks do."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from subscribers.lists import columns as lists_columns
from subscribers.lists.encodings import Written
from subscribers.refusals import Refused
from subscribers.saying import sentence

# Each row that is refused is written down in all columns.
MOST_COLUMNS = 1_000
MOST_IN_A_LINE = 500_000  # characters
# Quoted notes may run over many lines. One that is longer must not hold what looks like rows.
MOST_LINES_IN_A_RECORD = 100
PIECE = (
    1 << 14
)  # characters that are taken from the file together: more would keep the collector busy


class ListRefused(Refused):
    """The file as a whole cannot be imported; `message` says why and what to do."""


@dataclass(frozen=True)
class Header:
    """How a file is written and which columns it names. `name`: the file's, as people know it.

    `columns`: empty names where the file has none. `line`: the last before the rows.
    """

    path: Path
    name: str
    written: Written
    delimiter: str
    columns: list[str]
    program: lists_columns.ExportingProgram | None  # the program that wrote it
    line: int
    addresses: tuple[int, ...] = ()  # where none is named email: columns with addresses, by index

    def open(self) -> TextIO:
        """The file, from its beginning."""
        written = self.written
        return self.path.open(encoding=written.codec, errors=written.errors, newline="")

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The cells of the lines. Raises csv.Error where quotation marks don't match."""
        return csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)

    @property
    def ours(self) -> bool:
        """Whether it is our own export."""
        return self.program is not None and self.program.name == lists_columns.OURS


class LineTooLong(csv.Error):
    """A line of more than MOST_IN_A_LINE characters."""


class RecordLines:
    """The lines of a file, remembering those of the current record so that they can go back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._ahead: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "RecordLines":
        return self

    def __next__(self) -> str:
        if not self._ahead:
            self._ahead.extend(piece_of(self._file))
        if not self._ahead:
            raise StopIteration
        line = self._ahead.popleft()
        self.taken.append(line)
        if len(line) >= MOST_IN_A_LINE and is_cut(line):
            raise LineTooLong
        return line

    def keep_first_only(self) -> str:
        """Give all but the record's first line back, to be read again."""
        self._ahead.extendleft(reversed(self.taken[1:]))
        return self.taken[0]

    def plain(self, header: Header) -> list[list[str]]:
        """The cells of the next piece, where each of its lines is a record and none needs care;
        else nothing, and the lines are read one by one."""
        if self._ahead:
            return []
        lines = piece_of(self._file)
        try:
            found = list(header.reader(lines))
        except csv.Error:
            found = []
        # As many records as lines: none goes over two.
        if len(found) != len(lines) or _need_care(lines, found):
            self._ahead.extend(lines)
            return []
        return found


def _need_care(lines: list[str], found: list[list[str]]) -> bool:
    longest, widest = max(map(len, lines), default=0), max(map(len, found), default=0)
    return longest >= MOST_IN_A_LINE or widest > MOST_COLUMNS


def piece_of(file: TextIO) -> list[str]:
    """The next lines, up to the end of one; of each that is too long the beginning."""
    text = file.read(PIECE)
    if text and not text.endswith("\n"):
        rest = file.readline(MOST_IN_A_LINE)
        text += rest
        while is_cut(rest):
            rest = file.readline(MOST_IN_A_LINE)
    return [line[:MOST_IN_A_LINE] for line in io.StringIO(text, newline="")]


def bounded_line(file: TextIO) -> str:
    """The next line; of one that is too long the beginning, and the rest is skipped."""
    line = rest = file.readline(MOST_IN_A_LINE)
    while is_cut(rest):
        rest = file.readline(MOST_IN_A_LINE)
    return line


def is_cut(line: str) -> bool:
    """Whether more of the line follows."""
    return len(line) >= MOST_IN_A_LINE and not line.endswith(("\n", "\r"))


def records(
    file: TextIO, header: Header, *, reading: type[RecordLines] = RecordLines
) -> Iterator[tuple[int, list[str], str]]:
    """Line number, cells and problem of each record behind the header. Blank lines are none.

    `reading`: how the lines are taken from the file.
    """
    for _ in range(header.line):
        bounded_line(file)
    lines, width = reading(file), len(header.columns)
    line, doubtful = header.line + 1, 0  # up to that all may be part of a note that never ends
    reader = header.reader(lines)
    while True:
        while doubtful < line and (piece := lines.plain(header)):
            for number, cells in enumerate(piece, line):
                if cells:
                    yield number, cells, ""
            line += len(piece)
        lines.taken.clear()
        try:
            cells = next(reader)
            if len(lines.taken) > MOST_LINES_IN_A_RECORD and not _is_one(
                cells, lines.taken, header
            ):
                raise csv.Error("closed by the quotation mark of another cell")
        except StopIteration:
            return
        except csv.Error as error:
            whole = lines.keep_first_only().rstrip("\r\n")
            reader = header.reader(lines)
            cells = _with_backslashes(whole, header)
            if not cells:
                doubtful = max(doubtful, line + len(lines.taken) - 1)
            yield (line, cells, "") if cells else (line, [whole], _explain(error, whole))
            line += 1
            continue
        if cells:
            fine = line > doubtful and len(cells) <= MOST_COLUMNS
            yield line, cells, "" if fine else _problem(cells, width, in_a_note=line <= doubtful)
        line += len(lines.taken)


def _problem(cells: list[str], width: int, *, in_a_note: bool) -> str:
    if in_a_note and len(cells) != width:
        return sentence("This line may belong to a note whose quotation mark is never closed.")
    if len(cells) > MOST_COLUMNS:
        return sentence(
            "This row has %(number)s cells, and %(most)s is the most. Keep "
            "the address and the name.",
            number=len(cells),
            most=MOST_COLUMNS,
        )
    return ""


def _with_backslashes(line: str, header: Header) -> list[str]:
    """The cells of a line in which a quotation mark within quotation marks has a backslash before
    it, as MySQL writes it; none if that makes no row of it."""
    if '\\"' not in line:
        return []
    reader = csv.reader(
        [line], delimiter=header.delimiter, strict=True, doublequote=False, escapechar="\\"
    )
    try:
        cells = next(reader, [])
    except csv.Error:
        return []
    return cells if len(cells) == len(header.columns) else []


def _is_one(cells: list[str], lines: list[str], header: Header) -> bool:
    """Whether a long record is one, and not many that stand in quotation marks by mistake."""
    width = len(header.columns)
    rows = sum("@" in line and line.count(header.delimiter) >= width - 1 for line in lines[1:])
    return len(cells) == width and rows * 2 < len(lines)


def _explain(error: csv.Error, line: str) -> str:
    if is_cut(line):
        return sentence(
            "This line has more than %(most)s characters, which is the "
            "most. Only its beginning stands here.",
            most=MOST_IN_A_LINE,
        )
    if "field limit" in str(error):
        most = csv.field_size_limit()
        return sentence(
            "A cell in this line is too long: it has more than %(most)s characters.", most=most
        )
    return sentence("The quotation marks (\") in this line don't match.")
