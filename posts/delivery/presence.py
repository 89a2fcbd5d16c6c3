"""Whether a worker of this machine still runs: a lock on a file, which ends with its process.

Its sign of life in the database tells everybody, and goes on telling for half a minute after it was
killed. Whoever asks on the same machine knows at once: nobody holds its file any more. Of a worker
elsewhere there is no file here, and nothing is said.
"""

import fcntl
import os
from pathlib import Path

from django.conf import settings

_held: dict[str, int] = {}  # descriptors, open for as long as this process runs


def hold(worker: str) -> None:
    """This process is that worker, from now to its end. Raises OSError."""
    file = _file(worker)
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    _held[worker] = descriptor


def let_go(worker: str) -> None:
    os.close(_held.pop(worker))


def is_gone(worker: str) -> bool:
    """Certainly; False where it is not known from here."""
    return _is_free(_file(worker))


def gone() -> list[str]:
    """Workers that ended here without clearing up after themselves."""
    return sorted(file.name for file in _folder().glob("*:*") if _is_free(file))


def forget(worker: str) -> None:
    """Take its file away. Of one that begins at this moment under the same name it may be the new
    one: then that is known by its signs of life alone."""
    _file(worker).unlink(missing_ok=True)


def _file(worker: str) -> Path:
    return _folder() / worker


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "workers"


def _is_free(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # held, not here, or not ours to open
        return False
    return True
