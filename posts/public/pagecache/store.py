"""Where kept pages stand: this process's memory, and behind it Redis or files for all of them.

Both are helps only. A page that is lost is rendered again; a Redis that is away makes pages slower,
not fewer.
"""

import threading
import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import django
import wagtail
from django.conf import settings
from django.core.cache import caches

from posts.public.pagecache.stored import StoredPage

__all__ = ["LASTS", "Memory", "find", "keep", "memory"]

# A change that nobody told us of, and one whose process died telling, shows after that.
LASTS = 600.0  # seconds
MEMORY = 32 * 1024 * 1024  # bytes, for each process
_PASSED_BY = 1_000


class Memory:
    """The pages of one generation. What came first goes first when there is no more room: it is
    fetched again from behind, which costs little."""

    def __init__(self, room: int = MEMORY) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._start("")

    def _start(self, generation: str) -> None:
        self._generation = generation
        self._pages: dict[str, tuple[StoredPage, float]] = {}
        self._passed_by: set[str] = set()
        self._size = 0

    def find(self, generation: str, place: str) -> StoredPage | None:
        found = self._pages.get(place)
        if found is None or self._generation != generation or found[1] < time.monotonic():
            return None
        return found[0]

    def keep(self, generation: str, place: str, page: StoredPage, *, lasts: float = LASTS) -> None:
        with self._lock:
            if self._generation != generation:
                self._start(generation)
            self._drop(place)
            while self._pages and self._size + page.size > self._room:
                self._drop(next(iter(self._pages)))
            self._pages[place] = (page, time.monotonic() + lasts)
            self._size += page.size

    def pass_by(self, generation: str, place: str) -> None:
        """Note that this page may not be kept, so that nobody waits for another's."""
        with self._lock:
            if self._generation != generation:
                self._start(generation)
            if len(self._passed_by) < _PASSED_BY:
                self._passed_by.add(place)

    def passes_by(self, generation: str, place: str) -> bool:
        return place in self._passed_by and self._generation == generation

    def clear(self) -> None:
        with self._lock:
            self._start("")

    def _drop(self, place: str) -> None:
        if dropped := self._pages.pop(place, None):
            self._size -= dropped[0].size


memory = Memory()


def find(generation: str, place: str) -> StoredPage | None:
    """The page, if any process has kept it."""
    if page := memory.find(generation, place):
        return page
    kept = caches["pages"].get(_key(generation, place))
    if kept is None:
        return None
    page, until = kept
    # The clocks of machines differ a little, and pages don't last long.
    left = min(until - time.time(), LASTS)
    if left > 0:
        memory.keep(generation, place, page, lasts=left)
    return page if left > 0 else None


def keep(generation: str, place: str, page: StoredPage) -> None:
    """Keep it for everybody."""
    memory.keep(generation, place, page)
    caches["pages"].set(_key(generation, place), (page, time.time() + LASTS), timeout=LASTS)


def _key(generation: str, place: str) -> str:
    # The same page rendered by other code or for another address is another page.
    parts = (_release(), settings.SITE_URL, settings.TIME_ZONE, generation, place)
    return sha256("\0".join(parts).encode()).hexdigest()


@lru_cache
def _release() -> str:
    """Which version of our code this is; two may run at the same time while one is deployed."""
    digest = sha256(f"{django.__version__} {wagtail.__version__}".encode())
    for folder in ("config", "posts", "subscribers"):
        for file in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(str(file.relative_to(settings.BASE_DIR)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
