"""Which tables a backup has, and of what kind their columns are, alike for both databases."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

# Made anew from the rest (search), of processes that are gone, or ways in that a thief may have.
LEFT_OUT = frozenset(
    {
        "django_session",
        "posts_desksession",
        "posts_heartbeat",
        "posts_deskinvitation",
        "posts_keptanswer",
        "posts_onetimeaddress",
        "posts_programtoken",
        "posts_waitingreset",
        "posts_webhookmessage",
        "wagtailadmin_editingsession",
        "wagtailsearch_indexentry",
        "wagtailsearch_indexentry_fts",
    }
)
# Their numbers are known elsewhere (to providers, in mails, in links that live an hour): after a
# return they go on so far ahead that the original can hardly have given them since.
LEAPS = {"posts_mailing": 1_000, "posts_batch": 100_000, "subscribers_subscriber": 1_000_000}

_KINDS = {
    **dict.fromkeys(
        (
            "AutoField",
            "BigAutoField",
            "SmallAutoField",
            "BigIntegerField",
            "IntegerField",
            "SmallIntegerField",
            "PositiveBigIntegerField",
            "PositiveIntegerField",
            "PositiveSmallIntegerField",
        ),
        "int",
    ),
    **dict.fromkeys(("CharField", "TextField", "SlugField", "FileField"), "text"),
    "BooleanField": "bool",
    "FloatField": "float",
    "DateTimeField": "datetime",
    "DateField": "date",
    "BinaryField": "bytes",
    "JSONField": "json",
    "UUIDField": "uuid",
}


class UnforeseenColumn(Exception):
    """A fault of ours: a column of a kind that no backup can hold yet."""


@dataclass(frozen=True)
class Table:
    """A table and its columns, by name and kind, in the order in which they are copied."""

    name: str
    columns: tuple[tuple[str, str], ...]


def tables() -> list[Table]:
    """Every table of the site, in one order."""
    return sorted((_table(model) for model in _models()), key=lambda table: table.name)


def emptied() -> list[str]:
    """Every table that is emptied before rows come back: also those that are in no backup."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not _is_virtual(model)
    )


def _is_virtual(model: type[models.Model]) -> bool:
    return model._meta.db_table == "wagtailsearch_indexentry_fts"  # emptied with its table


def _models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    ]


def _table(model: type[models.Model]) -> Table:
    return Table(
        model._meta.db_table,
        tuple((str(field.column), _kind(field)) for field in model._meta.local_concrete_fields),
    )


def _kind(field: "models.Field[Any, Any]") -> str:
    target: Any = field
    while target.is_relation:
        target = target.target_field
    kind = _KINDS.get(target.get_internal_type())
    if kind is None:
        raise UnforeseenColumn(f"{field} is a {target.get_internal_type()}.")
    return kind


# --- The numbers at which tables go on ----------------------------------------------------


def numbers() -> dict[str, int]:
    """The last number that each table gave away, also where its row is gone: it is not given
    twice, since the ledger keeps it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            return {str(name): int(seq) for name, seq in cursor.fetchall()}
        cursor.execute(
            "SELECT c.relname, s.last_value FROM pg_sequences s"
            " JOIN pg_class q ON q.relname = s.sequencename"
            " JOIN pg_namespace n ON n.oid = q.relnamespace AND n.nspname = s.schemaname"
            " JOIN pg_depend d ON d.objid = q.oid AND d.deptype IN ('a', 'i')"
            " AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
            " JOIN pg_class c ON c.oid = d.refobjid"
            " WHERE s.schemaname = current_schema() AND s.last_value IS NOT NULL"
        )
        return {str(name): int(last) for name, last in cursor.fetchall()}


def go_on_from(known: dict[str, int], *, leap: bool = True) -> None:
    """Have each table go on behind its rows and behind what it gave away before."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
                cursor.execute(statement)
        found = numbers()
        for name, last in known.items():
            target = max(last, found.get(name, 0)) + (LEAPS.get(name, 0) if leap else 0)
            if name not in LEFT_OUT and target > found.get(name, 0):
                _set_number(cursor, name, target)


def _set_number(cursor: Any, table: str, last: int) -> None:
    if connection.vendor == "sqlite":
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
    else:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
            [connection.ops.quote_name(table), last],
        )
