"""Bodies of requests, read before a thread is taken for them, with a deadline.

A body has to arrive within a few seconds, or at a least rate where it is long (RFC 9110, 15.5.9).
What is long waits in a temporary file, so that memory stays flat however many there are.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO

from django.conf import settings

__all__ = ["GRACE", "Bodies", "BodyRefused"]

GRACE = 8.0  # seconds in which a body may arrive at any rate
LEAST_RATE = 4_000.0  # bytes a second after that
LONGEST_PAUSE = 30.0  # seconds between two pieces, however fast it was before
IN_MEMORY = 16_384  # bytes of one body; most forms are far shorter
MB = 1_048_576


class BodyRefused(Exception):
    """A request that does not reach Django: what to answer, and why."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Bodies:
    """Reads bodies, and knows how much of them lies on disk at this moment."""

    def __init__(self, *, disk: int | None = None) -> None:
        """`disk`: bytes that all temporary files may have together."""
        self._free = 2 * largest("/admin/") if disk is None else disk

    @asynccontextmanager
    async def received(
        self, pieces: AsyncIterable[bytes], *, length: int, path: str
    ) -> AsyncIterator[IO[bytes]]:
        """The whole body, as a file at its beginning, which lasts as long as the context.

        `length` is what its Content-Length says. Raises BodyRefused: 413 (before a byte is read),
        408, 400 where the sender went away in the middle, and 503 where there is no room.
        """
        if length > largest(path):
            raise BodyRefused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"That is more than can be sent here: {largest(path) // MB} MB at most.",
            )
        on_disk = length if length > IN_MEMORY else 0
        if on_disk > self._free:
            raise BodyRefused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Too much is being sent to us at this moment. Please try again in some minutes.",
            )
        self._free -= on_disk
        try:
            with SpooledTemporaryFile(IN_MEMORY, dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
                await _read(pieces, length, file)
                file.seek(0)
                yield file
        finally:
            self._free += on_disk


def largest(path: str) -> int:
    """Bytes of the longest body that is read for this path."""
    if path.startswith("/admin/"):
        return int(settings.IMPORT_MAX_MB) * MB  # a list, and the rest of its form
    if path.startswith("/hooks/"):
        return 10_000_001  # the view says more about longer ones
    if path == "/api/v1/posts/import":
        return 64 * MB  # a text and its pictures
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


async def _read(pieces: AsyncIterable[bytes], length: int, file: IO[bytes]) -> None:
    clock = asyncio.get_running_loop().time
    began, received = clock(), 0
    source = aiter(pieces)
    while received < length:
        due = began + GRACE + received / LEAST_RATE
        try:
            async with asyncio.timeout_at(min(due, clock() + LONGEST_PAUSE)):
                piece = await anext(source)
        except TimeoutError:
            raise BodyRefused(
                HTTPStatus.REQUEST_TIMEOUT,
                "What you sent arrived too slowly, and nothing was done. Please send it again.",
            ) from None
        except StopAsyncIteration:
            raise BodyRefused(
                HTTPStatus.BAD_REQUEST, "The connection ended in the middle of what was sent."
            ) from None
        file.write(piece)
        received += len(piece)
