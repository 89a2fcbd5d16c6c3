"""Doorways for Celery: nothing in, one call out."""

from celery import shared_task

from posts.desk import bulk
from subscribers.ring import ring

__all__ = ["bulk_work"]


@shared_task
def bulk_work() -> None:
    """At a press and every minute: go on with what is done to many people."""
    if bulk.go_on():
        ring("posts.desk.tasks.bulk_work")
