"""Doorways for Celery: nothing in, one call out."""

from celery import shared_task

from posts.delivery.webhooks import draining

__all__ = ["forget_webhooks", "send_webhooks"]


@shared_task
def send_webhooks() -> None:
    """Right after something happened, and every 15 s for what is to be tried again."""
    draining.drain()


@shared_task
def forget_webhooks() -> None:
    """Every day."""
    draining.forget_old()
