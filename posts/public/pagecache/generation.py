"""Which state of the site readers should see: a token that changes with anything a page shows.

Pages that were kept belong to the generation that was read before they were rendered. So one that
was rendered from old words while new ones were saved is never found again, and nothing has to be
looked for and deleted. The token is in the database because whoever can change a page can reach
that: it needs no other service, and reaches every process on every machine.
"""

import logging
import secrets
import threading
import time

from django.db import Error, close_old_connections, connection, models, transaction

__all__ = ["PageGeneration"]  # for Django; the rest is called by its module's name

CHECKED_EVERY = 0.25  # seconds; what was published is seen by everybody after at most that
PATIENCE = 0.5  # seconds
_ONLY = 1  # the one row

logger = logging.getLogger(__name__)


class PageGeneration(models.Model):
    """One row. Its token is random: a database that came back from a backup must not meet pages
    of a future that it knows nothing of."""

    token = models.CharField(max_length=32)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.token


def pages_changed() -> None:
    """Have every page rendered anew, once what was changed is committed.

    `robust`: it was changed, and nobody should be told otherwise. Pages don't outlive
    `pagecache.store.LASTS`, also where this process dies before it gets here.
    """
    transaction.on_commit(_renew, robust=True)


def _renew() -> None:
    token = secrets.token_hex(8)
    if not PageGeneration.objects.filter(pk=_ONLY).update(token=token):
        PageGeneration.objects.get_or_create(pk=_ONLY, defaults={"token": token})
    _known.forget()


def current() -> str:
    """The generation, as it was at most CHECKED_EVERY ago; empty where it was never known."""
    return _known.token()


def fresh() -> str:
    """The same, without ever asking the database; empty where it would have to be asked."""
    return _known.fresh()


def known() -> str:
    """As it was last read, however long ago; empty where it never was."""
    return _known.last()


class _Known:
    """What this process last read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token = ""
        self._read_at = float("-inf")

    def token(self) -> str:
        # One thread asks; the others wait for what it hears. Not long for a database that neither
        # answers nor refuses, as one behind a broken network does for minutes.
        patience = PATIENCE if self._token else -1
        if self._is_old() and self._lock.acquire(timeout=patience):
            try:
                if self._is_old():
                    self._read()
            finally:
                self._lock.release()
        return self._token

    def fresh(self) -> str:
        return self._token if time.monotonic() - self._read_at <= CHECKED_EVERY else ""

    def last(self) -> str:
        return self._token

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at > CHECKED_EVERY

    def forget(self) -> None:
        self._read_at = float("-inf")

    def _read(self) -> None:
        asked_at = time.monotonic()
        # Pages are answered before Django would look after its connections. It would close one in
        # the middle of a transaction too.
        if not connection.in_atomic_block:
            close_old_connections()
        try:
            row = PageGeneration.objects.filter(pk=_ONLY).first()
        except Error:
            # As long as nobody reaches the database nobody changes a page: readers keep reading.
            logger.warning("The database is away; pages are served as they last were.")
        else:
            self._token = row.token if row else "first"
        self._read_at = asked_at


_known = _Known()
