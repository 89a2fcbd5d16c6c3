"""A mail server that takes everything, writes down whom it took a mail for, and can misbehave.

In tests: `with Sink() as sink`. As a process of its own, for fault tests and benchmarks:
`python -m tests.sink --port 2525 --log FILE --rate 500`.
"""

import argparse
import asyncio
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, Session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Handler:
    """`rcpt` and `data` map an address to the answer it gets; "drop" hangs up instead."""

    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    mail: str = "250 OK"
    rate: float = 0.0  # messages a second over all connections; 0: as fast as it goes
    log: Path | None = None
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    _free_at: float = 0.0

    async def handle_MAIL(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer == "drop":
            self._hang_up(server)
        if answer.startswith("25"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        [address] = envelope.rcpt_tos
        answer = self.data.get(address, "250 taken")
        if answer == "drop":
            self._hang_up(server)
        if answer.startswith("250"):
            await self._wait_for_turn()
            self._take(address, envelope)
        return answer

    async def _wait_for_turn(self) -> None:
        if self.rate:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + 1 / self.rate
            await asyncio.sleep(self._free_at - now)

    def _take(self, address: str, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        if self.log is None:
            self.messages.append((address, content))
        else:
            with self.log.open("a") as file:
                file.write(f"{address}\n")

    @staticmethod
    def _hang_up(server: Server) -> None:
        transport = server.transport
        assert transport is not None
        transport.abort()


class Sink:
    """The server in a thread of its own, on a port of its own."""

    def __init__(self, *, port: int = 0, user: str = "", password: str = "", **how: Any) -> None:
        self.port = port or free_port()
        self.handler = Handler(**how)
        options: dict[str, Any] = {"hostname": "127.0.0.1", "port": self.port}
        if user:

            def check(_: object, __: object, ___: object, ____: str, data: Any) -> AuthResult:
                known = (data.login, data.password) == (user.encode(), password.encode())
                return AuthResult(success=known, handled=False)

            options |= {"authenticator": check, "auth_require_tls": False}
        self.controller = Controller(self.handler, **options)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.handler.messages]

    def parsed(self) -> list[EmailMessage]:
        parser = BytesParser(policy=default)
        found = [parser.parsebytes(content) for _, content in self.handler.messages]
        return [message for message in found if isinstance(message, EmailMessage)]

    def __enter__(self) -> Self:
        self.controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.controller.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=0.0)
    options = parser.parse_args()
    options.log.touch()
    with (
        Sink(port=options.port, log=options.log, rate=options.rate),
        suppress(KeyboardInterrupt),
    ):
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
