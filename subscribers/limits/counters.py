"""Counting, atomically: in Redis where there is one, else in the database.

While Redis is away the database counts. The count then begins anew, and never stops: a reader
gets her answer, and nobody gets in without limits.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils import timezone

from subscribers.keys import keyed_hash
from subscribers.limits.models import Tally

if TYPE_CHECKING:  # 20 MB in each process, which a small server without Redis has better uses for
    from redis import Redis

logger = logging.getLogger(__name__)

# A reader waits no longer than this for a Redis that is gone.
_PATIENCE_SECONDS = 0.5
_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Mark:
    """What is counted (a keyed hash: neither an address nor a network), and until when."""

    key: bytes
    begins: datetime
    lasts: timedelta
    keep: timedelta = timedelta(0)  # how long it can still be asked for afterwards

    @property
    def name(self) -> str:
        """Its name in Redis."""
        return f"passalong:tally:{self.key.hex()}:{int(self.begins.timestamp())}"

    @property
    def seconds_left(self) -> int:
        left = self.begins + self.lasts - timezone.now()
        return max(1, int(left.total_seconds()) + 1)


def mark(
    *what: str, lasts: timedelta, at: datetime | None = None, keep: timedelta = timedelta(0)
) -> Mark:
    """The mark of the present window of that length (or of that at `at`)."""
    seconds = int(lasts.total_seconds())
    number = int((at or timezone.now()).timestamp()) // seconds
    begins = datetime.fromtimestamp(number * seconds, UTC)
    # The length belongs to the key: an hour and a day begin at the same moment at midnight.
    return Mark(keyed_hash("tally", *what, seconds)[:_KEY_BYTES], begins, lasts, keep)


def add(marks: Sequence[Mark], *, number: int = 1) -> list[int]:
    """Count so many more of each; the new counts, in the same order."""
    if not marks:
        return []
    if settings.REDIS_URL:
        from redis import RedisError

        try:
            return _add_in_redis(marks, number)
        except (RedisError, OSError) as error:
            logger.warning("Redis can't be reached (%s); the database counts sign-ups.", error)
    return _add_in_database(marks, number)


def peek(marks: Sequence[Mark]) -> list[int]:
    """The counts as they are."""
    if settings.REDIS_URL:
        from redis import RedisError

        try:
            found = _redis().mget([each.name for each in marks])
            return [int(count or 0) for count in found]
        except (RedisError, OSError) as error:
            logger.warning("Redis can't be reached (%s); the database is asked.", error)
    rows = Tally.objects.filter(
        key__in={each.key for each in marks}, window__in={each.begins for each in marks}
    )
    counts = {(bytes(row.key), row.window): row.count for row in rows}
    return [counts.get((each.key, each.begins), 0) for each in marks]


@cache
def _redis() -> "Redis":
    from redis import Redis

    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=_PATIENCE_SECONDS,
        socket_timeout=_PATIENCE_SECONDS,
    )


def _add_in_redis(marks: Sequence[Mark], number: int) -> list[int]:
    with _redis().pipeline(transaction=True) as pipe:
        for each in marks:
            pipe.incr(each.name, number)
            pipe.expire(each.name, each.seconds_left + int(each.keep.total_seconds()))
        return [int(count) for count in pipe.execute()[::2]]


def _add_in_database(marks: Sequence[Mark], number: int) -> list[int]:
    """One statement, so that two requests at once get two counts.

    Sorted, or two requests that share two rows could wait for each other.
    """
    rows = sorted({(each.key, each.begins) for each in marks})
    table = connection.ops.quote_name(Tally._meta.db_table)
    column = connection.ops.quote_name("window")  # a reserved word
    values = ", ".join(["(%s, %s, %s)"] * len(rows))
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, {column}, count) VALUES {values} "  # noqa: S608 - no input
            f"ON CONFLICT (key, {column}) DO UPDATE SET "
            f"count = {table}.count + excluded.count "
            "RETURNING key, count",
            [part for key, begins in rows for part in (key, adapt(begins), number)],
        )
        counts = {bytes(key): count for key, count in cursor.fetchall()}
    return [counts[each.key] for each in marks]
