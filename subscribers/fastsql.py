"""Finds and inserts many rows the fastest way the database has, past the cost of instances."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from types import NoneType
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

LINES = 1_000  # are given to the driver at a time
ROWS = 200  # in a statement for SQLite; it takes 32,766 values


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    **constants: Any,
) -> None:
    """Insert `rows` of `columns`. Every other field has its constant, or the model's default.

    Values of `columns` must be what the database stores (a UUID as its hexadecimal digits). Among
    them may be the primary key, where it was reserved. Within a transaction, of which nothing is
    kept where this raises: some of the rows may be written then.
    """
    fields = {f.name: f for f in model._meta.concrete_fields}
    rest = [f for name, f in fields.items() if name not in columns and not f.primary_key]
    tail = tuple(_prepared(field, constants) for field in rest)
    ordered = [*(fields[name] for name in columns), *rest]
    names = [connection.ops.quote_name(str(field.column)) for field in ordered]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copying = cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN")
            # Its errors come at its end, past Django: whoever looks for an IntegrityError, since
            # somebody else was faster, would not see it.
            with connection.wrap_database_errors, copying as copy:
                for lines in _lines(rows, tail):
                    copy.write(lines)
        else:
            _insert_many(
                f"{table} ({', '.join(names[len(columns) :] + names[: len(columns)])})", rows, tail
            )


def _insert_many(into: str, rows: Iterable[tuple[Any, ...]], tail: tuple[Any, ...]) -> None:
    """On SQLite, many rows a statement: each looks for its table in the list of numbers given so
    far, which costs as much as a row, and takes what is the same in all rows once.

    OR FAIL: else each page that it changes is copied before, to be put back by itself.
    """
    same, rows = f"(VALUES {_slots(tail)}), " if tail else "", iter(rows)
    sql, slots = "", 0
    with connection.wrap_database_errors:
        while some := list(islice(rows, ROWS)):
            if slots != len(some):  # only at the end: the same text is found again at once
                slots = len(some)
                values = ", ".join([_slots(some[0])] * slots)
                sql = f"INSERT OR FAIL INTO {into} SELECT * FROM {same}(VALUES {values})"  # noqa: S608
            connection.connection.execute(sql, [*tail, *chain.from_iterable(some)])


def _slots(values: tuple[Any, ...]) -> str:
    return f"({', '.join('?' * len(values))})"


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that nobody else will get, in ascending order; in the caller's transaction.

    So rows that refer to each other are inserted without a look at what the first ones became.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # OFFSET 0: the name of the sequence is looked up once.
            cursor.execute(
                "SELECT nextval(name) FROM"
                " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS sequence,"
                " generate_series(1, %s)",
                [connection.ops.quote_name(table), count],
            )
            return [number for (number,) in cursor.fetchall()]
        # Nobody else writes till the transaction ends, and the rows move the number on.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + 1 + count))


def _lines(rows: Iterable[tuple[Any, ...]], tail: tuple[Any, ...]) -> Iterator[str]:
    """Rows in COPY's text format. Written by ourselves: of most rows nearly everything is the
    same, which the driver would write anew for each of them."""
    end = "".join(f"\t{_in_copy(value)}" for value in tail) + "\n"
    rows = iter(rows)
    while some := list(islice(rows, LINES)):
        cells = map(_column_in_copy, zip(*some, strict=True))
        yield end.join([*map("\t".join, zip(*cells, strict=True)), ""])


def _column_in_copy(values: tuple[Any, ...]) -> Iterable[str]:
    """All values of a column at once: most are numbers, or texts in which nothing is escaped."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return map(str, values)
    if kinds == {str} and not _ESCAPED.intersection("".join(values)):
        return values
    return map(_in_copy, values)


def _in_copy(value: Any) -> str:
    """As PostgreSQL's COPY has it (text format). Raises TypeError for an unforeseen type."""
    kind = type(value)
    for known in kind.__mro__:
        if (write := _WRITERS.get(known)) is not None:
            return write(value)
    raise TypeError(f"{kind.__name__} cannot be copied into a table.")


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ESCAPED = frozenset(map(chr, _ESCAPES))
_WRITERS: dict[type[Any], Callable[[Any], str]] = {
    bool: lambda value: "t" if value else "f",
    int: int.__repr__,  # also of the driver's own kinds of numbers
    str: lambda value: value.translate(_ESCAPES),
    bytes: lambda value: f"\\\\x{value.hex()}",
    NoneType: lambda value: "\\N",
    UUID: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
}


def find(
    model: type[models.Model], columns: Sequence[str], *, key: str, among: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """`columns` of the rows whose `key` is among the values (numbers or strings).

    The values travel as one parameter: thousands of them cost more than the query itself.
    """
    quote = connection.ops.quote_name
    named = {field.name: quote(str(field.column)) for field in model._meta.concrete_fields}
    selected = ", ".join(named[name] for name in columns)
    values: list[Any] | str = list(among)
    condition = "= ANY(%s)"
    if connection.vendor == "sqlite":
        values, condition = json.dumps(values), "IN (SELECT value FROM json_each(%s))"
    table = quote(model._meta.db_table)
    sql = f"SELECT {selected} FROM {table} WHERE {named[key]} {condition}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [values])
        return list(cursor.fetchall())


def _prepared(field: "models.Field[Any, Any]", constants: dict[str, Any]) -> Any:
    if field.name in constants:
        value = constants[field.name]
    elif getattr(field, "auto_now_add", False):
        value = timezone.now()
    else:
        value = field.get_default()
    return field.get_db_prep_save(value, connection)
