"""Telling a worker that there is work, by the name of the task that does it.

By name, so that who rings need not import who works. A ring may be lost: the broker may be down or
forget everything, and each task is also started by beat, which finds whatever is due.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

__all__ = ["ring", "ring_on_commit"]

logger = logging.getLogger(__name__)

EXPIRES = 60  # seconds; whoever comes later is found by beat


def ring(task: str, *arguments: int, times: int = 1) -> bool:
    """Ask a worker for it. False when the broker is out of reach: the work then waits for beat."""
    try:
        for _ in range(times):
            current_app.send_task(task, arguments, retry=False, expires=EXPIRES)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached (%s); beat will ring for %s.", error, task)
        return False
    return True


def ring_on_commit(task: str, *arguments: int) -> None:
    """The same once the transaction is committed, so that the worker finds what it is about."""
    transaction.on_commit(lambda: ring(task, *arguments))
