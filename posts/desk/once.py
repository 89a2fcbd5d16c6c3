"""What several parts of one page ask for, looked up once for the page."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

Found = TypeVar("Found")

_KEPT = "_desk_found_once"


def once(request: HttpRequest, what: str, find: Callable[[], Found]) -> Found:
    """What `find` answered when this page asked for `what` first."""
    found: dict[str, Found] = request.__dict__.setdefault(_KEPT, {})
    if what not in found:
        found[what] = find()
    return found[what]
