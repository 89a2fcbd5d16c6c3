"""Doorways for Celery: nothing in, one call out."""

import threading
from contextlib import ExitStack
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from posts.delivery import doorbell, machine, scheduling, settling, status

__all__ = ["drain", "sweep"]

# Where no thread is kept free, short, so that the sweep never waits long behind a long mailing.
DRAIN_SECONDS = 10.0


class _Seats:
    """How many threads of this worker may drain at once: all but one.

    The one is for the sweep and for confirmations, which would else wait for the whole of a
    mailing where the mail server is slow. Only with threads: processes share no count.
    """

    def __init__(self) -> None:
        self.one_is_free = False
        self._free = threading.Semaphore()

    def set_up(self, threads: int) -> None:
        self.one_is_free = threads > 1
        self._free = threading.Semaphore(max(1, threads - 1))

    def take(self) -> bool:
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        self._free.release()


seats = _Seats()


@shared_task
def drain() -> None:
    """Hand over until nothing is due, or for a while and then ring for the rest."""
    if not seats.take():
        return  # as many as may are at it already, and they go on until nothing is due
    try:
        more = machine.drain(seconds=DRAIN_SECONDS)
        while more and seats.one_is_free:
            more = machine.drain(seconds=DRAIN_SECONDS)
    finally:
        seats.leave()
    if more:
        doorbell.ring(most=1)


@shared_task
def sweep() -> None:
    """Every 15 s: settle what was left, start what is due, finish what adds up, ring for the rest.

    Each step is taken, also where one before it failed; the failure comes out at the end.
    """
    if machine.stopping.is_set():
        return
    worker = machine.worker_name()
    with ExitStack() as last_first:
        last_first.callback(doorbell.ring)
        last_first.callback(settling.finish_done)
        last_first.callback(scheduling.start_due)
        last_first.callback(scheduling.release_held)
        last_first.callback(settling.leave_out_cancelled, worker=worker)
        last_first.callback(settling.take_over_expired)
        last_first.callback(settling.settle_orphans)
        last_first.callback(status.forget_old_workers)
        last_first.callback(status.worker_seen, worker)


@worker_ready.connect
def begin(sender: Any = None, **_: Any) -> None:
    """A worker that was killed left journals: settle them now, not in 15 seconds."""
    seats.set_up(getattr(sender.pool, "limit", None) or 1)
    sweep()


@worker_shutting_down.connect
def stop_claiming(**_: Any) -> None:
    machine.stopping.set()
