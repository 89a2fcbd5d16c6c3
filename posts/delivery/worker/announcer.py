"""How far ahead readers are announced, for all batches that one worker has in hand.

A lost host leaves in doubt whoever was announced and has no answer in the database: at most
`MOST` for each worker, where few connections are enough. Far ahead is cheap and fast, near is
certain: it begins near, and looks twice as far ahead whenever it was asked `OFTEN`, or somebody had
to wait.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from posts.delivery.worker.batch_feed import BatchFeed

MOST = 200
SLICE = 16  # of a batch, with the claim
OFTEN = 0.1  # seconds since the last time
A_CONNECTION = 4  # on the wire, said ahead, and as many again until the next announcement


class Announcer:
    def __init__(
        self, *, senders: int, connections: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._last = float("-inf")
        self._senders = senders
        least = A_CONNECTION * connections
        self._most = max(MOST, least)
        self.first = max(1, min(SLICE, self._most // (2 * senders)))
        self._window = max(self.first, least)
        self._feeds: list[BatchFeed] = []
        self._lock = threading.Lock()
        self._asked = threading.Event()

    def ask(self) -> None:
        if not self._asked.is_set():
            self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Whether somebody asked, or asks within that time."""
        asked = self._asked.wait(seconds)
        self._asked.clear()
        return asked

    @contextmanager
    def looking_after(self, feed: BatchFeed) -> Iterator[None]:
        """Until its answers are in the ledger: as long as they are not, they are in doubt too."""
        feed.low = self._window // 4
        with self._lock:
            self._feeds.append(feed)
        try:
            yield
        finally:
            with self._lock:
                self._feeds.remove(feed)

    def announce(self) -> None:
        """For each feed that runs low, as many as there is room for. Raises `Error`."""
        with self._lock:
            feeds = list(self._feeds)
        hungry = [feed for feed in feeds if feed.hungry]
        if hungry:
            self._look_further(feeds)
        for feed in hungry:
            others = [other for other in feeds if other is not feed]
            if self._room(others) < self._window:
                for other in others:
                    other.note_answers()
            feed.announce_up_to(min(self._room(others), self._window))

    def _room(self, others: Sequence[BatchFeed]) -> int:
        """How many more may be in doubt. Whoever claims next announces some without asking here."""
        coming = self.first * (self._senders - 1 - len(others))
        return self._most - coming - sum(other.told for other in others)

    def _look_further(self, feeds: Sequence[BatchFeed]) -> None:
        last, self._last = self._last, self._clock()
        if self._last - last < OFTEN or any(feed.starved for feed in feeds):
            self._window = min(2 * self._window, self._most)
            for feed in feeds:
                feed.low = self._window // 4
