"""Waiting for what happens beside a test.

The times here only guard against waiting for ever: no test passes or fails by how fast something
is. They are longer than a busy machine takes, and shorter than what the code itself waits before
it gives up (30 s for a mail server), so that what ends only then has not ended in time.
"""

import threading
import time
from collections.abc import Callable

from django.db import connections

__all__ = ["PATIENCE", "InTheBackground", "until"]

PATIENCE = 60.0  # seconds: a busy machine needs most of them, an idle one hardly any


def until(truth: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Whether `truth` came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if truth():
            return True
        time.sleep(0.02)
    return False


class InTheBackground:
    """Something in a thread of its own; `error` is what it raised."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.error: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error
        finally:
            connections.close_all()  # this thread's own

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def join(self) -> None:
        """It ends, and not only when the code's own patience does."""
        self._thread.join(PATIENCE)
        assert self.ended, "it did not end"
