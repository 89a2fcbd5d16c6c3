"""What Django answers, and how it leaves: at once, as a file, or piece by piece.

None of the three holds one of Django's threads while a reader takes it, however slowly.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from granian.rsgi import ProtocolClosed

from subscribers.log_context import bind

__all__ = ["Django", "DjangoResponse", "answer_of", "send"]

Django = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

# A list as CSV comes line by line; a hop between threads costs more than a line.
PIECE = 65_536  # bytes
PIECE_SECONDS = 0.2
LONGEST_WAIT = 60.0  # seconds in which a reader takes not one piece
# Only the desk answers piece by piece, so this holds up no reader.
STREAMS = asyncio.Semaphore(8)


@dataclass(frozen=True, slots=True)
class DjangoResponse:
    """One of three: a body, a file on disk, or pieces that are still to be made. `part`: of the
    file only the bytes from the first to before the second."""

    status: int
    headers: Headers
    body: bytes = b""
    file: str = ""
    part: tuple[int, int] | None = None
    pieces: Iterable[bytes] | None = None


class _File:
    """Django hands a file that it wants to send to this, as `wsgi.file_wrapper` (PEP 3333)."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self._size = file, size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self._size), b"")

    def close(self) -> None:
        self.file.close()

    def path(self, headers: Headers) -> str:
        """Where it lies, if it is to be sent whole, or a part of it that the headers name; empty
        for another part, or for one in memory."""
        name = getattr(self.file, "name", None)
        if not isinstance(name, str) or not Path(name).is_absolute():
            return ""
        told = dict(headers)
        if "Content-Range" in told:
            return name
        return name if told.get("Content-Length") == str(Path(name).stat().st_size) else ""


def answer_of(django: Django, environ: dict[str, Any]) -> DjangoResponse:
    """Have Django answer; called in a thread."""
    said: list[tuple[int, Headers]] = []

    def start_response(line: str, headers: Headers, *_: Any) -> None:
        said.append((int(line.split(" ", 1)[0]), headers))

    with bind(request=secrets.token_hex(6)):
        result = django({**environ, "wsgi.file_wrapper": _File}, start_response)
    status, headers = said[-1]
    if isinstance(result, _File) and (path := result.path(headers)):
        result.close()
        return DjangoResponse(status, headers, file=path, part=_part(headers))
    if isinstance(result, _File) or getattr(result, "streaming", False):
        return DjangoResponse(status, headers, pieces=result)
    try:
        return DjangoResponse(status, headers, body=b"".join(result))
    finally:
        _close(result)


def _part(headers: Headers) -> tuple[int, int] | None:
    """From which byte to before which, as our own `Content-Range: bytes 0-99/1000` has it."""
    told = dict(headers).get("Content-Range")
    if told is None:
        return None
    first, _, last = told.removeprefix("bytes ").partition("/")[0].partition("-")
    return int(first), int(last) + 1


async def send(answer: DjangoResponse, proto: Any) -> None:
    """Write it to the reader."""
    if answer.pieces is not None:
        transport = proto.response_stream(answer.status, answer.headers)
        await _stream(answer.pieces, transport)
    elif answer.part:
        proto.response_file_range(answer.status, answer.headers, answer.file, *answer.part)
    elif answer.file:
        proto.response_file(answer.status, answer.headers, answer.file)
    else:
        proto.response_bytes(answer.status, answer.headers, answer.body)


async def _stream(lines: Iterable[bytes], transport: Any) -> None:
    """One piece at a time, all made by one thread: a database connection belongs to a thread."""
    pieces = _in_pieces(lines)
    loop = asyncio.get_running_loop()
    async with STREAMS:
        with ThreadPoolExecutor(1, thread_name_prefix="stream") as thread:
            try:
                while piece := await loop.run_in_executor(thread, next, pieces, b""):
                    async with asyncio.timeout(LONGEST_WAIT):
                        await transport.send_bytes(piece)
            except (ProtocolClosed, TimeoutError):
                pass  # she went away, or stopped reading
            finally:
                await loop.run_in_executor(thread, _close, lines)


def _in_pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces worth sending, without a long wait for any."""
    waiting, began = bytearray(), time.monotonic()
    for line in lines:
        waiting += line
        if len(waiting) >= PIECE or time.monotonic() - began > PIECE_SECONDS:
            yield bytes(waiting)
            waiting.clear()
            began = time.monotonic()
    if waiting:
        yield bytes(waiting)


def _close(result: Iterable[bytes]) -> None:
    """Tell Django that this answer is over: it closes connections and what was uploaded."""
    if close := getattr(result, "close", None):
        close()
