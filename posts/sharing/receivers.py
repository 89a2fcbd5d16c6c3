"""A share link for each post that goes public."""

from typing import Any

from wagtail.signals import page_published

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link


def _on_published(instance: PostPage, **kwargs: Any) -> None:
    # The signal also comes when a first publication is only scheduled.
    if instance.live:
        ensure_link(post=instance)


def connect() -> None:
    page_published.connect(
        _on_published, sender=PostPage, dispatch_uid="make the share link of a post"
    )
