"""Doorways for Celery: nothing in, one call out."""

import gc
import logging
import threading
import time
from contextlib import ExitStack
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.db import DatabaseError, connection

from posts.delivery import batches, presence, status
from posts.delivery.mailings import after_rest, digests, finish, schedule
from posts.delivery.reporting import retention
from posts.delivery.worker import recovery, senders
from posts.delivery.worker.drain import (
    LONGEST_DRAIN,
    drain_ledger,
    wait_for_the_way_out,
)
from posts.delivery.worker.shutdown import stopping, worker_name

__all__ = ["drain", "forget", "make_digests", "sweep"]

# Where no thread is kept free, short, so that the sweep never waits long behind a long mailing.
SHORT_DRAIN = 10.0
SIGN_OF_LIFE = 5.0  # seconds; an older version gives one each 20

logger = logging.getLogger(__name__)


class _Seat:
    """One task at a time drains in a process; it brings as many senders as the transport wants.

    With threads the others stay free for the sweep and for confirmations, which would else wait
    for the whole of a mailing where the mail server is slow.
    """

    def __init__(self) -> None:
        self.others_are_free = False
        self.missed = False  # somebody was turned away, perhaps with news
        self._free = threading.Lock()

    def set_up(self, threads: int) -> None:
        self.others_are_free = threads > 1

    def take(self) -> bool:
        self.missed = True  # said before we try: whoever leaves at this moment must see it
        if not self._free.acquire(blocking=False):
            return False
        self.missed = False
        return True

    def leave(self) -> None:
        self._free.release()


seat = _Seat()


@shared_task
def drain() -> None:
    """Hand over until nothing is due, or for a while and then ring for the rest."""
    if not seat.take():
        senders.bell.set()  # whoever is at it looks again
        return
    try:
        long = seat.others_are_free
        more = drain_ledger(seconds=LONGEST_DRAIN if long else SHORT_DRAIN)
        while long and (more or wait_for_the_way_out()):
            more = drain_ledger()
    finally:
        seat.leave()
    if more or seat.missed:  # news that came after our last look
        seat.missed = False
        batches.ring(most=1)


@shared_task
def sweep() -> None:
    """Every 15 s: settle what was left, start what is due, finish what adds up, ring for the rest.

    Each step is taken, also where one before it failed; the failure comes out at the end.
    """
    if not stopping.is_set():
        status.beat_seen()
        look_after_everything()


def look_after_everything() -> None:
    worker = worker_name()
    with ExitStack() as last_first:
        last_first.callback(batches.ring)
        last_first.callback(finish.finish_done)
        last_first.callback(schedule.start_due)
        last_first.callback(schedule.release_held)
        last_first.callback(recovery.leave_out_cancelled, worker=worker)
        last_first.callback(recovery.take_over_expired)
        last_first.callback(recovery.settle_orphans)
        last_first.callback(status.forget_old_workers)
        last_first.callback(status.worker_seen, worker)


@shared_task
def make_digests() -> None:
    """Every five minutes: the digests that are due, and then the mail for whose rest is over,
    which looks at what the digests will bring."""
    digests.make_due()
    after_rest.welcome_back()


@shared_task
def forget() -> None:
    """Every hour: who got what, as long ago as the writer set, becomes a number."""
    retention.fold_old()


@worker_ready.connect
def begin(sender: Any = None, **_: Any) -> None:
    """A worker that was killed left journals: settle them now, not in 15 seconds."""
    # What was loaded until now stays for good: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    seat.set_up(getattr(sender.pool, "limit", None) or 1)
    _take_our_place()
    look_after_everything()


def _take_our_place() -> None:
    for worker in presence.gone():
        status.worker_ends(worker)
        presence.forget(worker)
    try:
        presence.hold(worker_name())
    except OSError as error:  # no room, say: its signs of life tell of it
        logger.warning("That this worker runs is not noted on this machine: %s", error)


@worker_ready.connect
def show_life(**_: Any) -> None:
    """Also where no beat rings, and nobody gives this worker anything to do: so that what is
    missing is called by its name."""
    threading.Thread(target=_show_life, name="signs of life", daemon=True).start()


def _show_life() -> None:
    while not stopping.is_set():
        time.sleep(SIGN_OF_LIFE)
        if stopping.is_set():
            return
        try:
            status.worker_seen(worker_name())
        except DatabaseError as error:  # away for a moment; whoever works says so, too
            logger.warning("No sign of life could be written: %s", error)
        finally:
            connection.close()


@worker_shutting_down.connect
def stop_claiming(**_: Any) -> None:
    stopping.set()


@worker_shutdown.connect
def sign_off(**_: Any) -> None:
    """What was in hand is handed back by now."""
    try:
        status.worker_ends(worker_name())
    except DatabaseError as error:  # then it counts as gone half a minute from now
        logger.warning("The end of this worker could not be written: %s", error)
