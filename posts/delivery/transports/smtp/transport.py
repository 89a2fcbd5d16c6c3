"""The mail server that EMAIL_URL names."""

from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.email_url import options_of
from posts.delivery.transports.smtp.connecting import Server
from posts.delivery.transports.smtp.engine import Engine, SmtpSession
from posts.delivery.transports.smtp.verp import Verp, fetch_key, parse

MOST_CONNECTIONS = 1_000
_OPTIONS = {"connections": 4, "per_connection": 1_000}


@dataclass(frozen=True)
class Smtp:
    """`smtp://` plain, `smtp+tls://` STARTTLS required, `smtps://` TLS from the first byte.

    Options: `?connections=N` at the same time in each worker, `?per_connection=N` messages until
    one is replaced, `?verp=bounces@domain` for envelope senders that say whose mail came back.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str
    connections: int = _OPTIONS["connections"]
    per_connection: int = _OPTIONS["per_connection"]
    verp: Verp | None = None

    name: ClassVar[str] = "smtp"
    replay_safe: ClassVar[bool] = False
    key_lives: ClassVar[None] = None
    SCHEMES: ClassVar[dict[str, int]] = {"smtp": 25, "smtp+tls": 587, "smtps": 465}

    @classmethod
    def from_url(cls, url: str) -> "Smtp":
        parts = urlsplit(url)
        try:
            port = parts.port or cls.SCHEMES[parts.scheme]
        except ValueError as error:
            raise ImproperlyConfigured(
                "The port in EMAIL_URL is not a number from 1 to 65535."
            ) from error
        if not parts.hostname:
            raise ImproperlyConfigured(
                f"EMAIL_URL names no host. It looks like {parts.scheme}://user:password@host:{port}"
            )
        options = options_of(url)
        verp = options.pop("verp", "")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            verp=parse(verp) if verp else None,
            **_counts(options),
        )

    @property
    def senders(self) -> int:
        """Two batches keep the connections busy while a third is claimed or recorded."""
        return min(3 + self.connections // 50, 16)

    @property
    def stays_here(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def describe(self) -> str:
        return f"the mail server {self.host}:{self.port}"

    @cached_property
    def server(self) -> Server:
        return Server(self.scheme, self.host, self.port, self.user, self.password)

    def open(self) -> SmtpSession:
        """Raises TransportError: one connection is opened and logged in before this returns."""
        if self.verp is not None:
            fetch_key()
        engine = Engine(
            self.server,
            connections=self.connections,
            per_connection=self.per_connection,
            sender=self._envelope_sender,
        )
        engine.open()
        return SmtpSession(engine)

    def _envelope_sender(self, message: Outgoing) -> str:
        """The envelope's. Our own mails, which stand in no ledger, keep theirs."""
        if self.verp is None or not message.mailing_id:
            return message.sender
        return self.verp.sender(message.mailing_id, message.subscriber_id)


def _counts(options: dict[str, str]) -> dict[str, int]:
    if unknown := options.keys() - _OPTIONS.keys():
        raise ImproperlyConfigured(
            f"EMAIL_URL has the option {sorted(unknown)[0]!r}, which is unknown. For a mail server "
            "there are connections, per_connection and verp."
        )
    for name, text in options.items():
        most = MOST_CONNECTIONS if name == "connections" else 1_000_000
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise ImproperlyConfigured(
                f"In EMAIL_URL, {name} is {text!r}. It is a whole number from 1 to {most}."
            )
    return {name: int(text) for name, text in options.items()}
