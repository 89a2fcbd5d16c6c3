"""Doorways for Celery: nothing in, one call out."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from posts.delivery import doorbell, machine, settling, status

__all__ = ["drain", "sweep"]

# Short, so that the sweep never waits long for a free thread behind a long mailing.
DRAIN_SECONDS = 10.0


@shared_task
def drain() -> None:
    """Hand over what is due for a while, then ring once more for the rest."""
    if machine.drain(seconds=DRAIN_SECONDS):
        doorbell.ring(most=1)


@shared_task
def sweep() -> None:
    """Every 15 s: settle what was left, finish what adds up, ring for what is due."""
    status.worker_seen(machine.worker_name())
    status.forget_old_workers()
    settling.settle_orphans()
    settling.take_over_expired()
    settling.leave_out_cancelled(worker=machine.worker_name())
    settling.finish_done()
    doorbell.ring()


@worker_ready.connect
def settle_at_start(**_: Any) -> None:
    """A worker that was killed left journals: settle them now, not in 15 seconds."""
    sweep()


@worker_shutting_down.connect
def stop_claiming(**_: Any) -> None:
    machine.stopping.set()
