"""Doorways for Celery: nothing in, one call out."""

from celery import shared_task

from subscribers.figures.actions import count_anew


@shared_task
def count_figures() -> None:
    """Every 15 minutes: count who came, who left and who is where."""
    count_anew()
