"""Tells that a post was read through its share link, whoever answered.

A view says so with `response.counts_read_of`; the page keeps it. This is the one place that passes
it on, once for each answer with a body, from memory or not.
"""

from django.dispatch import Signal
from django.http import HttpRequest

__all__ = ["read_through_link", "tell"]

read_through_link = Signal()  # with `post_id` and `request`


def tell(post_id: int | None, request: HttpRequest) -> None:
    # A count that fails is logged, and keeps nobody from reading.
    if post_id is not None:
        read_through_link.send_robust(sender=None, post_id=post_id, request=request)
