"""Who reads and who only fetches: a person in a browser, told from what machines send.

Told from this one request's headers, and forgotten with it. Some people are missed (a browser
that hides its name, a page that was fetched ahead and then read), so the totals are rather too
low than too high.
"""

from functools import lru_cache

import crawleruseragents
from django.conf import settings
from django.http import HttpRequest

# With these a browser, a messenger or a mail program says that nobody asked for the page yet.
_AHEAD = frozenset({"HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ"})
# All browsers call themselves so, for historical reasons; most programs have no reason to.
_BROWSERS = ("Mozilla/", "Opera/")
_LONGEST_NAME = 1_000


def is_reader(request: HttpRequest) -> bool:
    """Whether a person's browser opened this page to show it."""
    meta = request.META
    return (
        request.method == "GET"
        and _AHEAD.isdisjoint(meta)
        and _navigates(request)
        and is_person(request)
    )


def is_person(request: HttpRequest) -> bool:
    """Whether this comes from a browser that no robot drives, and not from the writer's own."""
    if settings.SESSION_COOKIE_NAME in request.META.get("HTTP_COOKIE", ""):
        return False  # readers have no cookie: she looks at her own page
    return not _is_machine(request.META.get("HTTP_USER_AGENT", ""))


def _navigates(request: HttpRequest) -> bool:
    """Browsers say since 2020 (Safari since 2023) what a page is fetched for, over HTTPS. Those
    before them say which languages their reader reads, as hardly any scanner of links does."""
    meta = request.META
    if mode := str(meta.get("HTTP_SEC_FETCH_MODE", "")):
        destination = str(meta.get("HTTP_SEC_FETCH_DEST", "document"))
        return mode == "navigate" and destination == "document"
    return "text/html" in meta.get("HTTP_ACCEPT", "") and bool(meta.get("HTTP_ACCEPT_LANGUAGE"))


# A look through the list takes a quarter of a millisecond, and many readers share one name.
@lru_cache(maxsize=2_048)
def _is_machine(name: str) -> bool:
    if not name.startswith(_BROWSERS) or len(name) > _LONGEST_NAME:
        return True
    return bool(crawleruseragents.is_crawler(name))
