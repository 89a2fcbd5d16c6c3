"""CSV files in which a system lists its posts, row by row."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from threading import Lock
from typing import TextIO

from posts.content.importing import AS_WESTERN, ImportRefused
from posts.moving_in.archive import MOST_TEXT, Archive
from posts.moving_in.shape import NotBrought, OldList, line_of
from subscribers.saying import sentence

# The longest cell that `csv` takes is one setting for all threads. It is raised while a row is read
# and put back behind it, under this lock.
_turn = Lock()
_MOST_COLUMNS = 200

Row = dict[str, str]


def header_of(archive: Archive, name: str) -> list[str]:
    """The names of its columns, in small letters; none where it has no readable first line."""
    try:
        with archive.opened(name) as raw:
            line = raw.readline(100_000).decode("utf-8-sig", errors="replace")
        return [cell.strip().lower() for cell in next(csv.reader([line]), [])]
    except (csv.Error, ImportRefused):
        return []


def rows_of(archive: Archive, name: str) -> Iterator[tuple[int, Row] | NotBrought]:
    """Each row by the names of its columns, in small letters, and its line; what is no row, named
    by its line, and it ends."""
    line = 1
    try:
        for line, row in _rows(archive, name):
            if row:
                yield line, row
    except (csv.Error, ImportRefused) as error:
        why = sentence("No row can be read here: %(error)s", error=error)
        yield NotBrought(line_of(name, line + 1), why, True)


def _rows(archive: Archive, name: str) -> Iterator[tuple[int, Row]]:
    """The last line of each row, and its cells; the first one without any. Raises ImportRefused
    and csv.Error."""
    with archive.opened(name) as raw:
        file = TextIOWrapper(raw, encoding="utf-8-sig", errors=AS_WESTERN, newline="")
        reader = csv.reader(_lines(file), strict=True)
        header: list[str] = []
        while (cells := _next(reader)) is not None:
            if not header:
                header = [cell.strip().lower() for cell in cells[:_MOST_COLUMNS]]
                yield reader.line_num, {}
            elif any(cells):
                yield reader.line_num, dict(zip(header, cells, strict=False))


def _lines(file: TextIO) -> Iterator[str]:
    """Raises csv.Error for one that would fill the memory."""
    while line := file.readline(MOST_TEXT):
        if len(line) >= MOST_TEXT:
            raise csv.Error(sentence("the line is too long"))
        yield line


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    with _turn:
        before = csv.field_size_limit(MOST_TEXT)
        try:
            return next(reader, None)
        finally:
            csv.field_size_limit(before)


def lists_in(archive: Archive, *, but: tuple[str, ...] = ()) -> Iterator[OldList | NotBrought]:
    """The CSV files that have a column of addresses, apart from those that are something else."""
    for name in archive.names(".csv"):
        if name in but:
            continue
        if any("mail" in column for column in header_of(archive, name)):
            yield OldList(name)
        else:
            yield NotBrought(name, sentence("It is no list of people: no column has addresses."))
