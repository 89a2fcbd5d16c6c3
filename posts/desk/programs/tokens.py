"""Making a token, finding whose it is, and revoking it.

256 random bits, so that nobody guesses one and a plain keyed hash is enough to keep. The key is in
the database and outlives SECRET_KEY.
"""

import re
import secrets
import string
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from posts.desk.programs.models import ProgramToken
from posts.desk.programs.scopes import SCOPES
from posts.desk.staff.notes import note
from subscribers.keys import keyed_hash

__all__ = ["find", "make", "note_use", "open_ones", "revoke"]

PREFIX = "passalong_"  # by which people and scanners of leaked secrets know it
# No _ and no -: its end is read out and compared by eye.
_LETTERS = string.ascii_letters + string.digits
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9]{{43}}", re.ASCII)
_USE_IS_NOTED = timedelta(hours=1)  # so that reading writes next to nothing


def make(*, name: str, scopes: Iterable[str], by: User) -> tuple[ProgramToken, str]:
    """The row, and the token itself, which is told this once and kept nowhere."""
    text = PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(43))  # 256 bits
    wanted = set(scopes)
    with transaction.atomic():
        row = ProgramToken.objects.create(
            name=name[:80],
            digest=_digest(text),
            hint=text[-4:],
            scopes=[scope for scope in SCOPES if scope in wanted],
            by=by,
        )
        note("desk.token.made", by=by, on=row, detail=", ".join(row.scopes))
    return row, text


def revoke(*, token: ProgramToken, by: User) -> bool:
    """From the next call on it opens nothing. False when it was revoked already."""
    with transaction.atomic():
        rows = ProgramToken.objects.filter(pk=token.pk, revoked_at=None)
        done = bool(rows.update(revoked_at=timezone.now()))
        if done:
            note("desk.token.revoked", by=by, on=token)
    return done


def find(text: str) -> ProgramToken | None:
    """The token of that text, with its person, if it is good at this moment."""
    if not _TOKEN.fullmatch(text):
        return None
    return open_ones().filter(digest=_digest(text)).first()


def open_ones() -> QuerySet[ProgramToken]:
    """Those that are good: not revoked, and of somebody who is an owner still."""
    return ProgramToken.objects.filter(
        revoked_at=None, by__is_active=True, by__is_superuser=True
    ).select_related("by")


def note_use(token: ProgramToken) -> None:
    """That it was used in this hour."""
    long_ago = timezone.now() - _USE_IS_NOTED
    if token.used_at is None or token.used_at < long_ago:
        rows = ProgramToken.objects.filter(Q(used_at=None) | Q(used_at__lt=long_ago), pk=token.pk)
        rows.update(used_at=timezone.now())


def _digest(text: str) -> bytes:
    return keyed_hash("program token", text)
