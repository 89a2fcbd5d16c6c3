"""Answers kept pages before Django makes a request of them: that takes most of the time.

The same pages under the same rules as `middleware`, from memory only. Everything else goes on to
Django.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from posts.content import generations
from posts.public.pagecache import reads, shelf
from posts.public.pagecache.addresses import place_of

__all__ = ["with_page_cache"]

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_page_cache(django: Wsgi) -> Wsgi:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        place = place_of(environ) if settings.PAGE_CACHE else None
        page = place and shelf.memory.find(generations.current(), place)
        if not page:
            return django(environ, start_response)
        answer = page.answer(environ)
        if page.counts_read_of and answer.status == 200:
            reads.tell(page.counts_read_of, environ)
        start_response(answer.line, answer.headers)
        return [answer.body]

    return application
