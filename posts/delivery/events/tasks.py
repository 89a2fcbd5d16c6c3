"""Doorways for Celery: nothing in, one call out."""

from celery import shared_task

from posts.delivery.events import apply, mailbox

__all__ = ["apply_events", "fetch_bounces"]


@shared_task
def apply_events() -> None:
    """Right after a webhook, and every 15 s for what no ring announced."""
    apply.apply_pending()
    apply.forget_old()


@shared_task
def fetch_bounces() -> None:
    """Every five minutes: what came back to the mailbox of BOUNCE_URL, if there is one."""
    mailbox.fetch()
