"""Two small functions that both databases can compute for a million rows."""

import re
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, CharField, Func

# RFC 3463's class.subject.detail, wherever it stands in the words; not inside an IP address.
# The same text is read by Python and by PostgreSQL.
_ENHANCED = r"(?<![.\d])([245]\.\d{1,3}\.\d{1,3})(?![.\d])"
# Else the plain reply code that begins them, perhaps after words of our own.
_REPLY = r"(?:^|attempts\. )([45]\d\d)(?![.\d])"
# What SQLite knows our function as.
_NAME = "passalong_status_code"


def status_code(reply: str | None) -> str:
    """`5.1.1`, or `550` where there is nothing better, or an empty text."""
    found = re.search(_ENHANCED, reply or "") or re.search(_REPLY, reply or "")
    return found[1] if found else ""


def teach_sqlite() -> None:
    """SQLite has no regular expressions of its own: it is lent Python's, for this connection."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function(_NAME, 1, status_code, deterministic=True)


class StatusCode(Func):
    """`status_code` of a column. Call `teach_sqlite` before the query."""

    arity = 1
    output_field = CharField()
    function = _NAME

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        taken = f"SUBSTRING({column} FROM %s)"
        sql = f"COALESCE({taken}, {taken}, '')"
        return sql, (*params, _ENHANCED, *params, _REPLY)


class Seconds(Func):
    """A time as whole seconds since 1970. (Django's own truncation calls Python for each row of
    SQLite.)"""

    arity = 1
    output_field = BigIntegerField()
    template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "CAST(FLOOR(DATE_PART('epoch', %(expressions)s)) AS BIGINT)"
        return self.as_sql(compiler, connection, template=template, **extra)
