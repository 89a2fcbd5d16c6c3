"""A TCP proxy that makes a server far away: `python -m tests.benchmarks.delay PORT TO SECONDS`.

Whatever is read is passed on half a round trip later, however much else is on its way: a long
line, not a narrow one. Each way has the same delay, so one queue and one timer do for all
connections, which keeps it cheap beside what is measured.
"""

import asyncio
import sys
from collections import deque
from typing import cast

import uvloop


class Line:
    """All that is on its way, in the order of its arrival."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._on_its_way: deque[tuple[float, End, bytes | None]] = deque()

    def send(self, end: "End", data: bytes | None) -> None:
        """Data, or None for the end of it."""
        if not self._on_its_way:
            self._loop.call_later(self._delay, self._arrive)
        self._on_its_way.append((self._loop.time() + self._delay, end, data))

    def _arrive(self) -> None:
        now = self._loop.time()
        while self._on_its_way and self._on_its_way[0][0] <= now:
            _, end, data = self._on_its_way.popleft()
            end.hand_over(data)
        if self._on_its_way:
            self._loop.call_at(self._on_its_way[0][0], self._arrive)


class End(asyncio.Protocol):
    """One of the two sockets of a connection."""

    other: "End"
    transport: asyncio.Transport | None = None

    def __init__(self, line: Line) -> None:
        self.line = line
        self.early: list[bytes | None] = []  # came while the far socket was not open yet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        for data in self.early:
            self.hand_over(data)
        self.early.clear()

    def data_received(self, data: bytes) -> None:
        self.line.send(self.other, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.line.send(self.other, None)

    def hand_over(self, data: bytes | None) -> None:
        if self.transport is None:
            self.early.append(data)
        elif self.transport.is_closing():
            return  # hung up meanwhile; uvloop would raise, and all other lines would wait for ever
        elif data is None:
            self.transport.close()
        else:
            self.transport.write(data)


class Near(End):
    """The client's; it dials the server."""

    def __init__(self, line: Line, to: int) -> None:
        super().__init__(line)
        self.other = End(line)
        self.other.other = self
        self._to = to

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._dialling = loop.create_task(loop.create_connection(self._far, "127.0.0.1", self._to))

    def _far(self) -> End:
        return self.other


async def serve(port: int, to: int, round_trip: float) -> None:
    line = Line(round_trip / 2)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Near(line, to), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
