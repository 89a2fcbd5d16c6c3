"""Sessions of the desk: the database holds a hash of each key, and so signs nobody in.

Django keeps the keys as they stand in cookies: whoever reads the table has the session of everybody
who is signed in. A key has 165 random bits, so that a plain SHA-256 of it can't be turned back.
"""

from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

__all__ = ["SessionStore"]


def stored(key: str) -> str:
    """The key as it stands in the database; its column has room for 40 characters."""
    return sha256(key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's, with every query by the hash. (The desk is served by threads: its asynchronous
    methods find nothing, and make no row.)"""

    def _get_session_from_db(self) -> Session | None:
        cookie, self._session_key = self._session_key, stored(self._session_key or "")
        try:
            found: Session | None = super()._get_session_from_db()
        finally:
            # Django lets go of a key that is unknown.
            self._session_key = cookie if self._session_key is not None else None
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(stored(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        row.session_key = stored(self._get_or_create_session_key())
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored(key))
