"""Django's own mail (confirmations, password resets) through the transport of the site."""

import time
from collections.abc import Sequence
from datetime import timedelta
from email import charset as charsets
from email.utils import parseaddr
from typing import Any, Protocol, runtime_checkable

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.rate import limits, store
from posts.delivery.transports import current
from posts.delivery.transports.base import (
    Messages,
    Notes,
    Outcome,
    ServerAnswer,
    Session,
    TransportError,
)
from subscribers.mailer import NotHandedOver, NotNow

QUOTED_PRINTABLE = charsets.Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = charsets.QP


class NotAccepted(TransportError, NotHandedOver):
    """A message that has certainly not left, in the server's words; `permanent` is for its
    recipient. (A TransportError that is none of these leaves it open.)"""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message or "no answer")
        self.permanent = permanent


class EmailBackend(BaseEmailBackend):
    """One message for each recipient. Raises TransportError unless `fail_silently`.

    `paced`: each asks first whether the limits of the site let it leave now, and raises NotNow if
    not. Without, for whoever sits before a screen and waits for it, it is only counted.
    """

    def __init__(self, fail_silently: bool = False, *, paced: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently, **options)
        self._paced = paced

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return sum(self._send_one(message) for message in email_messages)
        except TransportError:
            if not self.fail_silently:
                raise
            return 0

    def _send_one(self, message: EmailMessage) -> int:
        transport, recipients = current().name, message.recipients()
        if self._paced:
            for address in recipients:
                _ask(transport, address)
        else:
            store.count_own(transport, len(recipients))
        try:
            session = _open()
        except NotAccepted:
            store.count_own(transport, -len(recipients))
            raise
        try:
            return self._send(session, message)
        finally:
            session.close()

    def _send(self, session: Session, message: EmailMessage) -> int:
        notes = _Notes()
        try:
            if isinstance(session, TakesMessages):
                session.send_own_mail(message, notes)
            else:
                session.deliver(Messages(_outgoing(message)), notes)
        except TransportError as error:
            if notes.in_doubt:
                raise
            raise NotAccepted(error.message) from error
        for outcome in notes.outcomes:
            if outcome.answer is not ServerAnswer.ACCEPTED:
                raise NotAccepted(outcome.reply, permanent=outcome.answer is ServerAnswer.REFUSED)
        return 1


def _ask(transport: str, address: str) -> None:
    domain = address.rpartition("@")[2].lower() if transport in limits.COUNT_BY_DOMAIN else ""
    if wait := store.grant_own(transport, domain):
        raise NotNow(timedelta(seconds=wait))


@runtime_checkable
class TakesMessages(Protocol):
    """A session that takes Django's messages as they are: a provider's, which builds the mail."""

    def send_own_mail(self, message: EmailMessage, notes: Notes) -> None: ...


def _outgoing(message: EmailMessage) -> list[Outgoing]:
    content = quoted_printable_bytes(message.message())
    return [
        Outgoing(
            mailing_id=0,
            subscriber_id=time.time_ns(),
            sender=parseaddr(message.from_email)[1],
            address=parseaddr(recipient)[1],
            letter=CompiledLetter.whole(content),
        )
        for recipient in message.recipients()
    ]


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


def quoted_printable_bytes(message: Any) -> bytes:
    """`message` is what Django's `EmailMessage.message()` gives; its class differs by version.

    Django writes 8bit, which a server on the way may convert and so break a DKIM signature."""
    for part in message.walk():
        if part.get_content_maintype() == "text":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                del part["Content-Transfer-Encoding"]
                part.set_payload(body.decode(), charset=QUOTED_PRINTABLE)
    lines = message.as_bytes(linesep="\r\n").split(b"\r\n")
    # A leading dot as =2E, so that SMTP needs no stuffing (only bodies can begin a line with one).
    return b"\r\n".join(b"=2E" + line[1:] if line[:1] == b"." else line for line in lines)
