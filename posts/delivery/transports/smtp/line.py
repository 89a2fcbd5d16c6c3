"""One TCP connection: bytes to replies, and a deadline for each answer."""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any

from posts.delivery.transports.base import Transient
from posts.delivery.transports.smtp.dialogue import Dialogue, Tired
from subscribers.saying import sentence

LONGEST_REPLY = 64 * 1024  # bytes; RFC 5321 4.5.3.1.5 allows 512 a line
TIMEOUT = 30.0  # seconds, for each answer before a body
# RFC 5321 4.5.3.2.6 wants ten minutes for the answer to the final dot; we wait two, and doubt.
FINAL_TIMEOUT = 120.0
GOODBYE = 1.0  # for the answer to QUIT
# What `Dialogue.hear_usual` hears.
_USUAL = re.compile(rb"(?:250 [^\r\n]{0,500}\r\n){3}354 [^\r\n]{0,500}\r\n")


class SmtpLine(asyncio.Protocol):
    """First a line for the handshake, then, with a dialogue, for mail.

    `gone(line, error)` is called once, when it is of no more use and nothing on it is open;
    `heard(line)` after whatever came in was understood and answered.
    """

    def __init__(
        self,
        gone: Callable[["SmtpLine", Exception], None],
        heard: Callable[["SmtpLine"], None],
    ) -> None:
        self._gone = gone
        self._heard = heard
        self._rest = b""
        self._lines: list[bytes] = []  # of a reply of many lines
        self._replies: deque[tuple[int, bytes]] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._outgoing: list[bytes] = []
        self._transport: Any = None
        self._loop = asyncio.get_running_loop()
        self.dialogue: Dialogue | None = None
        self.dropped = False
        self._why: Exception | None = None  # it was dropped
        self.closed = asyncio.Event()
        self.deadline = 0.0  # of the loop's clock; 0: nothing is awaited

    # --- asyncio's side ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
        self._wake(exc or ConnectionError())
        reason = str(exc) if exc else sentence("without a word")
        dialogue = self.dialogue
        expected = dialogue is not None and (dialogue.idle or dialogue.leaving)
        kind = Tired if expected else Transient
        self.drop(
            kind(sentence("The mail server closed the connection (%(reason)s).", reason=reason))
        )

    def data_received(self, data: bytes) -> None:
        if self.dropped:
            self._transport.close()  # the goodbye was answered
            return
        try:
            if not self._heard_usual(data):
                self._lines_of(data)
            self.flush()
        except Exception as error:  # noqa: BLE001 - ours too: the engine tells a person
            self.drop(error)
        else:
            if self.dialogue is not None:
                self._heard(self)

    def _heard_usual(self, data: bytes) -> bool:
        """Most of what ever comes in, known at one glance."""
        if self.dialogue is None or self._rest or self._lines:
            return False
        return _USUAL.fullmatch(data) is not None and self.dialogue.hear_usual()

    def _lines_of(self, data: bytes) -> None:
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._line(line)
        if len(self._rest) + sum(map(len, self._lines)) > LONGEST_REPLY:
            raise Transient(sentence("The mail server's answer has no end."))

    def _line(self, line: bytes) -> None:
        if self.dropped:
            return
        line = line.rstrip(b"\r")
        if not line[:3].isdigit() or line[3:4] not in (b"", b" ", b"-"):
            raise Transient(
                sentence(
                    "The mail server's answer makes no sense here: %(line)s", line=repr(line[:200])
                )
            )
        if line[3:4] == b"-":
            self._lines.append(line[4:])
            return
        text = line[4:]
        if self._lines:
            text = b"\n".join([*self._lines, text])
            self._lines = []
        if self.dialogue is not None:
            self.dialogue.hear(int(line[:3]), text)
        else:
            self._replies.append((int(line[:3]), text))
            if self._waiter is not None and not self._waiter.done():
                self._waiter.set_result(None)

    # --- The handshake's side ---

    def send(self, data: bytes) -> None:
        self._transport.write(data)

    async def reply(self) -> tuple[int, bytes]:
        while not self._replies:
            if self.dropped:
                raise self._why or ConnectionError()
            self._waiter = self._loop.create_future()
            await self._waiter
        return self._replies.popleft()

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        if self._rest or self._replies or self._lines:
            # Said before the encryption began: somebody in between may have (CVE-2011-0411).
            raise Transient(sentence("The mail server went on talking before TLS had begun."))
        self._transport = await self._loop.start_tls(
            self._transport, self, context, server_hostname=host
        )

    # --- The engine's side ---

    def write(self, data: bytes) -> None:
        """Kept until `flush`, so that what belongs together leaves in one packet."""
        self._outgoing.append(data)

    def flush(self) -> None:
        if self._outgoing and not self.dropped:
            self._transport.writelines(self._outgoing)
        self._outgoing.clear()
        dialogue = self.dialogue
        if dialogue is None or dialogue.idle:
            self.deadline = 0.0
        else:
            patience = FINAL_TIMEOUT if dialogue.waits_for_body else TIMEOUT
            self.deadline = self._loop.time() + patience

    def begin(self) -> bool:
        """Start on the next message; false when there is none now."""
        began = self.dialogue is not None and self.dialogue.begin()
        self.flush()
        return began

    def drop(self, error: Exception) -> None:
        """Hang up at once: we may be in the middle of a body, where QUIT would be a line of it."""
        if self.dropped:
            return
        self.dropped = True
        self._wake(error)
        if self._transport is not None:
            self._transport.abort()
        if self.dialogue is not None:
            reason = sentence(
                "The connection was lost before the server's last answer (%(error)s).", error=error
            )
            self.dialogue.lost(reason)
        self._gone(self, error)

    def _wake(self, error: Exception) -> None:
        """The handshake hears of the end, with the reason."""
        self._why = self._why or error
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    def quit(self) -> None:
        """Part politely, with nothing open; `closed` is set when the server has answered."""
        self.dropped = True
        self._transport.write(b"QUIT\r\n")
        self._loop.call_later(GOODBYE, self._transport.abort)
