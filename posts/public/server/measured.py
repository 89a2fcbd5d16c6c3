"""Requests, counted by kind and status over all web processes of this host.

Only where METRICS_TOKEN or METRICS_NETWORKS is set is anything of this loaded. The counts lie in
files that all processes map (the multiprocess mode of `prometheus_client`), in `metrics` below
DATA_DIR.
"""

import asyncio
import os
import time
from pathlib import Path

from django.conf import settings

__all__ = ["Measured", "kind_of", "text"]

# By the first part of the path; everything else is a page.
KINDS = {
    "admin": "desk",
    "s": "share link",
    "hooks": "hook",
    "media": "file",
    "static": "file",
    "subscribe": "form",
    "confirm": "form",
    "preferences": "form",
    "unsubscribe": "form",
    "healthz": "monitor",
    "readyz": "monitor",
    "metrics": "monitor",
}
SOON = 1.0  # seconds until kept pages are counted
OF_THE_DEAD = 24 * 3600.0  # seconds after which the counts of a process that ended are dropped


def kind_of(path: str) -> str:
    return KINDS.get(path[1:].partition("/")[0], "page")


def folder() -> Path:
    return Path(settings.DATA_DIR) / "metrics"


class Measured:
    """One for each web process."""

    def __init__(self) -> None:
        _prepare(folder())
        from prometheus_client import CollectorRegistry, Counter, Histogram

        registry = CollectorRegistry()
        self._requests = Counter(
            "passalong_requests",
            "Requests by kind and status; kept: a page given again without being made.",
            ["kind", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "passalong_request_seconds",
            "How long it took to make an answer, by kind.",
            ["kind"],
            buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=registry,
        )
        self._kept = 0

    def kept(self) -> None:
        """Nearly all requests: one addition, and once a second a count."""
        if not self._kept:
            asyncio.get_running_loop().call_later(SOON, self._count_kept)
        self._kept += 1

    def _count_kept(self) -> None:
        self._requests.labels("kept", "any").inc(self._kept)
        self._kept = 0

    def made(self, path: str, status: int, began: float) -> None:
        """`began`: by `time.perf_counter`."""
        kind = kind_of(path)
        self._requests.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(time.perf_counter() - began)


def text() -> bytes:
    """What all processes of this host counted."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    _prepare(folder())
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder()))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _prepare(path: Path) -> None:
    """`prometheus_client` looks at this variable when it is imported, and never again."""
    path.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(path)
    for file in path.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        old = time.time() - file.stat().st_mtime > OF_THE_DEAD
        if old and pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            file.unlink(missing_ok=True)
