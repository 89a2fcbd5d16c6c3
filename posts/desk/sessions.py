"""Sessions of the desk: the database holds a hash of each key, and so signs nobody in.

Django keeps the keys as they stand in cookies: whoever reads the table has the session of everybody
who is signed in. A key has 165 random bits, so that a plain SHA-256 of it can't be turned back.
"""

from hashlib import sha256
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

__all__ = ["SessionStore", "stored"]


def stored(key: str) -> str:
    """The key as it stands in the database, whose column has room for 40 characters."""
    return sha256(key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's (`SESSION_ENGINE`), with every query by the hash."""

    def _get_session_from_db(self) -> Session | None:
        rows = Session.objects.filter(
            session_key=stored(self.session_key or ""), expire_date__gt=timezone.now()
        )
        row = rows.first()
        if row is None:
            self._session_key = None  # as Django does: whoever brings a key of his own gets another
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(stored(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.session_key = stored(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(stored(key))

    def cycle_key(self) -> None:
        """At each sign-in and each new password; where she is signed in goes with it."""
        before = self.session_key
        super().cycle_key()
        if before and self.session_key:
            from posts.desk.models import DeskSession  # models are loaded after this module

            DeskSession.objects.filter(key=stored(before)).update(key=stored(self.session_key))

    # Django has each of them twice. Nothing of ours awaits one; should anything, it is the same.

    async def _aget_session_from_db(self) -> Session | None:
        return await sync_to_async(self._get_session_from_db)()

    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)
