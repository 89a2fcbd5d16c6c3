"""What happens to posts by the clock, and when they are published."""

from celery import shared_task
from django.core.management import call_command

from posts.content import warming

__all__ = ["publish_what_is_due", "render_picture", "warm_pictures"]


@shared_task
def publish_what_is_due() -> None:
    """Publish what was scheduled for now, and take down what has expired.

    Two of these at once tell our receivers twice that a post is public; they can be told twice.
    """
    call_command("publish_scheduled")


@shared_task
def warm_pictures(page_id: int) -> None:
    """Make the pictures of a page that was published in every size and form."""
    warming.warm(page_id)


@shared_task
def render_picture(image_id: int) -> None:
    """Make a picture in every size and form as soon as it was uploaded."""
    warming.render(image_id)
