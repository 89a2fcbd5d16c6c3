"""The records of a CSV file, none of whose lines is lost, whatever its quotation marks do."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from subscribers.lists import columns as lists_columns

# Quoted notes may run over many lines. One that is longer must not hold what looks like rows.
MOST_LINES_IN_A_RECORD = 100


@dataclass(frozen=True)
class Header:
    """How a file is written and which columns it names. `name`: the file's, as people know it."""

    path: Path
    name: str
    encoding: str
    delimiter: str
    columns: list[str]
    program: lists_columns.Program | None  # the program that wrote it
    line: int
    addresses: tuple[int, ...] = ()  # where none is named email: columns with addresses, by index

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The cells of the lines. Raises csv.Error where quotation marks don't match."""
        return csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)

    @property
    def ours(self) -> bool:
        """Whether it is our own export."""
        return self.program is not None and self.program.name == lists_columns.OURS


class _Lines:
    """The lines of a file, remembering those of the current record so that they can go back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._file)
        self.taken.append(line)
        return line

    def keep_first_only(self) -> str:
        """Give all but the record's first line back, to be read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        return self.taken[0]


def records(file: TextIO, header: Header) -> Iterator[tuple[int, list[str], str]]:
    """Line number, cells and problem of each record. Blank lines are none."""
    lines, width = _Lines(file), len(header.columns)
    line, doubtful = 1, 0  # up to that line all may be part of a note that never ends
    reader = header.reader(lines)
    while True:
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
            doubtful = max(doubtful, line + len(lines.taken) - 1)
            whole = lines.keep_first_only().rstrip("\r\n")
            yield line, [whole], _explain(error)
            line += 1
            reader = header.reader(lines)
            continue
        if cells:
            yield line, cells, _IN_A_NOTE if line <= doubtful and len(cells) != width else ""
        line += len(lines.taken)


def _is_one(cells: list[str], lines: list[str], header: Header) -> bool:
    """Whether a long record is one, and not many that stand in quotation marks by mistake."""
    width = len(header.columns)
    rows = sum("@" in line and line.count(header.delimiter) >= width - 1 for line in lines[1:])
    return len(cells) == width and rows * 2 < len(lines)


_IN_A_NOTE = "This line may belong to a note whose quotation mark is never closed."


def _explain(error: csv.Error) -> str:
    if "field limit" in str(error):
        return "A cell in this line is too long."
    return "The quotation marks (\") in this line don't match."
