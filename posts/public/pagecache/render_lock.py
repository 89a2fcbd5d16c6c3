"""Of many who want the same cold page one renders it, and the others wait for that.

A lock on a file rather than one in Redis: it needs no service, counts for all threads and processes
of this machine, and ends by itself with whoever holds it, also when that is killed.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings

__all__ = ["locked"]

PATIENCE = 3.0  # seconds; then one renders for oneself: a renderer that hangs holds up nobody
_LOOKS_EVERY = 0.004
_FILES = 64  # two places that share one wait for each other now and then


@contextmanager
def locked(place: str) -> Iterator[None]:
    """Until nobody else renders what stands here, or patience ends."""
    file = os.open(_file(place), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + PATIENCE
        while not _taken(file) and time.monotonic() < until:
            time.sleep(_LOOKS_EVERY)
        yield
    finally:
        os.close(file)  # and with it the lock


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _file(place: str) -> Path:
    folder = Path(settings.DATA_DIR) / "turns"
    folder.mkdir(exist_ok=True)
    return folder / str(int.from_bytes(sha256(place.encode()).digest()[:2]) % _FILES)
