"""Doorways for Celery: ids in, one call out."""

from celery import shared_task

from posts.desk import bulk, resets, welcome
from subscribers.ring import ring

__all__ = ["bulk_work", "forget_ways_in", "mail_password_reset", "mail_password_resets"]


@shared_task
def bulk_work() -> None:
    """At a press and every minute: go on with what is done to many people."""
    if bulk.go_on():
        ring("posts.desk.tasks.bulk_work")


@shared_task
def mail_password_reset(reset_id: int) -> None:
    """Right after the form was answered."""
    resets.mail(reset_id)


@shared_task
def mail_password_resets() -> None:
    """Every minute: those that no ring announced."""
    resets.mail_all()


@shared_task
def forget_ways_in() -> None:
    """Every day: sessions that ended, and one-time addresses that open nothing any more."""
    welcome.forget_old_ways_in()
