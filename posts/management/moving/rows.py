"""Rows as JSON and back. Both databases give and take them as lines of COPY (see
`backup.copying`), so nothing here depends on which one it is.

A row is an object with the table's columns by name. Times are ISO 8601 in UTC, bytes hexadecimal.
Where a number would mean nothing elsewhere, a name stands for it: an account, a type of content, a
language. So it does inside the versions of a page, which hold the page's fields as JSON.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from wagtail.models import Locale

from posts.management.backup import tables
from posts.management.backup.copying import WRITERS, pieces, unescaped
from posts.management.backup.tables import Table
from posts.management.moving import plan

Row = dict[str, Any]

_FROM_LINE: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "text": unescaped,
    "json": lambda value: json.loads(unescaped(value)),
    "bool": lambda value: value == "t",
    "datetime": lambda value: datetime.fromisoformat(value).astimezone(UTC).isoformat(),
    "date": lambda value: str(date.fromisoformat(value)),
    "bytes": lambda value: value[3:],
    "uuid": lambda value: str(UUID(value)),
}


def _is(*kinds: type) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        if type(value) not in kinds:
            raise BrokenRow(f"{value!r:.60} is not of the kind that belongs there.")
        return value

    return checked


_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "int": _is(int),
    "float": _is(int, float),
    "text": _is(str),
    "json": lambda value: json.dumps(value, ensure_ascii=False),
    "bool": _is(bool),
    "datetime": lambda value: datetime.fromisoformat(_is(str)(value)),
    "date": lambda value: date.fromisoformat(_is(str)(value)),
    "bytes": lambda value: bytes.fromhex(_is(str)(value)),
    "uuid": lambda value: UUID(_is(str)(value)),
}


VERSIONS = "wagtailcore_revision"
# Of a page's fields in the `content` of a version, those that are numbers of something named.
_NAMED_IN_VERSIONS: dict[str, type[models.Model]] = {
    "content_type": ContentType,
    "locale": Locale,
    "owner": User,
    "locked_by": User,
}


class BrokenRow(Exception):
    """A row that no export of ours has."""


@dataclass
class Names:
    """What stands for numbers that mean nothing elsewhere, by kind: name of number, or number of
    name on the way in."""

    of: dict[type[models.Model], dict[Any, Any]] = field(default_factory=dict)

    @classmethod
    def here(cls) -> "Names":
        types = ContentType.objects.values_list("pk", "app_label", "model")
        return cls(
            {
                User: dict(User.objects.values_list("pk", "username")),
                ContentType: {pk: f"{app}.{model}" for pk, app, model in types},
                Locale: dict(Locale.objects.values_list("pk", "language_code")),
            }
        )

    def turned(self) -> "Names":
        """Numbers by name."""
        return Names(
            {kind: {name: pk for pk, name in known.items()} for kind, known in self.of.items()}
        )


@cache
def _references(table: str) -> dict[str, type[models.Model]]:
    """The columns in which a name stands for a number."""
    named: tuple[type[models.Model], ...] = (User, ContentType, Locale)
    (model,) = (
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table == table and not model._meta.proxy
    )
    return {
        str(field.column): kind
        for field in model._meta.local_concrete_fields
        for kind in named
        if field.related_model is kind
    }


def by_name() -> dict[str, Table]:
    return {table.name: table for table in tables.tables()}


def columns_of(table: Table) -> list[tuple[str, str]]:
    """Those that go along."""
    without = plan.WITHOUT.get(table.name, frozenset())
    return [(name, kind) for name, kind in table.columns if name not in without]


# --- Out ----------------------------------------------------------------------------------


def read(source: BaseDatabaseWrapper, table: Table, names: Names, which: str = "") -> Iterator[Row]:
    """The rows of a table in one order, a few at a time in memory."""
    columns, references = columns_of(table), _references(table.name)
    part = Table(table.name, tuple(columns))
    order = which or f"ORDER BY {plan.ORDERED_BY.get(table.name, table.columns[0][0])}"
    for piece, _ in pieces(source, part, order):
        for line in piece.decode().split("\n")[:-1]:
            row: Row = {}
            for (name, kind), text in zip(columns, line.split("\t"), strict=True):
                value = None if text == "\\N" else _FROM_LINE[kind](text)
                if value is not None and name in references:
                    value = names.of[references[name]].get(value)
                row[name] = value
            yield _with_names(row, names) if table.name == VERSIONS else row


def _with_names(version: Row, names: Names) -> Row:
    content = dict(version["content"])
    for name in _NAMED_IN_VERSIONS.keys() & content.keys():
        content[name] = names.of[_NAMED_IN_VERSIONS[name]].get(content[name])
    return {**version, "content": content}


def as_json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


# --- In -----------------------------------------------------------------------------------


def missing_defaults(table: Table, row: Row) -> dict[str, Any]:
    """What the columns get that a row does not have: those that came with a newer version, or say
    something of the place that it left."""
    (model,) = (
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table == table.name and not model._meta.proxy
    )
    return {
        str(field.column): field.get_default()
        for field in model._meta.local_concrete_fields
        if not field.primary_key and str(field.column) not in row
    }


def filled_table(table: Table) -> Table:
    """Without the number, where rows get a new one."""
    keep = "id" not in plan.WITHOUT.get(table.name, frozenset())
    return Table(table.name, tuple(c for c in table.columns if keep or c[0] != "id"))


def line_of(row: Row, table: Table, names: Names, defaults: dict[str, Any]) -> bytes:
    """One line of COPY, of `filled_table`. Raises BrokenRow."""
    if unknown := row.keys() - dict(table.columns).keys():
        raise BrokenRow(f"it has {sorted(unknown)[0]!r}, of which nothing is known here.")
    references = _references(table.name)
    cells = []
    if table.name == VERSIONS:
        try:
            row = _with_names(row, names)
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenRow("its 'content' is no page.") from error
    for name, kind in table.columns:
        value = row[name] if name in row else defaults.get(name)
        if value is None:
            cells.append("\\N")
            continue
        if name in references and name in row:
            value = names.of[references[name]].get(value)
            if value is None:
                cells.append("\\N")
                continue
        try:
            known = _FROM_JSON[kind](value) if name in row else _default(kind, value)
            cells.append(WRITERS[kind](known))
        except (ValueError, TypeError) as error:
            raise BrokenRow(f"its {name!r} is {value!r:.60}.") from error
    return ("\t".join(cells) + "\n").encode()


def _default(kind: str, value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if kind == "json" else value
