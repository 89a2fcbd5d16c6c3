"""What happens to posts by the clock."""

from celery import shared_task
from django.core.management import call_command

__all__ = ["publish_what_is_due"]


@shared_task
def publish_what_is_due() -> None:
    """Publish what was scheduled for now, and take down what has expired.

    Two of these at once tell our receivers twice that a post is public; they can be told twice.
    """
    call_command("publish_scheduled")
