"""Searching in what everybody may read: PostgreSQL's full text search, or SQLite's FTS5."""

from collections.abc import Sequence

from wagtail.search.backends import get_search_backend

from posts.content.models import PostPage

LONGEST_SEARCH = 200  # characters


def find_posts(words: str) -> Sequence[PostPage]:
    """Live posts in which all the words stand, the best first. Lazy: fetched a page at a time."""
    # SQLite's index takes a quotation mark for the beginning of a phrase, and wants its end.
    words = words.replace('"', " ").strip()
    if not words:
        return []
    found: Sequence[PostPage] = get_search_backend().search(
        words, PostPage.objects.published().order_by(), operator="and"
    )
    return found
