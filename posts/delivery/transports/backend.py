"""Django's own mail (confirmations, password resets) through the transport of the site."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email import charset as charsets
from email.headerregistry import Address
from email.utils import format_datetime
from functools import partial
from typing import Any, Protocol, runtime_checkable

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.compose import in_ascii
from posts.delivery.letters.headers import HeaderRefused, field, mailbox
from posts.delivery.letters.message import Outgoing
from posts.delivery.rate import limits, store
from posts.delivery.transports import current
from posts.delivery.transports.base import Messages, Notes, Session, Transport, TransportError
from posts.delivery.transports.direct import NotAccepted, hand_over, opened
from subscribers.addresses import AddressRefused
from subscribers.mailer import NotNow

QUOTED_PRINTABLE = charsets.Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = charsets.QP


class EmailBackend(BaseEmailBackend):
    """One message for each recipient. Raises TransportError unless `fail_silently`.

    `paced`: each asks first whether the limits of the site let it leave now, and raises NotNow if
    not. Without, for whoever sits before a screen and waits for it, it is only counted.
    `transport`: the one to take, where it is not to be that of the site.
    """

    def __init__(
        self,
        fail_silently: bool = False,
        *,
        paced: bool = False,
        transport: Transport | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fail_silently=fail_silently, **options)
        self._paced = paced
        self._transport = transport

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            for message in email_messages:
                self._send_one(message)
        except TransportError:
            if not self.fail_silently:
                raise
            return 0
        return len(email_messages)

    def _send_one(self, message: EmailMessage) -> None:
        transport, recipients = self._transport or current(), message.recipients()
        if self._paced:
            for address in recipients:
                _ask(transport.name, address)
        else:
            store.count_own(transport.name, len(recipients))
        with ExitStack() as stack:
            try:
                session = stack.enter_context(opened(transport))
            except NotAccepted:
                store.count_own(transport.name, -len(recipients))
                raise
            hand_over(partial(_send, session, message))


def _send(session: Session, message: EmailMessage, notes: Notes) -> None:
    if isinstance(session, TakesMessages):
        session.send_own_mail(message, notes)
    else:
        session.deliver(Messages(_outgoing(message)), notes)


def _ask(transport: str, address: str) -> None:
    domain = address.rpartition("@")[2].lower() if transport in limits.COUNT_BY_DOMAIN else ""
    if wait := store.grant_own(transport, domain):
        raise NotNow(timedelta(seconds=wait))


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
