"""An SMTP server that does as little as the protocol allows, so that the client is the limit.

`python -m tests.benchmarks.fast_sink PORT [LOG]`. One process, nothing kept but, in LOG, a line
"taken ADDRESS" for each mail, as `tests.sink` has it; it offers PIPELINING and answers all that
came at once in one write.
"""

import asyncio
import os
import sys
from functools import partial
from typing import cast

import uvloop

END = b"\r\n.\r\n"


class Fast(asyncio.Protocol):
    def __init__(self, log: int) -> None:
        """`log`: a descriptor; below 0, nobody wants to know."""
        self.log = log
        self.taken: list[bytes] = []
        self.recipient = b""
        self.pending = b""
        self.answers: list[bytes] = []
        self.in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while self._step():
            pass
        if self.taken:  # written down before it is answered
            os.write(self.log, b"".join(self.taken))
            self.taken.clear()
        self.transport.write(b"".join(self.answers))
        self.answers.clear()

    def _step(self) -> bool:
        """Answer one command or one body; false when more has to come first."""
        if self.in_data:
            _, found, rest = self.pending.partition(END)
            if not found:
                return False
            self.in_data, self.pending = False, rest
            if self.log >= 0:
                self.taken.append(b"taken %s\n" % self.recipient)
            self.answers.append(b"250 taken\r\n")
            return True
        line, found, rest = self.pending.partition(b"\r\n")
        if not found:
            return False
        self.pending = rest
        if self.log >= 0 and line[:8].upper() == b"RCPT TO:":
            self.recipient = line[8:].strip(b" <>")
        self._answer(line[:4].upper())
        return True

    def _answer(self, verb: bytes) -> None:
        if verb == b"DATA":
            self.in_data = True
            self.answers.append(b"354 go on\r\n")
        elif verb == b"EHLO":
            self.answers.append(b"250-sink\r\n250 PIPELINING\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.answers.append(b"250 ok\r\n")


async def serve(port: int, log: str = "") -> None:
    file = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600) if log else -1
    make = partial(Fast, file)
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), *sys.argv[2:]))
