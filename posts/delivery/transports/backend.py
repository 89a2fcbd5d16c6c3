"""Django's own mail (confirmations, password resets) through the transport of the site."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email import charset as charsets
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Any, Protocol, runtime_checkable

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.compose import in_ascii
from posts.delivery.letters.headers import HeaderRefused, field, mailbox
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports import current
from posts.delivery.transports.base import (
    Messages,
    Notes,
    Outcome,
    ServerAnswer,
    Session,
    TransportError,
)
from subscribers.addresses import AddressRefused
from subscribers.mailer import NotHandedOver

QUOTED_PRINTABLE = charsets.Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = charsets.QP


class NotAccepted(TransportError, NotHandedOver):
    """A message that has certainly not left, in the server's words; `permanent` is for its
    recipient. (A TransportError that is none of these leaves it open.)"""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message or "no answer")
        self.permanent = permanent


class EmailBackend(BaseEmailBackend):
    """One message for each recipient. Raises TransportError unless `fail_silently`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            session = _open()
            try:
                return sum(self._send(session, message) for message in email_messages)
            finally:
                session.close()
        except TransportError:
            if not self.fail_silently:
                raise
            return 0

    def _send(self, session: Session, message: EmailMessage) -> int:
        notes = _Notes()
        messages = [] if isinstance(session, TakesMessages) else _outgoing(message)
        try:
            if isinstance(session, TakesMessages):
                session.send_own_mail(message, notes)
            else:
                session.deliver(Messages(messages), notes)
        except TransportError as error:
            if notes.in_doubt:
                raise
            raise NotAccepted(error.message) from error
        for outcome in notes.outcomes:
            if outcome.answer is not ServerAnswer.ACCEPTED:
                raise NotAccepted(outcome.reply, permanent=outcome.answer is ServerAnswer.REFUSED)
        return 1


@runtime_checkable
class TakesMessages(Protocol):
    """A session that takes Django's messages as they are: a provider's, which builds the mail."""

    def send_own_mail(self, message: EmailMessage, notes: Notes) -> None: ...


def _outgoing(message: EmailMessage) -> list[Outgoing]:
    content = message_bytes(message)
    return [
        Outgoing(
            mailing_id=0,
            subscriber_id=time.time_ns(),
            sender=_in_ascii(message.from_email)[1],
            address=_in_ascii(recipient)[1],
            letter=CompiledLetter.whole(content),
        )
        for recipient in message.recipients()
    ]


def _in_ascii(text: str) -> tuple[str, str]:
    """Name and address. Raises NotAccepted for one that no server would take."""
    name, bracket, address = text.rpartition("<")
    try:
        ascii_address = in_ascii(address.strip("> "))
        return mailbox(f"{name}{bracket}{ascii_address}{'>' if bracket else ''}")
    except (AddressRefused, HeaderRefused) as error:
        raise NotAccepted(str(error), permanent=True) from error


def _open() -> Session:
    try:
        return current().open()
    except TransportError as error:
        raise NotAccepted(error.message) from error


class _Notes:
    def __init__(self) -> None:
        self.attempted = False
        self.outcomes: list[Outcome] = []

    def attempt(self, subscriber_id: int) -> None:
        """These mails stand in no ledger: whoever asked for one asks again."""
        self.attempted = True

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        self.attempted = True

    @property
    def in_doubt(self) -> bool:
        answers = [outcome.answer for outcome in self.outcomes]
        return ServerAnswer.DOUBT in answers or (self.attempted and not answers)

    def answer(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def flush(self) -> None:
        """Nothing is kept back."""

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes.extend(outcomes)


def message_bytes(message: EmailMessage) -> bytes:
    """A mail of Django's as it leaves: our headers, and its parts as quoted-printable.

    Django writes 8bit, which a server on the way may convert and so break a DKIM signature."""
    built: Any = message.message()  # of a class that differs by version
    head = "".join(_headers(message, str(built["Message-ID"])))
    for name in {name for name in built if not name.lower().startswith(("content-", "mime-"))}:
        del built[name]
    for part in built.walk():
        if part.get_content_maintype() == "text":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                del part["Content-Transfer-Encoding"]
                part.set_payload(body.decode(), charset=QUOTED_PRINTABLE)
    lines = built.as_bytes(linesep="\r\n").split(b"\r\n")
    # A leading dot as =2E, so that SMTP needs no stuffing (only bodies can begin a line with one).
    return head.encode("ascii") + b"\r\n".join(
        b"=2E" + line[1:] if line[:1] == b"." else line for line in lines
    )


def _headers(message: EmailMessage, message_id: str) -> Iterator[str]:
    yield field("From", _written(message.from_email))
    for name, addresses in (
        ("Reply-To", message.reply_to),
        ("To", message.to),
        ("Cc", message.cc),
    ):
        if addresses:
            yield field(name, *map(_written, addresses))
    yield field("Subject", str(message.subject))
    yield field("Date", format_datetime(datetime.now(UTC)))
    yield field("Message-ID", message_id)
    for name, value in message.extra_headers.items():
        if name.lower() not in ("from", "date", "message-id"):
            yield field(name, str(value))


def _written(text: str) -> str:
    name, address = _in_ascii(text)
    return str(Address(display_name=name, addr_spec=address))
