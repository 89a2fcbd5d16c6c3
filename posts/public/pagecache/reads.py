"""Counts that a post was read through its share link, whoever answered.

A view says so with `response.counts_read_of`; the page keeps it. This is the one place that passes
it on, once for each answer with a body, from memory or not.
"""

from posts.sharing.counting import note_read
from posts.sharing.readers import Meta

__all__ = ["tell"]


def tell(post_id: int | None, meta: Meta) -> None:
    if post_id is not None:
        note_read(post_id, meta)
