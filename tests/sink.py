"""A mail server that takes everything, writes down what it answered to whom, and can misbehave.

In tests: `with Sink() as sink`. As a process of its own, for fault tests and benchmarks:
`python -m tests.sink --port 2525 --log FILE --rate 500`. Each line of FILE is a word and an
address: "taken" for a mail that is the sink's now (whether or not its answer arrived), else the
name of the mischief that befell it.
"""

import argparse
import asyncio
import os
import socket
import time
import zlib
from collections.abc import Mapping
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


TAKEN = "taken"
# What may befall an address: refused for now, refused for good; hung up instead of an answer to
# DATA, in the middle of its body, or after the final dot, when the mail is taken already.
MISCHIEF = ("451", "550", "before-data", "after-data", "after-dot")


@dataclass
class Mischief:
    """So many per cent of all addresses meet each; always the same ones, so that a run can be
    repeated. All but "550" is over after the first time, as greylisting is."""

    per_cent: Mapping[str, float]
    met: set[str] = field(default_factory=set)

    def of(self, address: str) -> str:
        """What this address has to meet now; empty: nothing."""
        place = zlib.crc32(address.encode()) % 10_000 / 100
        for kind in MISCHIEF:
            place -= self.per_cent.get(kind, 0.0)
            if place < 0:
                return "" if address in self.met and kind != "550" else kind
        return ""


@dataclass
class Handler:
    """`rcpt` and `data` map an address to the answer it gets; "drop" hangs up instead."""

    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    mail: str = "250 OK"
    rate: float = 0.0  # messages a second over all connections; 0: as fast as it goes
    log: Path | None = None
    mischief: Mischief = field(default_factory=lambda: Mischief({}))
    pipelining: bool = False  # say that it can be done; it can in any case
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    _free_at: float = 0.0
    _file: int = -1

    def __post_init__(self) -> None:
        if self.log is not None:
            self._file = os.open(self.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)

    async def handle_EHLO(
        self,
        server: Server,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        extra = ["250-PIPELINING"] if self.pipelining else []
        return [*responses[:-1], *extra, responses[-1]]

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
        if (kind := self.mischief.of(address)) in ("451", "550"):
            self.note(kind, address)
            answer = f"{kind} not {address}"
        if answer == "drop":
            self.hang_up(server)
        if answer.startswith("25"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        [address] = envelope.rcpt_tos
        answer = self.data.get(address, "250 taken")
        if answer == "drop":
            self.hang_up(server)
        if answer.startswith("250"):
            await self._wait_for_turn()
            kind = self.mischief.of(address)
            self._take(address, envelope)
            if kind == "after-dot":
                self.note(kind, address)
                self.hang_up(server)
        return answer

    async def _wait_for_turn(self) -> None:
        if self.rate:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + 1 / self.rate
            await asyncio.sleep(self._free_at - now)

    def _take(self, address: str, envelope: Envelope) -> None:
        if self.log is None:
            self.messages.append((address, envelope.original_content or b""))
        else:
            self._write(TAKEN, address)

    def note(self, kind: str, address: str) -> None:
        """A mischief that befalls this address, now."""
        self.mischief.met.add(address)
        if self.log is not None:
            self._write(kind, address)

    def _write(self, word: str, address: str) -> None:
        """In one write, never synced: nothing of it is lost when this process is killed."""
        os.write(self._file, f"{word} {address}\n".encode())

    @staticmethod
    def hang_up(server: Server) -> None:
        transport = server.transport
        assert transport is not None
        transport.abort()


class Smtp(Server):
    """Hangs up around DATA where mischief says so."""

    async def smtp_DATA(self, arg: str) -> None:
        handler = self.event_handler
        assert isinstance(handler, Handler)
        for address in self.envelope.rcpt_tos:
            kind = handler.mischief.of(address)
            if kind in ("before-data", "after-data"):
                handler.note(kind, address)
                if kind == "after-data":
                    await self.push("354 go on")
                    await self._reader.readline()  # so that some of the body has come for sure
                handler.hang_up(self)
                return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> Server:
        return Smtp(self.handler, **self.SMTP_kwargs)


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
        self.controller = _Controller(self.handler, **options)

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
        self.handler.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--pipelining", action="store_true")
    for kind in MISCHIEF:
        parser.add_argument(f"--{kind}", type=float, default=0.0, metavar="PER_CENT", dest=kind)
    options = parser.parse_args()
    how = {
        "log": options.log,
        "rate": options.rate,
        "pipelining": options.pipelining,
        "mischief": Mischief({kind: getattr(options, kind) for kind in MISCHIEF}),
    }
    with Sink(port=options.port, **how), suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
