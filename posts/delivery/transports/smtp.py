"""Plain SMTP (RFC 5321): one connection a session, one message at a time.

The attempt is noted after the server said 354 and before the body leaves: until then a lost
connection is no doubt, since without the final dot the server has nothing to deliver.
"""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from posts.delivery.transports.base import (
    Answer,
    Feed,
    Misconfigured,
    Notes,
    Outcome,
    Outgoing,
    Throttled,
    Transient,
)

TIMEOUT = 30  # seconds, for connecting and for each answer
# RFC 5321 4.5.3.2.6 wants ten minutes for the answer to the final dot; we wait two, and doubt.
FINAL_TIMEOUT = 120
ANSWERS = {2: Answer.ACCEPTED, 4: Answer.RETRY, 5: Answer.REFUSED}
CLOSING = 421  # "Service not available, closing transmission channel"


@dataclass(frozen=True)
class Smtp:
    """`smtp://` plain, `smtp+tls://` STARTTLS required, `smtps://` TLS from the first byte."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    name: ClassVar[str] = "smtp"
    replay_safe: ClassVar[bool] = False
    key_lives: ClassVar[None] = None
    lanes: ClassVar[int] = 1
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
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

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

    def open(self) -> "SmtpSession":
        try:
            return SmtpSession(self._connect())
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code // 100 == 4:  # "temporary authentication failure"
                raise self._not_now(error) from error
            raise Misconfigured(
                f"The mail server {self.host} refused the login: {_words(error.smtp_error)} "
                "Check user and password in EMAIL_URL, then resume."
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise Misconfigured(
                f"The certificate of {self.host} cannot be trusted: {error.verify_message}."
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Misconfigured(f"The mail server {self.host}: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise self._not_now(error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Transient(
                f"We couldn't reach the mail server {self.host}:{self.port} ({error}). "
                "We keep trying, and go on by ourselves when it answers."
            ) from error

    def _not_now(self, error: smtplib.SMTPResponseException) -> Transient:
        return Transient(
            f"The mail server {self.host} does not take mail now: "
            f"{error.smtp_code} {_words(error.smtp_error)}"
        )

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        client: smtplib.SMTP
        if self.scheme == "smtps":
            client = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            client = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if client.sock is not None:
                client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.scheme == "smtp+tls":
                client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
            if self.user:
                client.login(self.user, self.password)
        except BaseException:
            client.close()
            raise
        return client


class SmtpSession:
    """One connection. After a TransportError it is of no further use."""

    def __init__(self, client: smtplib.SMTP) -> None:
        self.client = client

    def deliver(self, feed: Feed, notes: Notes) -> None:
        try:
            for message in feed:
                self._deliver_one(message, notes)
        except BaseException:
            # Perhaps in the middle of a body, where QUIT would be taken for a line of it.
            self.client.close()
            raise

    def _deliver_one(self, message: Outgoing, notes: Notes) -> None:
        attempted = False
        try:
            if not self._envelope(message, notes):
                return
            notes.attempt(message.subscriber_id)
            attempted = True
            self._patience(FINAL_TIMEOUT)
            self.client.send(message.content() + b".\r\n")
            code, words = self.client.getreply()
            self._patience(TIMEOUT)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            if attempted:
                reason = f"The connection was lost before the server's last answer ({error})."
                notes.answer(Outcome(message.subscriber_id, Answer.DOUBT, reason))
            raise Transient(f"The mail server closed the connection ({error}).") from error
        self._note(message, code, words, notes)

    def _patience(self, seconds: float) -> None:
        if self.client.sock is not None:
            self.client.sock.settimeout(seconds)

    def _envelope(self, message: Outgoing, notes: Notes) -> bool:
        """MAIL, RCPT, DATA: true when the server waits for the body."""
        code, words = self.client.mail(message.sender)
        self._check_sender(message.sender, code, words)
        code, words = self.client.rcpt(message.address)
        if code // 100 == 2:
            self.client.putcmd("data")
            code, words = self.client.getreply()
            if code == 354:
                return True
        if code // 100 not in (4, 5):
            # Not even an acceptance means anything here: the body has not left.
            raise _nonsense(code, words)
        self._note(message, code, words, notes)
        self.client.rset()
        return False

    @staticmethod
    def _check_sender(sender: str, code: int, words: bytes) -> None:
        """What is said to MAIL is about us, not about the recipient."""
        said = f"{code} {_words(words)}"
        if code // 100 == 5:
            raise Misconfigured(f"The mail server refused the sender {sender}: {said}")
        if code // 100 == 4:
            raise Throttled(f"The mail server asks us to slow down: {said}")
        if code // 100 != 2:
            raise _nonsense(code, words)

    def _note(self, message: Outgoing, code: int, words: bytes, notes: Notes) -> None:
        said = f"{code} {_words(words)}"
        # An answer that no RFC knows says nothing: the message may have been taken.
        answer = ANSWERS.get(code // 100, Answer.DOUBT)
        notes.answer(Outcome(message.subscriber_id, answer, "" if code == 250 else said))
        if code == CLOSING:
            raise Throttled(f"The mail server asks us to slow down: {said}")
        if answer is Answer.DOUBT:
            raise _nonsense(code, words)

    def abort(self) -> None:
        """From another thread: whoever waits for an answer here gets an error at once."""
        if (sock := self.client.sock) is not None:
            with suppress(OSError):  # it may be closed already
                # Of the bare socket: TLS would take itself off under the hands of the other.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        try:
            self.client.quit()
        except (OSError, smtplib.SMTPException):
            # A courtesy to the server; what was accepted is accepted.
            self.client.close()


def _nonsense(code: int, words: bytes) -> Transient:
    """Whoever is out of step once would answer the next message in place of this one."""
    return Transient(f"The mail server's answer makes no sense here: {code} {_words(words)}")


def _words(answer: bytes | str) -> str:
    """On one line, and without what no database stores and no screen shows."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:500]
