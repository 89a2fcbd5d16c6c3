"""Reading what comes back to the mailbox for bounces: returned mails and complaints.

Anybody can write to it. Which delivery a mail is about is therefore taken only from what we
signed: the envelope address (see `verp`), or the Message-ID of the returned letter.
"""

import logging
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from itertools import islice

from posts.delivery.events import bounce_class, unusual
from posts.delivery.events.event import Event, as_address, as_id, one_line
from posts.delivery.events.inbox import MAILBOX
from posts.delivery.events.parsing import Measure, Part, parse
from posts.delivery.transports.smtp import verp
from posts.delivery.transports.verdict import SOFT, EventKind, Verdict
from subscribers.queries import parse_token

logger = logging.getLogger(__name__)

# Where mail programs and servers write to whom a mail was delivered.
_TO_HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
# Where they stand in a quoted text, or are folded. Nothing in them but that one fold runs over the
# end of a line: with 60,000 blank lines it would be tried from each to the last.
_MARGIN = r"[> \t\r\f\v\xa0]"
_MESSAGE_ID = re.compile(
    rf"^{_MARGIN}*Message-ID:{_MARGIN}*(?:\n{_MARGIN}+)?(<[0-9a-f]{{32}}@[^>\s]{{1,255}}>)",
    re.I | re.M,
)
_X_MAILING = re.compile(rf"^{_MARGIN}*X-Mailing:{_MARGIN}*(\d{{1,19}})", re.I | re.M)
_TOKEN = re.compile(r"/unsubscribe/([A-Za-z0-9_-]{22})/")
_BETWEEN_ADDRESSES = re.compile(r"[\s<>,;\"]+")
_MOST = 20  # ids looked at in a text that somebody may have filled with them

_COMPLAINTS = {"abuse", "fraud", "virus"}


@dataclass
class _Proof:
    """What in a mail shows which delivery it is about."""

    measure: Measure
    mailing_id: int = 0
    subscriber_id: int = 0
    message_ids: list[str] = field(default_factory=list)
    tokens: list[uuid.UUID] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # of the returned letter
    _known: dict[str, str] = field(default_factory=dict)

    def event(self, verdict: Verdict, reply: str, addresses: Iterable[str]) -> Event:
        named = (self._address(address) for address in (*addresses, *self.addresses))
        return Event(
            verdict=verdict,
            source=MAILBOX,
            reply=reply,
            addresses=tuple(dict.fromkeys(address for address in named if address)),
            mailing_id=self.mailing_id,
            subscriber_id=self.subscriber_id,
            message_ids=tuple(self.message_ids[:_MOST]),
            tokens=tuple(self.tokens[:_MOST]),
            trusted=False,
        )

    def _address(self, text: str) -> str:
        """Looked at once: the letter's own stands in the event of each recipient."""
        if text not in self._known:
            self.measure.meet_address(text)
            # `email` has put other signs for whatever is not ASCII.
            self._known[text] = as_address(text) if text.isascii() else ""
        return self._known[text]


def read(body: bytes, *, envelope_to: str = "") -> list[Event]:
    """The events that a mail reports; none for one that is no bounce, such as an out-of-office.

    Raises TooMuch for one that is not read, and whatever else a body breaks that nobody expected.
    """
    measure = Measure()
    mail = parse(body, measure)
    kind = str(mail.get_param("report-type") or "").lower()
    text = _text(mail)
    proof = _proof(mail, text, envelope_to, measure)
    if _parts(mail, "message/feedback-report") and kind in ("feedback-report", ""):
        return list(_complaint(mail, proof))
    if statuses := _parts(mail, "message/delivery-status"):
        return list(_returned(statuses, proof))
    if mail.get_content_type() == "multipart/report" or _answers_itself(mail):
        return []
    return list(_unusual(mail, text, proof))


def _parts(mail: Message, kind: str) -> list[Message]:
    return [part for part in mail.walk() if part.get_content_type() == kind]


def _header(mail: Message, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())


# --- Returned mails ------------------------------------------------------------------------


def _returned(statuses: Iterable[Message], proof: _Proof) -> Iterator[Event]:
    """RFC 3464: one block for the message, then one for each recipient."""
    for status in statuses:
        blocks = status.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, Message) and "Action" in block:
                yield _of_recipient(block, proof)


def _of_recipient(block: Message, proof: _Proof) -> Event:
    reply = _typed(_header(block, "Diagnostic-Code"))
    verdict = bounce_class.verdict(_header(block, "Action"), _header(block, "Status"), reply)
    addresses = (_typed(_header(block, f"{which}-Recipient")) for which in ("Original", "Final"))
    return proof.event(verdict, one_line(reply or _header(block, "Status")), addresses)


