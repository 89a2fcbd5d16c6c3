"""Passwords and keys that somebody typed, kept while a form goes back to her, and in no page.

A form comes back where something in it is to be mended, or where she is first asked who she is.
What else she typed stands in the page; these stay in her session, sealed, for some minutes, and
the page has a mark alone. They come back once, and only for the same of whatever they belong to:
whoever took the session over in that time must not have them sent to a server of his own.
"""

import json
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from posts.delivery.way_out.sealing import Unsealable, seal, unseal

__all__ = ["KEPT", "MARK", "is_secret", "keep", "restore"]

KEPT = timedelta(minutes=10)
# The form's field with the mark, and how the pages call what it stands for.
MARK = "typed_before"
_KEY = "typed_secrets"
_PURPOSE = b"passalong: what was typed"
_SECRET = ("password", "secret", "key")


def is_secret(name: str) -> bool:
    """Whether the field of this name is for a password or a key."""
    return any(word in name.lower() for word in _SECRET)


def keep(request: HttpRequest, names: Iterable[str], *, of: Iterable[str]) -> str:
    """Keep what was posted under `names`. `of`: the fields that say whose that is. Answers the
    mark for the page; empty if there is nothing to keep."""
    typed = {name: value for name in names if (value := request.POST.get(name))}
    request.session.pop(_KEY, None)
    if not typed:
        return ""
    mark = secrets.token_urlsafe(16)
    whose = {name: request.POST.getlist(name) for name in of}
    request.session[_KEY] = {
        "mark": mark,
        "at": timezone.now().timestamp(),
        "sealed": seal(json.dumps([typed, whose]), purpose=_PURPOSE),
    }
    return mark


def restore(request: HttpRequest) -> bool:
    """Put it into the form again, where a field was left empty. False: it is there no longer, or
    belongs to something else."""
    if not (mark := request.POST.get(MARK)):
        return True
    typed, whose = _taken(request, mark)
    posted = request.POST.copy()
    del posted[MARK]
    fits = bool(typed) and all(posted.getlist(name) == values for name, values in whose.items())
    for name, value in typed.items() if fits else ():
        if not posted.get(name):
            posted[name] = value
    request.POST = posted  # type: ignore[assignment]  # Django's own setter takes it
    return fits


def _taken(request: HttpRequest, mark: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    row = request.session.pop(_KEY, None) or {}
    age = timezone.now().timestamp() - float(row.get("at", 0))
    if not secrets.compare_digest(str(row.get("mark", "")).encode(), mark.encode()):
        return {}, {}
    if not 0 <= age < KEPT.total_seconds():
        return {}, {}
    try:
        typed, whose = json.loads(unseal(row["sealed"], purpose=_PURPOSE))
    except Unsealable:
        return {}, {}
    return typed, whose
