"""Doorways for Celery: nothing in, one call out."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from posts.desk import bulk

__all__ = ["bulk_work"]

logger = logging.getLogger(__name__)
EXPIRES = 60  # seconds; what is left then is found by beat's next ring


@shared_task
def bulk_work() -> None:
    """At a press and every minute: go on with what is done to many people."""
    if bulk.go_on():
        ring()


def ring_on_commit() -> None:
    """Tell a worker after the commit. A broker that is down only delays it to beat's next ring."""
    transaction.on_commit(ring)


def ring() -> None:
    try:
        bulk_work.apply_async(retry=False, expires=EXPIRES)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached (%s); beat will ring again.", error)
