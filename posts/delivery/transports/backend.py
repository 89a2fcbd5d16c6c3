"""Django's own mail (confirmations, password resets) through the transport of the site."""

import time
from collections.abc import Sequence
from email import charset as charsets
from email.utils import parseaddr
from functools import partial
from typing import Any, Protocol, runtime_checkable

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports import current
from posts.delivery.transports.base import Messages, Notes, Session, TransportError
from posts.delivery.transports.direct import hand_over, opened

QUOTED_PRINTABLE = charsets.Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = charsets.QP


class EmailBackend(BaseEmailBackend):
    """One message for each recipient. Raises TransportError unless `fail_silently`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            with opened(current()) as session:
                for message in email_messages:
                    hand_over(partial(_send, session, message))
        except TransportError:
            if not self.fail_silently:
                raise
            return 0
        return len(email_messages)


def _send(session: Session, message: EmailMessage, notes: Notes) -> None:
    if isinstance(session, TakesMessages):
        session.send_own_mail(message, notes)
    else:
        session.deliver(Messages(_outgoing(message)), notes)


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
