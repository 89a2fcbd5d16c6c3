"""No subscription and no consent event without its person and its newsletter: who sees to it.

SQLite has foreign keys. On PostgreSQL triggers do the same for each statement as a whole (see the
migration `0013_checked_by_the_statement`): what is inserted must have its person and its
newsletter at once, and neither goes while it has any. Here is the way for whoever brings rows in
another order.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection

from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription

__all__ = ["rows_in_any_order"]


@contextmanager
def rows_in_any_order() -> Iterator[None]:
    """Within a transaction: looked at in the end. Raises IntegrityError."""
    if connection.vendor != "postgresql":
        yield
        return
    _say_loading("on")
    yield
    _say_loading("off")
    for model in (Subscription, ConsentEvent):
        for name, parent in (("subscriber", Subscriber), ("newsletter", Newsletter)):
            _refuse_orphans(model._meta.db_table, f"{name}_id", parent._meta.db_table)


def _say_loading(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('passalong.loading', %s, true)", [word])


def _refuse_orphans(table: str, column: str, parent: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} WHERE NOT EXISTS"  # noqa: S608
            f" (SELECT FROM {parent} WHERE {parent}.id = {column})"
        )
        [(number,)] = cursor.fetchall()
    if number:
        raise IntegrityError(f"{number:,} rows of {table} have a {column} that is not in {parent}.")
