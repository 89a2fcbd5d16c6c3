"""A mail server that holds every client to RFC 5321 and 2920, and counts its connections."""

import asyncio
import re
import ssl
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session

from tests.sink import Handler, Sink, free_port
from tests.waiting import until

SYNTAX = re.compile(
    rb"EHLO \S+|HELO \S+|STARTTLS|AUTH (PLAIN \S+|LOGIN)|RSET|QUIT|DATA"
    rb"|MAIL FROM:<[^<> ]+>( SIZE=\d+)?|RCPT TO:<[^<> ]+>"
)
ALONE = {b"EHLO", b"HELO", b"STARTTLS", b"AUTH"}  # nothing may follow before the answer


class CheckingHandler(Handler):
    pipelining = True

    async def handle_EHLO(
        self,
        server: Server,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if self.pipelining:
            responses.insert(1, "250-PIPELINING")
        return responses


class CheckingServer(Server):
    """One connection. `wrong` of its sink collects what a client must not do."""

    sink: "CheckingSink"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._reset_checks()
        if self.transport is None:  # STARTTLS makes it a second time
            self.groups: list[list[bytes]] = []
            self.taken = 0
            self.sink.connections.append(self)
            self.sink.open += 1
            self.sink.most_open = max(self.sink.most_open, self.sink.open)
            self.too_many = self.sink.open > self.sink.most
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        if self.too_many:
            await self.push("421 4.3.2 too many connections")
            assert self.transport is not None
            self.transport.close()
        else:
            await super()._handle_client()

    def connection_lost(self, error: Exception | None) -> None:
        self.sink.open -= 1
        super().connection_lost(error)

    def _reset_checks(self) -> None:
        self._line = b""
        self._in_body = False
        self._unanswered = 0
        self._closed_to = b""  # a command that nothing may follow before its answer
        self._login = False

    def data_received(self, data: bytes) -> None:
        group: list[bytes] = []
        if self._closed_to:
            self._wrong(f"said after {self._closed_to!r}, before its answer: {data[:60]!r}")
        lines = (self._line + data).split(b"\r\n")
        self._line = lines.pop()
        for line in lines:
            self._check(line, group)
        if group:
            self.groups.append(group)
        super().data_received(data)

    def _check(self, line: bytes, group: list[bytes]) -> None:
        if b"\n" in line or b"\r" in line:
            self._wrong(f"a bare line end in {line!r}")
        if self._in_body:
            self._check_body(line)
        elif self._login:
            self._login = False
            self._unanswered += 1
        else:
            verb = line[:4] if line[:4] != b"STAR" else b"STARTTLS"
            if not SYNTAX.fullmatch(line):
                self._wrong(f"no command: {line!r}")
            if self._closed_to:
                self._wrong(f"{line!r} in one write with {self._closed_to!r}")
            if self._unanswered and not self.sink.handler.pipelining:
                self._wrong(f"{line!r} before the last answer")
            if verb in ALONE or verb == b"DATA":
                self._closed_to = verb
            self._unanswered += 1
            group.append(verb)

    def _check_body(self, line: bytes) -> None:
        if line == b".":
            self._in_body = False
            self._unanswered += 1
        elif line.startswith(b"."):
            self._wrong(f"a dot that is not stuffed: {line!r}")
        elif len(line) > 998:
            self._wrong("a line of more than 998 bytes")

    async def push(self, status: Any) -> None:
        text = status.decode() if isinstance(status, bytes) else str(status)
        if text[3:4] != "-":
            self._unanswered = max(0, self._unanswered - 1)  # the greeting answers nothing
            self._in_body = self._in_body or text.startswith("354")
            self._login = text.startswith("334")
            self._closed_to = b""
        if text.startswith("250 taken"):
            self.taken += 1
        await super().push(status)

    def _wrong(self, what: str) -> None:
        self.sink.wrong.append(what)


class CheckingSink(Sink):
    """`most` connections at a time; the others hear 421."""

    handler: CheckingHandler

    def __init__(
        self,
        *,
        pipelining: bool = True,
        most: int = 1_000,
        smtps: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        login: Any = None,
        mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN"),
        **how: Any,
    ) -> None:
        self.port = free_port()
        self.handler = CheckingHandler(**how)
        self.handler.pipelining = pipelining
        self.most = most
        self.open = self.most_open = 0
        self.connections: list[CheckingServer] = []
        self.wrong: list[str] = []
        self.smtps = smtps is not None
        options: dict[str, Any] = {"hostname": "127.0.0.1", "port": self.port}
        if login is not None:
            excluded = [name for name in ("PLAIN", "LOGIN") if name not in mechanisms]
            options |= {
                "authenticator": login,
                "auth_require_tls": False,
                "auth_exclude_mechanism": excluded,
            }
        if starttls is not None:
            options |= {"tls_context": starttls, "require_starttls": True}
        self.controller = _Controller(self, ssl_context=smtps, **options)

    @property
    def url(self) -> str:
        return f"{'smtps' if self.smtps else 'smtp'}://localhost:{self.port}"

    def __enter__(self) -> Self:
        super().__enter__()
        until(lambda: not self.open)  # the controller knocked once, to see whether it is there
        self.connections.clear()
        self.most_open = 0
        return self

    def parting(self) -> list[int]:
        """How many messages each connection took."""
        return [connection.taken for connection in self.connections]


class _Controller(Controller):
    def __init__(self, sink: CheckingSink, **options: Any) -> None:
        self.sink = sink
        super().__init__(sink.handler, **options)

    def factory(self) -> CheckingServer:
        server = CheckingServer(self.handler, **self.SMTP_kwargs)
        server.sink = self.sink
        return server
