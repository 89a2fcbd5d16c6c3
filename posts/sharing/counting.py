"""Two totals per post and day: reads through its share links, and presses of "This helped me".

A read costs its request some microseconds and no query, since pages come from a cache: it is added
up in this process's memory, and written some seconds later by a thread that is there only then,
and at the end of the process. What a kill loses is those seconds of anonymous totals. When the
database can't be reached they are kept and tried again; if it took them and only its answer was
lost, they count twice. Neither is worth a query in each request.
"""

import logging
import os
from collections.abc import Mapping
from datetime import date, datetime
from multiprocessing.util import Finalize
from threading import Lock, Timer

from django.db import Error, connection, transaction
from django.http import HttpResponse
from django.utils import timezone

from posts.content.models import PostPage
from posts.sharing.models import DailyCount
from posts.sharing.readers import Meta, is_reader

logger = logging.getLogger(__name__)

WRITE_AFTER = 3.0  # seconds

Reads = dict[tuple[int, date], int]  # by post and day


class Waiting:
    """The reads of this process that are not written yet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._reads: Reads = {}
        self._is_due = False  # a thread will write
        self.ends_well = False  # and what is left is written at the end

    def add(self, reads: Mapping[tuple[int, date], int]) -> bool:
        """Keep these too. True when nobody is to write yet: the caller sees to it."""
        with self._lock:
            for key, count in reads.items():
                self._reads[key] = self._reads.get(key, 0) + count
            is_first, self._is_due = not self._is_due, True
        return is_first

    def take(self) -> Reads:
        """All there is; what comes later is written by another thread."""
        with self._lock:
            taken, self._reads, self._is_due = self._reads, {}, False
        return taken


waiting = Waiting()


def _begin_anew() -> None:
    """In a process that was forked: what was copied is the parent's to write, by its thread."""
    global waiting  # noqa: PLW0603 - a lock that was held at the fork would stay so for ever
    waiting = Waiting()


os.register_at_fork(after_in_child=_begin_anew)


def note_read(post_id: int, meta: Meta) -> None:
    """Count one read of the post, if a person reads."""
    if is_reader(meta) and waiting.add({(post_id, today()): 1}):
        write_soon()


def count_read(response: HttpResponse, *, post_id: int, meta: Meta) -> None:
    """Count the answer to this request as a read of the post, and have whoever keeps the answer
    count it each time that he gives it again (see `read_of`)."""
    note_read(post_id, meta)
    response.read_of = post_id  # type: ignore[attr-defined]


def read_of(response: HttpResponse) -> int | None:
    """The post as a read of which this answer was counted."""
    return getattr(response, "read_of", None)


def note_helped(post_id: int) -> None:
    """Count one press, at once: they are few."""
    write({}, {(post_id, today()): 1})


def today() -> date:
    """The day on the site, whatever zone a user of the desk set for herself."""
    return datetime.now(timezone.get_default_timezone()).date()


def write_soon() -> None:
    """Have a thread write within some seconds."""
    if not waiting.ends_well:
        # Not `atexit`: the web server's workers are processes of multiprocessing, in which that
        # may never run. This runs there, and in all others by `atexit`.
        Finalize(None, _write_at_exit, exitpriority=0)
        waiting.ends_well = True
    timer = Timer(WRITE_AFTER, _write_in_thread)
    timer.daemon = True  # it never holds the process up: see `_write_at_exit`
    timer.start()


def write_waiting() -> None:
    """Write what this process holds. Whatever goes wrong, it is kept."""
    taken = waiting.take()
    try:
        write(taken, {})
    except Exception:
        if waiting.add(taken):
            write_soon()
        raise


def _write_in_thread() -> None:
    try:
        write_waiting()
    except Error:
        logger.exception("Reads could not be counted. They are kept, and tried again.")
    finally:
        connection.close()  # this thread's own


def _write_at_exit() -> None:
    try:
        write(waiting.take(), {})
    except Error:
        logger.exception("The process ends, and its last reads could not be counted.")
    finally:
        connection.close()


def write(reads: Mapping[tuple[int, date], int], helped: Mapping[tuple[int, date], int]) -> None:
    """Add to the totals. Any number of processes may do so at once; none overwrites another's."""
    if not reads and not helped:
        return
    with transaction.atomic():
        wanted = {post_id for post_id, _ in [*reads, *helped]}
        # A post may have been deleted since. One that is deleted at this very moment makes the
        # database refuse all, and the next try leaves it out.
        known = set(PostPage.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        # In one order, or two processes could wait for each other's rows.
        keys = sorted(key for key in {*reads, *helped} if key[0] in known)
        if keys:
            _add([(*key, reads.get(key, 0), helped.get(key, 0)) for key in keys])


def _add(rows: list[tuple[int, date, int, int]]) -> None:
    table = connection.ops.quote_name(DailyCount._meta.db_table)
    values = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    adapt = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (post_id, day, reads, helped) VALUES {values} "  # noqa: S608
            "ON CONFLICT (post_id, day) DO UPDATE SET "
            f"reads = {table}.reads + excluded.reads, helped = {table}.helped + excluded.helped",
            [part for post, day, *more in rows for part in (post, adapt(day), *more)],
        )
