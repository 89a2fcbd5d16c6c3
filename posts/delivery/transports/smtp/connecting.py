"""Opening one connection: TCP, TLS, EHLO and login (RFC 5321, 3207, 4954)."""

import base64
import socket
import ssl
from dataclasses import dataclass, field
from typing import Protocol

from posts.delivery.transports.base import (
    Misconfigured,
    Throttled,
    Transient,
    TransportError,
)
from posts.delivery.transports.smtp.dialogue import CLOSING, said

TIMEOUT = 30.0  # seconds, for all of it: a server that takes longer is not one to mail through


class FreshConnection(Protocol):
    """A fresh connection as the handshake needs it."""

    def send(self, data: bytes) -> None: ...

    async def reply(self) -> tuple[int, bytes]:
        """The next complete reply. Raises ConnectionError when there will be none."""

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None: ...


@dataclass(frozen=True)
class Server:
    """Where to connect, and as whom."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Abilities:
    """What the server said to EHLO that matters to us."""

    pipelining: bool = False
    size: bool = False
    starttls: bool = False
    auth: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: bytes) -> "Abilities":
        lines = [line.decode("ascii", "replace").upper().split() for line in text.split(b"\n")]
        said_so = {line[0]: line[1:] for line in lines[1:] if line}
        return cls(
            pipelining="PIPELINING" in said_so,
            size="SIZE" in said_so,
            starttls="STARTTLS" in said_so,
            auth=frozenset(said_so.get("AUTH", [])),
        )


async def shake_hands(server: Server, line: FreshConnection) -> Abilities:
    """From the greeting to the login: after it the line is ready for MAIL. Raises whatever went
    wrong; `explain` puts it in words."""
    await _expect(line, 220)
    abilities = await _hello(line)
    if server.scheme == "smtp+tls":
        if not abilities.starttls:
            raise Misconfigured(
                f"The mail server {server.host} does not offer STARTTLS. Write smtp:// in "
                "EMAIL_URL if it is on your own network, or smtps:// if it speaks TLS from the "
                "start, then resume."
            )
        line.send(b"STARTTLS\r\n")
        await _expect(line, 220)
        await line.start_tls(ssl.create_default_context(), server.host)
        abilities = await _hello(line)  # what was said before TLS may be somebody else's words
    if server.user:
        await _log_in(server, line, abilities)
    return abilities


class Unwilling(Exception):
    """The server answered, and its answer was no."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(said(code, text))
        self.code = code


class LoginRefused(Unwilling):
    """It knows us not."""


async def _expect(line: FreshConnection, code: int) -> bytes:
    got, text = await line.reply()
    if got != code:
        raise Unwilling(got, text)
    return text


async def _hello(line: FreshConnection) -> Abilities:
    name = socket.getfqdn()
    if "." not in name or not name.isascii():
        name = "[127.0.0.1]"
    line.send(f"EHLO {name}\r\n".encode("ascii"))
    code, text = await line.reply()
    if code == 250:
        return Abilities.parse(text)
    line.send(f"HELO {name}\r\n".encode("ascii"))
    await _expect(line, 250)
    return Abilities()


async def _log_in(server: Server, line: FreshConnection, abilities: Abilities) -> None:
    user, password = server.user.encode(), server.password.encode()
    if "PLAIN" in abilities.auth:
        line.send(b"AUTH PLAIN " + base64.b64encode(b"\0%b\0%b" % (user, password)) + b"\r\n")
    elif "LOGIN" in abilities.auth:
        line.send(b"AUTH LOGIN\r\n")
        for secret in (user, password):
            await _expect(line, 334)
            line.send(base64.b64encode(secret) + b"\r\n")
    else:
        offered = ", ".join(sorted(abilities.auth)) or "none"
        raise Misconfigured(
            f"The mail server {server.host} takes no login that we know (PLAIN or LOGIN; it offers "
            f"{offered}). Many do so only after TLS: write smtp+tls:// in EMAIL_URL, or leave out "
            "user and password, then resume."
        )
    code, text = await line.reply()
    if code != 235:
        raise LoginRefused(code, text)


def explain(server: Server, error: Exception) -> TransportError:
    """What went wrong on the way to a connection, for the person who reads the mailing's page."""
    where = f"{server.host}:{server.port}"
    match error:
        case TransportError():
            return error
        case LoginRefused() if error.code // 100 == 5:
            return Misconfigured(
                f"The mail server {server.host} refused the login: {error} "
                "Check user and password in EMAIL_URL, then resume."
            )
        case Unwilling() if error.code == CLOSING:
            return Throttled(f"The mail server {server.host} does not take mail now: {error}")
        case Unwilling():
            return Transient(f"The mail server {server.host} does not take mail now: {error}")
        case ssl.SSLCertVerificationError():
            return Misconfigured(
                f"The certificate of {server.host} cannot be trusted: {error.verify_message}."
            )
        case socket.gaierror():
            return Transient(
                f"We couldn't find the mail server {server.host}: the name has no address "
                f"({error.strerror}). We keep trying, and go on by ourselves when it has one."
            )
        case TimeoutError():
            reason = "it does not answer"
        case ConnectionError() if error.errno is None:
            reason = "it closed the connection"
        case _:
            reason = str(error)
    return Transient(
        f"We couldn't reach the mail server {where} ({reason}). "
        "We keep trying, and go on by ourselves when it answers."
    )
