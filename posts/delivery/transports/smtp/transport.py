"""The mail server that EMAIL_URL names."""

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.email_url import options_of
from posts.delivery.transports.smtp.connecting import Server, fitting_scheme
from posts.delivery.transports.smtp.engine import Engine, SmtpSession
from posts.delivery.transports.smtp.verp import Verp, fetch_key, parse
from subscribers.saying import sentence

MOST_CONNECTIONS = 1_000
_OPTIONS = {"connections": 4, "per_connection": 1_000}


@dataclass(frozen=True)
class Smtp:
    """`smtp://` plain, `smtp+tls://` STARTTLS required, `smtps://` TLS from the first byte.

    Options: `?connections=N` at the same time in each worker, `?per_connection=N` messages until
    one is replaced, `?verp=bounces@domain` for envelope senders that say whose mail came back,
    `?cleartext=yes` where a password may be said to another machine without TLS.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str
    connections: int = _OPTIONS["connections"]
    per_connection: int = _OPTIONS["per_connection"]
    verp: Verp | None = None
    cleartext: bool = False

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
            raise cannot_be_read() from error
        options = options_of(url)
        # Each of them ends the password too early: what is left of it would be a host.
        if parts.path not in ("", "/") or parts.fragment or parts.netloc.count("@") > 1:
            raise cannot_be_read()
        if any("@" in name for name in options):
            raise cannot_be_read()
        if not parts.hostname:
            raise ImproperlyConfigured(
                sentence(
                    "EMAIL_URL names no host. It looks like "
                    "%(scheme)s://user:password@host:%(port)s",
                    scheme=parts.scheme,
                    port=str(port),
                )
            )
        verp = options.pop("verp", "")
        cleartext = _yes(options.pop("cleartext", "no"))
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            verp=parse(verp) if verp else None,
            cleartext=cleartext,
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
        return sentence("the mail server %(host)s:%(port)s", host=self.host, port=str(self.port))

    @property
    def advice(self) -> str:
        """What in EMAIL_URL fits badly together, and what to write; empty where nothing does."""
        usual = fitting_scheme(self.server)
        if not usual:
            return ""
        return sentence(
            "Port %(port)s is for %(usual)s://, and EMAIL_URL says %(scheme)s://.",
            port=str(self.port),
            usual=usual,
            scheme=self.scheme,
        )

    @cached_property
    def server(self) -> Server:
        cleartext = self.cleartext or self.stays_here
        return Server(self.scheme, self.host, self.port, self.user, self.password, cleartext)

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


def cannot_be_read() -> ImproperlyConfigured:
    """Without the URL: it may hold a password."""
    return ImproperlyConfigured(
        sentence(
            "EMAIL_URL cannot be read. It looks like "
            "smtp+tls://user:password@host:587. Letters like / # ? @ [ in a user "
            "or password are written as %%2F %%23 %%3F %%40 %%5B, and a port is a "
            "number from 1 to 65535."
        )
    )


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ImproperlyConfigured(sentence("In EMAIL_URL, cleartext is yes or no."))
    return text == "yes"


def _counts(options: dict[str, str]) -> dict[str, int]:
    if unknown := options.keys() - _OPTIONS.keys():
        name = sorted(unknown)[0]
        # Whatever has not the form of a name may be half of a password.
        shown = (
            sentence("the option %(name)s", name=repr(name))
            if re.fullmatch("[a-z_]{1,30}", name)
            else sentence("an option")
        )
        raise ImproperlyConfigured(
            sentence(
                "EMAIL_URL has %(shown)s, which is unknown. For a mail server there "
                "are connections, per_connection, verp and cleartext.",
                shown=shown,
            )
        )
    for name, text in options.items():
        most = MOST_CONNECTIONS if name == "connections" else 1_000_000
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise ImproperlyConfigured(
                sentence(
                    "In EMAIL_URL, %(name)s is %(value)s. It is a whole number from 1 to %(most)s.",
                    name=name,
                    value=repr(text),
                    most=most,
                )
            )
    return {name: int(text) for name, text in options.items()}
