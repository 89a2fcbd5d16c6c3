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
from posts.delivery.transports.smtp.replies import CLOSING, said
from subscribers.saying import in_a_row, sentence

TIMEOUT = 30.0  # seconds until TCP (and TLS) is up; and from the greeting until the login
GREETING_TIMEOUT = 60.0  # some let strangers wait; RFC 5321 4.5.3.2.1 would allow five minutes

# Host and port of servers that offer PIPELINING and drop what is sent ahead, as long as this
# process lives.
ONE_BY_ONE: set[tuple[str, int]] = set()


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
    cleartext: bool = False  # the password may be said without TLS


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
        # As it was written before RFC 2554; some write both.
        old = [
            line[0][5:].split() + line[1:] for line in lines[1:] if line[:1] and "AUTH=" in line[0]
        ]
        return cls(
            pipelining="PIPELINING" in said_so,
            size="SIZE" in said_so,
            starttls="STARTTLS" in said_so,
            auth=frozenset(said_so.get("AUTH", [])).union(*old),
        )


def drops_what_is_ahead(server: Server) -> bool:
    return (server.host, server.port) in ONE_BY_ONE


async def greeting(line: FreshConnection) -> None:
    await _expect(line, 220)


async def shake_hands(server: Server, line: FreshConnection) -> Abilities:
    """From EHLO to the login: after it the line is ready for MAIL. Raises whatever went wrong;
    `explain` puts it in words."""
    abilities = await _hello(line)
    must_hide = server.scheme == "smtp" and server.user and not server.cleartext
    if server.scheme == "smtp+tls" or must_hide:
        if not abilities.starttls:
            raise _no_tls(server, hides=bool(must_hide))
        line.send(b"STARTTLS\r\n")
        try:
            await _expect(line, 220)
        except Unwilling as error:
            raise TlsRefused(error.code, error.text) from error
        await line.start_tls(ssl.create_default_context(), server.host)
        abilities = await _hello(line)  # what was said before TLS may be somebody else's words
    if server.user:
        await _log_in(server, line, abilities)
    return abilities


def _no_tls(server: Server, *, hides: bool) -> Misconfigured:
    if hides:
        return Misconfigured(
            sentence(
                "The mail server %(host)s does not offer STARTTLS, so the password "
                "would travel for everybody to read. Choose TLS from the start "
                "(smtps://) if it speaks that. If the way to it is your own, add "
                "?cleartext=yes to EMAIL_URL. Then resume.",
                host=server.host,
            )
        )
    return Misconfigured(
        sentence(
            "The mail server %(host)s does not offer STARTTLS. Choose no "
            "encryption (smtp://) if it is on your own network, or TLS from the "
            "start (smtps://) if it speaks that. Then resume.",
            host=server.host,
        )
    )


class Unwilling(Exception):
    """The server answered, and its answer was no."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(said(code, text))
        self.code = code
        self.text = text


class TlsRefused(Unwilling):
    """It offers STARTTLS and does not do it."""


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
        code, text = await _log_in_plain(line, b"\0%b\0%b" % (user, password))
    elif "LOGIN" in abilities.auth:
        line.send(b"AUTH LOGIN\r\n")
        for secret in (user, password):
            await _expect(line, 334)
            line.send(base64.b64encode(secret) + b"\r\n")
        code, text = await line.reply()
    else:
        offered = ", ".join(sorted(abilities.auth)) or sentence("none")
        raise Misconfigured(
            sentence(
                "The mail server %(host)s takes no login that we know (PLAIN or LOGIN; "
                "it offers %(offered)s). Many do so only after TLS: choose STARTTLS "
                "(smtp+tls://), or leave out user and password. Then resume.",
                host=server.host,
                offered=offered,
            )
        )
    if code != 235:
        raise LoginRefused(code, text)


async def _log_in_plain(line: FreshConnection, secret: bytes) -> tuple[int, bytes]:
    """In one command (RFC 4954); a server that asks all the same gets it as its own line."""
    encoded = base64.b64encode(secret)
    line.send(b"AUTH PLAIN " + encoded + b"\r\n")
    code, text = await line.reply()
    if code == 334:
        line.send(encoded + b"\r\n")
        code, text = await line.reply()
    return code, text


def explain(server: Server, error: Exception) -> TransportError:
    """What went wrong on the way to a connection, for the person who reads the mailing's page."""
    where = f"{server.host}:{server.port}"
    match error:
        case TransportError():
            return error
        case LoginRefused() if error.code // 100 == 5:
            return Misconfigured(
                sentence(
                    "The mail server %(host)s refused the login: %(error)s Check user and "
                    "password, then resume.",
                    host=server.host,
                    error=error,
                )
            )
        case TlsRefused() if error.code // 100 == 5:
            return Misconfigured(
                sentence(
                    "The mail server %(host)s offers STARTTLS and does not do it: "
                    "%(error)s Whoever runs it can tell; or choose TLS from the start "
                    "(smtps://) if it speaks that. Then resume.",
                    host=server.host,
                    error=error,
                )
            )
        case Unwilling() if error.code == CLOSING:
            return Throttled(
                sentence(
                    "The mail server %(host)s does not take mail now: %(error)s",
                    host=server.host,
                    error=error,
                )
            )
        case Unwilling():
            return Transient(
                sentence(
                    "The mail server %(host)s does not take mail now: %(error)s",
                    host=server.host,
                    error=error,
                )
            )
        case ssl.SSLCertVerificationError():
            return Misconfigured(
                sentence(
                    "The certificate of %(host)s cannot be trusted: %(reason)s.",
                    host=server.host,
                    reason=error.verify_message,
                )
            )
        case ssl.SSLError():
            return _tried_again(
                sentence(
                    "TLS with the mail server %(where)s did not come about (%(reason)s).",
                    where=where,
                    reason=error.reason or error,
                ),
                _other_scheme(server),
                then=sentence("We keep trying, and go on by ourselves when it does."),
            )
        case socket.gaierror():
            return _tried_again(
                sentence(
                    "We couldn't find the mail server %(host)s: the name has no address "
                    "(%(reason)s).",
                    host=server.host,
                    reason=error.strerror,
                ),
                then=sentence("We keep trying, and go on by ourselves when it answers."),
            )
        case TimeoutError():
            reason: str = sentence("it does not answer")
        case ConnectionError() if error.errno is None:
            reason = sentence("it closed the connection")
        case _:
            reason = str(error)
    return _tried_again(
        sentence(
            "We couldn't reach the mail server %(where)s (%(reason)s).",
            where=where,
            reason=reason,
        ),
        _other_scheme(server),
        then=sentence("We keep trying, and go on by ourselves when it answers."),
    )


def _tried_again(*what: str, then: str) -> Transient:
    return Transient(in_a_row(*what, then), at_once=in_a_row(*what))


_NAMES = {"smtps": sentence("TLS from the start (smtps://)"), "smtp+tls": "STARTTLS (smtp+tls://)"}
# What a port is for, where that is agreed upon (RFC 8314, RFC 6409).
_SCHEMES = {25: ("smtp", "smtp+tls"), 587: ("smtp", "smtp+tls"), 465: ("smtps",)}


def fitting_scheme(server: Server) -> str:
    """What is usual at that port; an empty text where that is what EMAIL_URL says."""
    usual = _SCHEMES.get(server.port, (server.scheme,))
    return "" if server.scheme in usual else usual[-1]


def _other_scheme(server: Server) -> str:
    scheme = fitting_scheme(server)
    return (
        sentence(
            "At port %(port)s %(scheme)s is usual.", port=str(server.port), scheme=_NAMES[scheme]
        )
        if scheme
        else ""
    )
