"""What granian hands to an RSGI application, without granian: a request, and where answers go.

`tests/faults/test_slow_connections.py` talks to the real one.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST = "localhost:8000"  # of the SITE_URL under test


class Headers:
    """With repeats, as they came; names in small letters."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = list(pairs)

    def __contains__(self, name: str) -> bool:
        return any(name == given for given, _ in self._pairs)

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for given, value in self._pairs if given == name), default)

    def items(self) -> list[tuple[str, str]]:
        return list(self._pairs)


@dataclass
class Scope:
    path: str = "/"
    method: str = "GET"
    query_string: str = ""
    headers: Headers = field(default_factory=lambda: Headers(("host", HOST)))
    proto: str = "http"
    http_version: str = "1.1"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:40000"


def request(path: str, *, method: str = "GET", query: str = "", **headers: str) -> Scope:
    named = ((name.replace("_", "-"), value) for name, value in headers.items())
    return Scope(path, method, query, Headers(("host", HOST), *named))


class Protocol:
    """Sends the pieces of a body, each after its pause, and takes the answer."""

    def __init__(self, *pieces: bytes | float, goes_away_after: int | None = None) -> None:
        """A number among the pieces is a pause in seconds."""
        self._pieces = pieces
        self._left = goes_away_after
        self.asked = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.file = ""
        self.sent: list[bytes] = []

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.asked = True
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                await asyncio.sleep(piece)

    def close(self, status: int | None) -> None:
        self.status = status or 0

    def _begin(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        assert not self.status, "answered twice"
        self.status, self.headers = status, {name.lower(): value for name, value in headers}

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self._begin(status, headers)
        self.body = body

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        self.response_bytes(status, headers, body.encode())

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        self._begin(status, headers)
        self.file, self.body = file, Path(file).read_bytes()

    def response_file_range(
        self, status: int, headers: list[tuple[str, str]], file: str, start: int, end: int
    ) -> None:
        """`end` is the first byte that is not sent."""
        self._begin(status, headers)
        self.file, self.body = file, Path(file).read_bytes()[start:end]

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Protocol":
        self._begin(status, headers)
        return self

    async def send_bytes(self, data: bytes) -> None:
        from granian.rsgi import ProtocolClosed

        if self._left is not None and len(self.sent) >= self._left:
            raise ProtocolClosed
        await asyncio.sleep(0)
        self.sent.append(data)
        self.body += data

    def json(self) -> Any:
        return json.loads(self.body)
