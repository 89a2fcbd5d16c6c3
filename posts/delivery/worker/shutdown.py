"""How this process hears that it is asked to end, and under which name it works."""

import mmap
import os
import socket
import time


class StopSign:
    """Set when this worker is asked to end: no new claims, the rest of a batch is handed back.

    Shared with forked children (`-P prefork`), whom the signal doesn't reach. A bare number
    instead of an Event: there is no lock that a killed child could leave locked.
    """

    def __init__(self) -> None:
        self._since = memoryview(mmap.mmap(-1, 8)).cast("d")

    def set(self) -> None:
        self._since[0] = time.monotonic()

    def clear(self) -> None:
        self._since[0] = 0.0

    def is_set(self) -> bool:
        return bool(self._since[0])

    def seconds(self) -> float:
        """Since it was set; 0 when it is not."""
        return time.monotonic() - self._since[0] if self.is_set() else 0.0


stopping = StopSign()


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
