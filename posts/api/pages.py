"""Lists, a page at a time.

A cursor says after which row a page begins, by the columns that the list is ordered by; so nothing
is skipped or told twice while rows come and go, and the thousandth page costs what the first does.
It is sealed, and good for one list only.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from posts.api.problems import ApiProblem

__all__ = ["page_of"]


def page_of(
    rows: "QuerySet[Any, Any]",
    *,
    name: str,
    cursor: str | None,
    limit: int,
    by: Sequence[str] = ("-pk",),
) -> tuple[list[Any], str | None]:
    """So many rows after the cursor, and the next one; None at the end.

    `name`: of the list, with what it was narrowed by. `by`: columns, the last of them unique.
    """
    if cursor is not None:
        rows = rows.filter(_after(by, _opened(cursor, name, len(by))))
    found: list[Model] = list(rows.order_by(*by)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    values = [_written(getattr(last, column.lstrip("-"))) for column in by]
    return found[:limit], signing.dumps(values, salt=f"api cursor {name}")


def _opened(cursor: str, name: str, width: int) -> list[Any]:
    try:
        values = signing.loads(cursor, salt=f"api cursor {name}")
    except (signing.BadSignature, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != width:
        raise ApiProblem(
            422,
            "This is no cursor of this list. Take `next` as it came, with the same filters.",
            kind="cannot",
        )
    return values


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) after (x, y): a after x, or a = x and b after y."""
    found, same = Q(), Q()
    for column, value in zip(by, values, strict=True):
        name, read = column.lstrip("-"), _read(value)
        step = "lt" if column.startswith("-") else "gt"
        found |= same & Q(**{f"{name}__{step}": read})
        same &= Q(**{name: read})
    return found


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(value: Any) -> Any:
    return parse_datetime(value) if isinstance(value, str) else value
