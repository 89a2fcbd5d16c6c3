"""Doorways for Celery: ids in, one call out."""

import logging
from typing import Any

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
def take_up_sign_up(waiting: int) -> None:
    """Right after a form was answered: do what it asked for."""
    from subscribers.waiting import take_up  # which rings for these tasks

    take_up(waiting=waiting)


@shared_task
def mail_what_is_due() -> None:
    """Every minute: do what no ring announced, because the broker or the worker was away."""
    from subscribers.waiting import take_all_up  # which rings for these tasks

    take_all_up()
    mailer.mail_due(seconds=SWEEP_SECONDS)


@shared_task
def keep_house() -> None:
    """Every day: forget what we have no more reason to know."""
    from subscribers import housekeeping

    housekeeping.drop_old_networks()
    housekeeping.purge_unconfirmed()
    housekeeping.sweep_tallies()


def ring_for_sign_up_on_commit(waiting: int) -> None:
    """Tell a worker of a sign-up after the commit."""
    transaction.on_commit(lambda: _ring(take_up_sign_up, waiting))


def ring_on_commit(subscriber_id: int) -> None:
    """Tell a worker after the commit. A broker that is down only delays the mail a little."""
    transaction.on_commit(lambda: _ring(mail_subscriber, subscriber_id))


def _ring(task: Any, number: int) -> None:
    try:
        task.apply_async((number,), retry=False, expires=EXPIRES)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached (%s); the sweep will send the mail.", error)
