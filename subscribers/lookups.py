"""`field__among=values`: like `__in`, with all values as one parameter.

Five hundred parameters cost more than the query itself, and SQLite refuses more than 32,766.
Many ids are best given as an `array`: Django looks into each item of a list.
"""

import json
from typing import Any

from django.db.models import CharField, Field, ForeignKey, IntegerField, Lookup


class Among(Lookup):
    """Numbers (as such, not as strings), strings or bytes."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        values = list(self.rhs)
        field = self.lhs.output_field
        field = getattr(field, "target_field", field)
        if isinstance(field, IntegerField):
            # Written by ourselves: the driver takes ten times as long over a list of numbers.
            numbers = "{" + ",".join(map(str, values)) + "}"
            return f"{left} = ANY(%s::bigint[])", [*parameters, numbers]
        if isinstance(field, CharField) and (texts := _array_of_texts(values)):
            return f"{left} = ANY(%s::text[])", [*parameters, texts]
        return f"{left} = ANY(%s)", [*parameters, values]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        values = list(self.rhs)
        if values and isinstance(values[0], bytes):  # JSON has no bytes
            hexed = json.dumps([value.hex() for value in values])
            among = f"hex({left}) IN (SELECT upper(value) FROM json_each(%s))"  # noqa: S608
            return among, [*parameters, hexed]
        among = f"{left} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return among, [*parameters, json.dumps(values)]


def _array_of_texts(values: list[str]) -> str:
    """As PostgreSQL writes an array, at a tenth of what the driver takes; nothing of a text that no
    array holds so, about which the driver complains."""
    text = "\0".join(values)
    if text.count("\0") != len(values) - 1:
        return ""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'{{"{escaped}"}}'


class Begins(Lookup):
    """`field__begins=prefix`, read from an index on both databases: a range of bytes.

    `startswith` is a LIKE with an escape character, for which SQLite reads the whole table.
    """

    lookup_name = "begins"
    _LAST = "\U0010ffff"  # sorts behind every letter, and stands in no address

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        # The operators of the index that Django makes for LIKE, whatever the collation.
        return self._range(compiler, connection, "~>=~", "~<~")

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return self._range(compiler, connection, ">=", "<")

    def _range(self, compiler: Any, connection: Any, at: str, below: str) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        both = [*parameters, self.rhs, *parameters, f"{self.rhs}{self._LAST}"]
        return f"({left} {at} %s AND {left} {below} %s)", both


class _Beyond(Lookup):
    """Before or behind a text, in the order in which `begins` reads."""

    postgresql = sqlite = ""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return self._compared(compiler, connection, self.postgresql)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return self._compared(compiler, connection, self.sqlite)

    def _compared(self, compiler: Any, connection: Any, operator: str) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} {operator} %s", [*parameters, self.rhs]


class Above(_Beyond):
    lookup_name = "above"
    postgresql, sqlite = "~>~", ">"


class Below(_Beyond):
    lookup_name = "below"
    postgresql, sqlite = "~<~", "<"


def register() -> None:
    """Called once, when the app is ready."""
    for field in (Field, ForeignKey):
        field.register_lookup(Among)
    for lookup in (Begins, Above, Below):
        CharField.register_lookup(lookup)
