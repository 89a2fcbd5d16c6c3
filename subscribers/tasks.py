"""Doorways for Celery: ids in, one call out."""

from celery import shared_task

from subscribers import housekeeping, mailer, objections, waiting
from subscribers.figures.tasks import count_figures  # noqa: F401 - found by Celery from here

# Less than the minute between two sweeps, so that they don't pile up behind a large import.
SWEEP_SECONDS = 45.0


@shared_task
def mail_subscriber(subscriber_id: int) -> None:
    """Right after a sign-up: send this person what is due to her."""
    mailer.mail_due(subscriber_id=subscriber_id)


@shared_task
def take_up_sign_up(sign_up_id: int) -> None:
    """Right after a form was answered: do what it asked for."""
    waiting.take_up(waiting=sign_up_id)


@shared_task
def mail_what_is_due() -> None:
    """Every minute: do what no ring announced, because the broker or the worker was away."""
    waiting.take_all_up()
    mailer.mail_due(seconds=SWEEP_SECONDS, patient=True)


@shared_task
def keep_house() -> None:
    """Every day: forget what we have no more reason to know."""
    housekeeping.drop_old_networks()
    housekeeping.purge_unconfirmed()
    housekeeping.sweep_tallies()


@shared_task
def note_objections() -> None:
    """Every ten minutes: whoever objected stands beside the database too, and until when."""
    objections.catch_up()
