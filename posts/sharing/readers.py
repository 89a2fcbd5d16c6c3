"""Who reads and who only fetches: a person in a browser, told from what machines send.

Told from this one request's headers, and forgotten with it. Some people are missed (a browser
that hides its name, a page that was fetched ahead and then read), so the totals are rather too
low than too high.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import crawleruseragents
from django.conf import settings

# A request's headers as WSGI has them: pages out of a cache are counted before Django has made more
# of them.
Meta = Mapping[str, Any]

# With these a browser, a messenger or a mail program says that nobody asked for the page yet.
_AHEAD = frozenset({"HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ"})
# All browsers call themselves so, for historical reasons; most programs have no reason to.
_BROWSERS = ("Mozilla/", "Opera/")
_LONGEST_NAME = 1_000


def is_reader(meta: Meta) -> bool:
    """Whether a person's browser opened this page to show it."""
    return (
        meta["REQUEST_METHOD"] == "GET"
        and _AHEAD.isdisjoint(meta)
        and _navigates(meta)
        and is_person(meta)
    )


def is_person(meta: Meta) -> bool:
    """Whether this comes from a browser that no robot drives, and not from the writer's own."""
    if settings.SESSION_COOKIE_NAME in meta.get("HTTP_COOKIE", ""):
        return False  # readers have no cookie: she looks at her own page
    name = meta.get("HTTP_USER_AGENT", "")
    # Looked at before it is remembered: long names must not fill the memory.
    return len(name) <= _LONGEST_NAME and not _is_machine(name)


def _navigates(meta: Meta) -> bool:
    """Browsers say since 2020 (Safari since 2023) what a page is fetched for, over HTTPS. Those
    before them say which languages their reader reads, as hardly any scanner of links does."""
    if mode := str(meta.get("HTTP_SEC_FETCH_MODE", "")):
        destination = str(meta.get("HTTP_SEC_FETCH_DEST", "document"))
        return mode == "navigate" and destination == "document"
    return "text/html" in meta.get("HTTP_ACCEPT", "") and bool(meta.get("HTTP_ACCEPT_LANGUAGE"))


# A look through the list takes a quarter of a millisecond, and many readers share one name.
@lru_cache(maxsize=2_048)
def _is_machine(name: str) -> bool:
    if not name.startswith(_BROWSERS):
        return True
    return bool(crawleruseragents.is_crawler(name))
