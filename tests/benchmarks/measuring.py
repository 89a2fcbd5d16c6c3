"""What a run costs, how long it may take, and how figures are said.

BENCHMARK_SIZE=full has the sizes and thresholds of the issue and wants a quiet machine; small
finds what became several times worse, on any.
"""

import os
import statistics
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

SIZE = os.environ.get("BENCHMARK_SIZE", "full")


def sized(*, small: T, full: T) -> T:
    return {"small": small, "full": full}[SIZE]


MICRO = 1e6
MB = 1024 * 1024
IDLE = sized(small=0.5, full=2.0)  # seconds


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all its threads: what /proc/<pid>/stat tells in ticks of
    10 ms, from the clock behind it (Linux, see clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def memory(pid: int, name: str = "VmRSS") -> float:
    """MB in memory now, or (VmHWM) at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024 / MB


def forget_peak(pid: int) -> None:
    """VmHWM begins anew: starting up needed more than idling does."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def wait_until_idle(pid: int, *, seconds: float = 30.0) -> None:
    """Until the process hardly does anything any more."""
    until = time.monotonic() + seconds
    before = cpu_seconds(pid)
    while True:
        time.sleep(IDLE)
        now = cpu_seconds(pid)
        if now - before < IDLE / 20:
            return
        assert time.monotonic() < until, f"not idle after {seconds} s"
        before = now


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the figures are what this is for


class Figures:
    """Says each figure of a block, and fails at its end: one that is missed hides no other."""

    def __init__(self) -> None:
        self._missed: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            assert not self._missed, "; ".join(self._missed)

    def at_least(self, what: str, reached: float, wanted: float) -> None:
        self._judge(f"{what}: {reached:,.2f}, wanted at least {wanted:,.2f}", reached >= wanted)

    def at_most(self, what: str, reached: float, wanted: float) -> None:
        self._judge(f"{what}: {reached:,.2f}, wanted at most {wanted:,.2f}", reached <= wanted)

    def _judge(self, words: str, good: bool) -> None:
        say(f"  {words}{'' if good else '   MISSED'}")
        if not good:
            self._missed.append(words)
