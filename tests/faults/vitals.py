"""What each process of a site holds, written down at every look: memory, open files, tables."""

import os
import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.benchmarks.measuring import memory, say
from tests.faults.site import Site
from tests.processes import family

TABLES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'
AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC, 1 LIMIT 5
"""
WORDS_OF_ERRORS = ("ERROR", "CRITICAL", "Traceback (most recent call last)", "FATAL", "PANIC")
WARM = 1 / 3  # of the time: until then caches fill and pools grow, as they should
MOST_GROWTH = 16.0  # MB an hour; a process that lives for a month and leaks more is found dead
MOST_MORE_FILES = 20


@dataclass(frozen=True)
class Look:
    """One process at one moment: seconds since the beginning, MB, open files."""

    at: float
    memory: float
    files: int


class Vitals:
    """Looks at the processes from time to time, in a thread, until the end of the block."""

    def __init__(self, site: Site, processes: Mapping[str, int], *, every: float) -> None:
        self.looks: dict[str, list[Look]] = {}
        self._site, self._processes, self._every = site, processes, every
        self._began = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._over.wait(self._every):
            self._look()

    def _look(self) -> None:
        at = time.monotonic() - self._began
        parts = []
        for name, pid in self._everybody():
            look = Look(at, memory(pid), len(os.listdir(f"/proc/{pid}/fd")))
            self.looks.setdefault(name, []).append(look)
            parts.append(f"{name} {look.memory:.0f} MB {look.files} files")
        sizes = (f"{table} {size / 1e6:.0f}" for table, size in self._site.select(TABLES))
        errors = len(errors_in(self._site))
        say(
            f"  {at / 60:5.1f} min: {', '.join(parts)}; MB of tables: {', '.join(sizes)}; "
            f"errors {errors}"
        )

    def _everybody(self) -> list[tuple[str, int]]:
        """Each process and those that it started, always in the same order."""
        found = []
        for name, pid in self._processes.items():
            found.append((name, pid))
            started = sorted(family(pid))
            found += [(f"{name}/{number}", child) for number, child in enumerate(started, 1)]
        return found

    def growth(self, name: str) -> float:
        """MB an hour, by the straight line through what was seen once it was warm."""
        looks = self.looks[name]
        warm = looks[int(len(looks) * WARM) :]
        hours = [look.at / 3600 for look in warm]
        return statistics.linear_regression(hours, [look.memory for look in warm]).slope

    def more_files(self, name: str) -> int:
        """How many more are open at the end than once it was warm."""
        looks = self.looks[name]
        return looks[-1].files - looks[int(len(looks) * WARM)].files


def errors_in(site: Site) -> list[str]:
    """Lines of any log that tell of one."""
    return [
        f"{log.name}: {line}"
        for log in sorted(site.folder.glob("*.log"))
        for line in log.read_text(errors="replace").splitlines()
        if log.name != "sink.log" and any(word in line for word in WORDS_OF_ERRORS)
    ]
