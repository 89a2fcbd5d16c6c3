"""`/readyz`: whether all that a site needs is there, for a monitor or a balancer.

What it says is at most some seconds old, and looked up by one request at a time: however often it
is asked, nobody behind it notices. It tells no address, name or version.
"""

import shutil
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from posts.delivery import health, status

OLD = 3.0  # seconds
LEAST_FREE = 200_000_000  # bytes, as `doctor` has it


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _disk() -> bool:
    return shutil.disk_usage(settings.DATA_DIR).free >= LEAST_FREE


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "broker": lambda: health.broker().level == "ok",
    "worker": lambda: bool(status.workers_alive()),
    "beat": status.beat_rings,
    "disk": _disk,
}


class Readiness:
    """The last answer of this process, and who may look anew."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._known: dict[str, bool] | None = None
        self._at = 0.0

    def known(self) -> dict[str, bool]:
        """By name, whether it is there. Whoever comes while somebody looks gets what was known."""
        if self._is_fresh():
            return self._known or {}
        if self._looking.acquire(blocking=self._known is None):
            try:
                if not self._is_fresh():
                    self._known, self._at = look(), time.monotonic()
            finally:
                self._looking.release()
        return self._known or {}

    def _is_fresh(self) -> bool:
        return self._known is not None and time.monotonic() - self._at < OLD


def look() -> dict[str, bool]:
    """Without a database nobody knows of a worker or of beat, and neither is asked for."""
    found: dict[str, bool] = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check()
        except (DatabaseError, OSError):
            found[name] = False
    return found


readiness = Readiness()


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when all is there, else 503; which of it is, as JSON."""
    known = readiness.known()
    ready = bool(known) and all(known.values())
    checks = {name: "ok" if there else "failing" for name, there in known.items()}
    answer = JsonResponse(
        {"ready": ready, "checks": checks},
        status=200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )
    # Else Django would write an error into the log each time that a monitor asks.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
