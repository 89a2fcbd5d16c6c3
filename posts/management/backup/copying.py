"""Rows as lines of PostgreSQL's COPY (text format), which is what a backup holds.

PostgreSQL writes and reads them itself. For SQLite they are made, and taken apart, by the kind of
each column; values are what Django stores there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from posts.management.backup.tables import Table

PIECE = 1 << 20  # about so many bytes are held at a time
ROWS = 500

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _text(value: Any) -> str:
    return str(value).translate(_ESCAPES)


def _moment(value: datetime | str) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).isoformat(" ")


WRITERS: dict[str, Callable[[Any], str]] = {
    "int": str,
    "float": repr,
    "text": _text,
    "json": _text,
    "bool": lambda value: "t" if value else "f",
    "datetime": _moment,
    "date": str,
    "bytes": lambda value: f"\\\\x{bytes(value).hex()}",
    "uuid": lambda value: str(UUID(str(value))),
}


def unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda match: _MEANT.get(match[1], match[1]), value)


_READ: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "text": unescaped,
    "json": unescaped,
    "bool": lambda value: value == "t",
    # As Django has it there: without a zone, and either with six digits or with none.
    "datetime": lambda value: str(
        datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    ),
    "date": lambda value: str(date.fromisoformat(value)),
    "bytes": lambda value: bytes.fromhex(value[3:]),
    "uuid": lambda value: value.replace("-", ""),
}


# --- Out of a database --------------------------------------------------------------------


def pieces(
    source: BaseDatabaseWrapper, table: Table, which: str = ""
) -> Iterator[tuple[bytes, int]]:
    """The rows of a table, in pieces of whole lines, each with their number. `which`: SQL behind
    the table's name, such as `ORDER BY id`."""
    held, size, rows = [], 0, 0
    for lines, count in _lines(source, table, which):
        held.append(lines)
        size, rows = size + len(lines), rows + count
        if size >= PIECE:
            yield b"".join(held), rows
            held, size, rows = [], 0, 0
    if rows:
        yield b"".join(held), rows


def _lines(source: BaseDatabaseWrapper, table: Table, which: str) -> Iterator[tuple[bytes, int]]:
    names = _names(source, table)
    quoted = source.ops.quote_name(table.name)
    with source.cursor() as cursor:
        if source.vendor == "postgresql":
            # Only a query has an order; a bare table is copied faster.
            rows = f"(SELECT {names} FROM {quoted} {which})" if which else f"{quoted} ({names})"  # noqa: S608
            with cursor.copy(f"COPY {rows} TO STDOUT") as copy:
                for line in copy:  # one row each
                    yield bytes(line), 1
            return
        cursor.execute(f"SELECT {names} FROM {quoted} {which}")  # noqa: S608
        writers = [WRITERS[kind] for _, kind in table.columns]
        while rows := cursor.fetchmany(ROWS):
            text = "".join(
                "\t".join(
                    "\\N" if value is None else write(value)
                    for write, value in zip(writers, row, strict=True)
                )
                + "\n"
                for row in rows
            )
            yield text.encode(), len(rows)


def _names(database: BaseDatabaseWrapper, table: Table) -> str:
    return ", ".join(database.ops.quote_name(name) for name, _ in table.columns)


# --- Into a database ----------------------------------------------------------------------


class TableFilling:
    """Rows on their way into one table after the other, in the transaction of the caller."""

    def __init__(self, target: BaseDatabaseWrapper) -> None:
        self._target = target
        self._cursor = target.cursor()
        self._copy: AbstractContextManager[Any] | None = None
        self._write: Callable[[bytes], object] = lambda piece: None

    def begin(self, table: Table) -> None:
        self.end()
        names = _names(self._target, table)
        quoted = self._target.ops.quote_name(table.name)
        if self._target.vendor == "postgresql":
            self._copy = self._cursor.copy(f"COPY {quoted} ({names}) FROM STDIN")
            self._write = self._copy.__enter__().write
            return
        slots = ", ".join(["%s"] * len(table.columns))
        sql = f"INSERT INTO {quoted} ({names}) VALUES ({slots})"  # noqa: S608
        readers = [_READ[kind] for _, kind in table.columns]
        self._write = lambda piece: self._insert(sql, readers, piece)

    def add(self, piece: bytes) -> None:
        self._write(piece)

    def _insert(self, sql: str, readers: Sequence[Callable[[str], Any]], piece: bytes) -> None:
        # Not `splitlines`, to which other characters end a line, too.
        lines = iter(piece.decode().split("\n")[:-1])
        while some := list(islice(lines, ROWS)):
            self._cursor.executemany(
                sql,
                [
                    tuple(
                        None if value == "\\N" else read(value)
                        for read, value in zip(readers, line.split("\t"), strict=True)
                    )
                    for line in some
                ],
            )

    def end(self) -> None:
        """The last table is whole. Raises what the database says of it."""
        if self._copy is not None:
            copy, self._copy = self._copy, None
            copy.__exit__(None, None, None)

    def give_up(self, error: BaseException) -> None:
        """Leave a COPY that is under way; the caller's transaction fails."""
        if self._copy is not None:
            copy, self._copy = self._copy, None
            copy.__exit__(type(error), error, error.__traceback__)
