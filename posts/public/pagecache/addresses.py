"""Which requests may be answered with a kept page, and what a page really varies on.

That is its path, for lists the number of its page, and the language that its link asks for. There
is one host, no page knows who reads it, and what follows a `?` otherwise is of whoever wrote the
link: it neither makes another page nor reaches ours.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from posts.content.slugs import number_in

__all__ = ["KNOWN", "NEVER", "host", "place_of", "query_of"]

# By the first part of the path: what pages read of a query. Home's is empty.
KNOWN: Mapping[str, frozenset[str]] = {
    "": frozenset({"page", "language"}),
    "archive": frozenset({"page", "language"}),
    "topics": frozenset({"page", "language"}),
    "subscribe": frozenset({"newsletter", "language"}),
    "privacy": frozenset({"language"}),
    "imprint": frozenset({"language"}),
}
# What share pages read of it.
CHOICES = frozenset({"link", "note", "part"})
# The desk; what belongs to one person; files, which others look after; and what a reader typed
# into the search, which is kept nowhere.
NEVER = frozenset(
    {
        *("admin", "api", "confirm", "healthz", "hooks", "media", "metrics"),
        *("preferences", "readyz", "search", "static", "unsubscribe"),
    }
)
_READING = ("GET", "HEAD")
# A list answers any number, those beyond its end with its last page: a loop through them must not
# fill what is behind memory with copies of that.
_A_NUMBER = re.compile(r"[1-9]\d?", re.ASCII)
_LONGEST_REMEMBERED = 500  # characters
# A slug has 255 at most. Longer paths are no page's, and would be the keys of what is kept.
_LONGEST_PATH = 500


def place_of(meta: Mapping[str, Any]) -> str | None:
    """The place of a request's page among the kept ones; None where it may have none.

    Who is signed in sees pages as they are this moment, without a place.
    """
    if meta["REQUEST_METHOD"] not in _READING or meta.get("HTTP_HOST") != host(settings.SITE_URL):
        return None
    cookies = meta.get("HTTP_COOKIE")
    if (cookies and settings.SESSION_COOKIE_NAME in cookies) or "HTTP_AUTHORIZATION" in meta:
        return None
    path, asked = meta["PATH_INFO"], meta.get("QUERY_STRING", "")
    if len(path) > _LONGEST_PATH:
        return None
    # Whoever writes long addresses must not fill the memory with them.
    place = _place_remembered if len(path) + len(asked) <= _LONGEST_REMEMBERED else _place
    return place(path, asked)


def _place(path: str, asked: str) -> str | None:
    room = path[1:].partition("/")[0]
    # Cards, and what a letter encloses, are files of their own.
    if room in NEVER or path.endswith(".png") or "/files/" in path or "?" in path:
        return None
    if path.endswith("/share/"):
        # Which link, part and note: so many pages that few would be asked for twice.
        return None if _chooses(asked) else path
    query = _known_part(room, asked)
    if query is None:
        return None
    return f"{path}?{query}" if query else path


# Most readers ask for the same few pages, and this is on the way of each answer.
_place_remembered = lru_cache(maxsize=4_096)(_place)


def _chooses(query: str) -> bool:
    return bool(query) and not CHOICES.isdisjoint(name for name, _ in parse_qsl(query))


def query_of(place: str) -> str:
    """What the page at this place may read of its query."""
    return place.partition("?")[2]


def _known_part(room: str, query: str) -> str | None:
    """What of the query the page reads; None where it is too various to keep."""
    if not query or room not in KNOWN:
        return ""
    given = {name: value for name, value in parse_qsl(query) if name in KNOWN[room]}
    if given.get("language", "") not in dict(settings.LANGUAGES):
        given.pop("language", None)  # the page does not listen to it either
    if not given.keys() <= {"page", "language"}:
        return None
    if not room and number_in(query):  # a post that came from elsewhere, and not the home page
        return None
    if "page" in given and not _A_NUMBER.fullmatch(given["page"]):
        return None
    return "&".join(f"{name}={given[name]}" for name in ("page", "language") if name in given)


@lru_cache
def host(site_url: str) -> str:
    """As browsers name it in `Host`: without the port that goes without saying."""
    parts = urlsplit(site_url)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return parts.netloc.removesuffix(f":{usual}")
