"""The database's clock, the only one we go by: hosts whose clocks differ agree on it."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

# SQLite's clock has milliseconds and Django's microseconds: without this, what is due now
# would be due a moment later.
GRAIN = timedelta(milliseconds=1)


def later(delay: timedelta) -> Combinable:
    """The database's now plus `delay`."""
    return ExpressionWrapper(Now() + delay, output_field=DateTimeField())


def database_now() -> datetime:
    """One round trip instead of an expression per row, which bulk_create would spell out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        value = cursor.fetchone()[0]
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value}+00:00")


def exact_now() -> datetime:
    """The moment itself, to the millisecond, also in the middle of a transaction.

    PostgreSQL's other clocks stand still while one waits for a row.
    """
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT STRFTIME('%Y-%m-%d %H:%M:%f', 'now')" if sqlite else "SELECT clock_timestamp()"
        )
        value = cursor.fetchone()[0]
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value}+00:00")