def _typed(value: str) -> str:
    """`rfc822; ada@example.org` and `smtp; 550 no`, without the type."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and kind.strip().isascii() and " " not in kind else value


def _unusual(mail: Part, text: str, proof: _Proof) -> Iterator[Event]:
    """Bounces of no standard: who is meant is found by flufl.bounce, why in the text."""
    try:
        passing, lasting = unusual.failures(mail)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # Its detectors expect what every mail server writes, a From for example.
        logger.info("A mail of no form that is known was ignored: %r", error)
        return
    reply = one_line(text[:500])
    for failures, is_lasting in ((lasting, True), (passing, False)):
        if failures:
            reason = bounce_class.reason("", text[:5_000]) if is_lasting else SOFT
            kind = EventKind.BOUNCED if is_lasting else EventKind.DEFERRED
            verdict = Verdict(kind, reason if is_lasting else "")
            yield proof.event(verdict, reply, failures)


def _answers_itself(mail: Message) -> bool:
    """An out-of-office or the like. (Exim's bounces say that they are automatic, too.)"""
    if "X-Failed-Recipients" in mail:
        return False
    automatic = _header(mail, "Auto-Submitted").lower()
    return (
        automatic.startswith("auto-replied")
        or _header(mail, "Precedence").lower() == "auto_reply"
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse"))
    )


# --- Complaints ----------------------------------------------------------------------------


def _complaint(mail: Message, proof: _Proof) -> Iterator[Event]:
    """RFC 5965. The provider often blots out who complained; our signatures still say it."""
    for part in _parts(mail, "message/feedback-report"):
        fields = _inner(part)
        if fields is None:
            continue
        feedback = _header(fields, "Feedback-Type").lower()
        if feedback in _COMPLAINTS:
            kind = EventKind.COMPLAINED
        else:
            kind = EventKind.UNSUBSCRIBED if feedback == "opt-out" else EventKind.NOTHING
        reply = one_line("Reported as", feedback, "to", _header(fields, "Reported-Domain"))
        addresses = [*(fields.get_all("Original-Rcpt-To") or [])]
        if kind is not EventKind.NOTHING:
            yield proof.event(Verdict(kind), reply, map(str, addresses))


def _inner(part: Message) -> Message | None:
    payload = part.get_payload()
    first = payload[0] if isinstance(payload, list) and payload else None
    return first if isinstance(first, Message) else None


# --- Proof ---------------------------------------------------------------------------------


def _proof(mail: Message, text: str, envelope_to: str, measure: Measure) -> _Proof:
    proof = _Proof(measure)
    letters = list(islice(_letters(mail, measure), _MOST))
    if key := _by_envelope(mail, letters, envelope_to):
        proof.mailing_id, proof.subscriber_id = key
    for letter in letters:
        proof.addresses.append(_header(letter, "To"))
    text = "\n".join([*(_headers(letter) for letter in letters), text])
    proof.message_ids = [match[1] for match in islice(_MESSAGE_ID.finditer(text), _MOST)]
    found = (parse_token(match[1]) for match in islice(_TOKEN.finditer(text), _MOST))
    proof.tokens = [token for token in found if token is not None]
    if not proof.mailing_id and (match := _X_MAILING.search(text)):
        proof.mailing_id = as_id(match[1])
    return proof


def _by_envelope(mail: Message, letters: list[Message], envelope_to: str) -> tuple[int, int] | None:
    """The delivery that an envelope address of ours names, wherever it was written down."""
    ours = verp.current()
    if ours is None:
        return None
    candidates = [envelope_to]
    for name in _TO_HEADERS:
        candidates += [str(value) for value in mail.get_all(name) or []]
    candidates += [_header(letter, "Return-Path") for letter in letters]
    for part in _parts(mail, "message/feedback-report"):
        if (fields := _inner(part)) is not None:
            candidates.append(_header(fields, "Original-Mail-From"))
    return next((key for text in candidates if (key := _envelope_key(ours, text))), None)


def _envelope_key(ours: verp.Verp, text: str) -> tuple[int, int] | None:
    found = [word for word in _BETWEEN_ADDRESSES.split(text) if "@" in word][:_MOST]
    return next((key for address in found if (key := ours.read(address))), None)


def _letters(mail: Message, measure: Measure) -> Iterator[Message]:
    """The returned letter, or what was returned of it."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822" and (letter := _inner(part)) is not None:
            yield letter
        elif part.get_content_type() == "text/rfc822-headers":
            yield parse(_bytes(part), measure)


def _headers(letter: Message) -> str:
    return "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in letter.items())


def _text(mail: Message) -> str:
    """All that is text in it, without what is text of the returned letter."""
    if mail.is_multipart() and mail.get_content_type() != "multipart/report":
        parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    else:
        parts = [mail] if mail.get_content_maintype() == "text" else []
    return "\n".join(_bytes(part).decode("utf-8", "replace") for part in parts)


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
