"""What in a mail shows which delivery it is about.

Anybody can write to the mailbox for bounces. So that is taken only from what we signed: the
envelope address (see `verp`), or the Message-ID of the returned letter.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from itertools import islice

from posts.delivery.events.event import Event, as_address, as_id
from posts.delivery.events.inbox import MAILBOX
from posts.delivery.events.parsing import Measure, header, inner, parse, walk
from posts.delivery.transports.smtp import verp
from posts.delivery.transports.verdict import Verdict
from subscribers.queries import parse_token

# Where mail programs and servers write to whom a mail was delivered.
_TO_HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
# Where providers write into the letter whom they delivered it to.
_RECIPIENT_HEADERS = ("To", "X-HmXmrOriginalRecipient", "X-Rcpt-To")
# Where they stand in a quoted text, or are folded. Nothing in them but that one fold runs over the
# end of a line: with 60,000 blank lines it would be tried from each to the last.
_MARGIN = r"[> \t\r\f\v\xa0]"
_MESSAGE_ID = re.compile(
    rf"^{_MARGIN}*Message-ID:{_MARGIN}*(?:\n{_MARGIN}+)?(<[0-9a-f]{{32}}@[^>\s]{{1,255}}>)",
    re.I | re.M,
)
_X_MAILING = re.compile(rf"^{_MARGIN}*X-Mailing:{_MARGIN}*(\d{{1,19}})", re.I | re.M)
_TO = re.compile(rf"^{_MARGIN}*To:{_MARGIN}*([^\n]{{1,500}})", re.I | re.M)
_TOKEN = re.compile(r"/unsubscribe/([A-Za-z0-9_-]{22})/")
_BETWEEN_ADDRESSES = re.compile(r"[\s<>,;\"]+")
_MOST = 20  # ids looked at in a text that somebody may have filled with them


@dataclass
class Proof:
    """What in a mail shows which delivery it is about."""

    measure: Measure
    mailing_id: int = 0
    subscriber_id: int = 0
    message_ids: list[str] = field(default_factory=list)
    tokens: list[uuid.UUID] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # of the returned letter
    _known: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.subscriber_id or self.message_ids)

    def event(
        self,
        verdict: Verdict,
        reply: str,
        addresses: Iterable[str],
        *,
        reported: frozenset[str] = frozenset(),
    ) -> Event:
        """`reported`: all addresses that the mail reports of, as `known` has them. Whoever is
        among them is meant only where she is named."""
        own = [self.known(address) for address in addresses]
        letters = [found for text in self.addresses if (found := self.known(text)) not in reported]
        return Event(
            verdict=verdict,
            source=MAILBOX,
            reply=reply,
            addresses=tuple(dict.fromkeys(address for address in (*own, *letters) if address)),
            mailing_id=self.mailing_id,
            subscriber_id=self.subscriber_id,
            message_ids=tuple(self.message_ids[:_MOST]),
            tokens=tuple(self.tokens[:_MOST]),
            trusted=False,
            reported=reported,
        )

    def known(self, text: str) -> str:
        """An address as we know it. Looked at once: the letter's own stands in each event."""
        if text not in self._known:
            self.measure.meet_address(text)
            # `email` has put other signs for whatever is not ASCII.
            self._known[text] = as_address(text) if text.isascii() else ""
        return self._known[text]


def find(mail: Message, text: str, letter: str, envelope_to: str, measure: Measure) -> Proof:
    """`text`: all that is text in the mail. `letter`: what of it is the returned letter."""
    proof = Proof(measure)
    letters = list(islice(_letters(mail, measure), _MOST))
    if key := _by_envelope(mail, letters, envelope_to):
        proof.mailing_id, proof.subscriber_id = key
    for one in letters:
        proof.addresses += [header(one, name) for name in _RECIPIENT_HEADERS if name in one]
    if not letters and (match := _TO.search(letter)):
        proof.addresses.append(_only_address(match[1]))
    text = "\n".join([*(_headers(one) for one in letters), text])
    proof.message_ids = [match[1] for match in islice(_MESSAGE_ID.finditer(text), _MOST)]
    found = (parse_token(match[1]) for match in islice(_TOKEN.finditer(text), _MOST))
    proof.tokens = [token for token in found if token is not None]
    if not proof.mailing_id and (match := _X_MAILING.search(text)):
        proof.mailing_id = as_id(match[1])
    return proof


def _only_address(text: str) -> str:
    """`Ada <ada@example.org>` without the name."""
    return next((word for word in _BETWEEN_ADDRESSES.split(text) if "@" in word), "")


def _by_envelope(mail: Message, letters: list[Message], envelope_to: str) -> tuple[int, int] | None:
    """The delivery that an envelope address of ours names, wherever it was written down."""
    ours = verp.current()
    if ours is None:
        return None
    candidates = [envelope_to]
    for name in _TO_HEADERS:
        candidates += [str(value) for value in mail.get_all(name) or []]
    candidates += [header(letter, "Return-Path") for letter in letters]
    for part in walk(mail):
        if part.get_content_type() == "message/feedback-report" and (fields := inner(part)):
            candidates.append(header(fields, "Original-Mail-From"))
    return next((key for text in candidates if (key := _envelope_key(ours, text))), None)


def _envelope_key(ours: verp.Verp, text: str) -> tuple[int, int] | None:
    found = [word for word in _BETWEEN_ADDRESSES.split(text) if "@" in word][:_MOST]
    return next((key for address in found if (key := ours.read(address))), None)


def _letters(mail: Message, measure: Measure) -> Iterator[Message]:
    """The returned letter, or what was returned of it."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822" and (letter := inner(part)) is not None:
            yield letter
        elif part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            yield parse(payload if isinstance(payload, bytes) else b"", measure)


def _headers(letter: Message) -> str:
    return "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in letter.items())
