"""Doorways for Celery: ids in, one call out."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from subscribers import mailer
from subscribers.figures.tasks import count_figures  # noqa: F401 - found by Celery from here

logger = logging.getLogger(__name__)

# Less than the minute between two sweeps, so that they don't pile up behind a large import.
SWEEP_SECONDS = 45.0
EXPIRES = 60  # seconds; whoever comes later is found by the sweep


@shared_task
def mail_subscriber(subscriber_id: int) -> None:
    """Right after a sign-up: send this person what is due to her."""
    mailer.mail_due(subscriber_id=subscriber_id)


@shared_task
def mail_what_is_due() -> None:
    """Every minute: send what no ring announced, because the broker or the worker was away."""
    mailer.mail_due(seconds=SWEEP_SECONDS)


def ring_on_commit(subscriber_id: int) -> None:
    """Tell a worker after the commit. A broker that is down only delays the mail a little."""
    transaction.on_commit(lambda: _ring(subscriber_id))


def _ring(subscriber_id: int) -> None:
    try:
        mail_subscriber.apply_async((subscriber_id,), retry=False, expires=EXPIRES)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached (%s); the sweep will send the mail.", error)
