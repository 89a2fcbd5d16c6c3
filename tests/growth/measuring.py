"""What it costs to read a text, and one that is eight times as long.

Of what grows with its length the eightfold costs eight times as much, of what grows with its
square sixty-four times: both less what a text of no length costs. The limit between them leaves
room for a busy machine; times that are too short to be told from noise are taken for longer ones.
"""

import gc
import signal
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

MOST = 24.0
# Beyond that larger texts are tried: a square shows the more the larger they are, while what is
# looked ahead, and bounded, shows less.
SURELY_FAIR = 9.5
TOLD_APART = 0.0005  # seconds
LONG_ENOUGH = 0.012  # of the eightfold; a shorter one is made longer
TOO_LONG = 0.1  # if it is not fair
MUCH = 300_000  # bytes of memory
SHORTEST = 20
PATIENCE = 20.0  # seconds of CPU, after which it would never end

Make = Callable[[int], Any]
Read = Callable[[Any], object]


@dataclass(frozen=True)
class Growth:
    """Costs of a text of `size` and of the eightfold one."""

    size: int
    once: float
    eightfold: float
    nothing: float  # what the shortest costs
    least: float  # a smaller cost is taken for this one

    @property
    def ratio(self) -> float:
        return (self.eightfold - self.nothing) / max(self.once - self.nothing, self.least)

    def __str__(self) -> str:
        return f"{self.size}: {self.once:g}, 8 x {self.size}: {self.eightfold:g}"


def seconds(read: Read, text: Any) -> float:
    begun = time.thread_time()
    read(text)
    return time.thread_time() - begun


def peak(read: Read, text: Any) -> int:
    """Bytes that Python held at most while it read."""
    tracemalloc.start()
    try:
        read(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def growth_of_time(
    read: Read, make: Make, *, first: int, largest: int, told_apart: float = TOLD_APART
) -> Growth:
    """From small texts to larger ones, until the eightfold one takes long enough to tell."""
    size = first
    nothing = min(seconds(read, make(SHORTEST)) for _ in range(3))
    while True:
        growth = _time(read, make, size, nothing, told_apart, tries=1)
        for tries in (4, 16):
            # Something else may have come in between: the shortest of several is the true one.
            if growth.ratio >= MOST:
                growth = _time(read, make, size, nothing, told_apart, tries=tries)
        enough = LONG_ENOUGH if growth.ratio < SURELY_FAIR else TOO_LONG
        if growth.eightfold > enough or 8 * size >= largest:
            return growth
        size = min(4 * size, largest // 8)


def _time(
    read: Read, make: Make, size: int, nothing: float, told_apart: float, *, tries: int
) -> Growth:
    short, long = make(size), make(8 * size)
    times = [(seconds(read, short), seconds(read, long)) for _ in range(tries)]
    once, eightfold = (min(column) for column in zip(*times, strict=True))
    return Growth(size, once, eightfold, nothing, told_apart)


def growth_of_memory(read: Read, make: Make, size: int) -> Growth:
    return Growth(size, peak(read, make(size)), peak(read, make(8 * size)), 0, MUCH)


@contextmanager
def unhindered() -> Iterator[None]:
    """Without the collection of garbage looking through all of Django at some time or other."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def patience(most: float = PATIENCE) -> Iterator[None]:
    """What would never end fails instead. Python's expressions, too, look for signals."""

    def lose(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it did not end within {most:.0f} s of CPU")

    before = signal.signal(signal.SIGVTALRM, lose)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
