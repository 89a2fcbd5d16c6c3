"""Reading what comes back to the mailbox for bounces: returned mails and complaints.

Which delivery a mail is about says `proof`, what it says of it `returned`. What looks like a
returned mail and is not understood is kept for a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from posts.delivery.events import human_part, proof, returned
from posts.delivery.events.event import Event, one_line
from posts.delivery.events.human_part import HumanPart
from posts.delivery.events.human_words import AWAY, COMPLAINT_SUBJECTS
from posts.delivery.events.parsing import Measure, Part, header, inner, parse, subject, walk
from posts.delivery.events.proof import Proof
from posts.delivery.events.returned import RecipientReport
from posts.delivery.transports.verdict import EventKind, Verdict
from subscribers.saying import sentence

# Begins as `inbox.NOT_UNDERSTOOD`.
UNKNOWN = sentence(
    "Not understood: it comes back, but says in no words that are known of whom or why."
)
_COMPLAINTS = {"abuse", "fraud", "virus", "miscategorized"}


@dataclass
class Reading:
    """What a mail reports, and why a person should look at it; empty: nobody need."""

    events: list[Event] = field(default_factory=list)
    problem: str = ""


def read(body: bytes, *, envelope_to: str = "") -> Reading:
    """What a mail reports; nothing for one that is no bounce, such as an out-of-office.

    Raises TooMuch for one that is not read, and whatever else a body breaks that nobody expected.
    """
    measure = Measure()
    mail = parse(body, measure)
    human = human_part.of(mail)
    found = proof.find(mail, _text(mail), human.letter, envelope_to, measure)
    kind = str(mail.get_param("report-type") or "").lower()
    if _has(mail, "message/feedback-report") and kind in ("feedback-report", ""):
        return Reading(list(_complaint(mail, found)))
    if subject(mail).startswith(COMPLAINT_SUBJECTS):
        reply = sentence("Reported by %(who)s", who=one_line(header(mail, "From")))
        return Reading([found.event(Verdict(EventKind.COMPLAINED), reply, ())])
    if _has(mail, "message/disposition-notification") or "disposition" in kind:
        return Reading()
    if subject(mail) == "unsubscribe":
        return Reading(
            [found.event(Verdict(EventKind.UNSUBSCRIBED), sentence("She wrote so."), ())]
        )
    return _returned(mail, human, found)


def _has(mail: Message, kind: str) -> bool:
    return any(part.get_content_type() == kind for part in walk(mail))


def _text(mail: Message) -> str:
    """All that is text in it, the returned letter too where it is no part of its own."""
    parts = [part for part in walk(mail) if part.get_content_maintype() in ("text", "multipart")]
    payloads = (part.get_payload(decode=True) for part in parts)
    return "\n".join(one.decode("utf-8", "replace") for one in payloads if isinstance(one, bytes))


# --- Returned mails ------------------------------------------------------------------------


def _returned(mail: Part, human: HumanPart, found: Proof) -> Reading:
    is_report = _has(mail, "message/delivery-status")
    if not is_report and _answers_itself(mail):
        return Reading()
    reports = returned.reports(mail, human, found.addresses) or _passed_on(mail)
    if not reports and not is_report and not returned.is_returned(mail):
        return Reading()
    if reports:
        named = (found.known(address) for one in reports for address in one.addresses)
        reported = frozenset(address for address in named if address)
        events = [
            found.event(one.verdict, one.reply, one.addresses, reported=reported)
            for one in reports
            if one.verdict.kind is not EventKind.NOTHING
        ]
        return Reading(events, "" if events else UNKNOWN)
    verdict, understood = returned.unaddressed(human)
    reply = one_line(human.text[:500])
    events = [found.event(verdict, reply, ())] if found else []
    return Reading(events, "" if events and understood else UNKNOWN)


def _passed_on(mail: Part) -> list[RecipientReport]:
    """Those of a report that a gateway attached to a notice of its own. No letter is one."""
    if returned.is_returned(mail):
        for part in walk(mail):
            attached = inner(part) if part.get_content_type() == "message/rfc822" else None
            if isinstance(attached, Part) and attached.get_content_type() == "multipart/report":
                return returned.reports(attached, human_part.of(attached), ())
    return []


def _answers_itself(mail: Message) -> bool:
    """An out-of-office or the like. (Exim's bounces say that they are automatic, too.)"""
    if "X-Failed-Recipients" in mail:
        return False
    if returned.is_returned(mail):
        # Behind "Undeliverable:" stands the letter's own title, whatever that is.
        return subject(mail).startswith(AWAY)
    return (
        any(word in subject(mail) for word in AWAY)
        or header(mail, "Auto-Submitted").lower().startswith("auto-replied")
        or header(mail, "Precedence").lower() == "auto_reply"
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse"))
    )


# --- Complaints ----------------------------------------------------------------------------


def _complaint(mail: Message, found: Proof) -> Iterator[Event]:
    """RFC 5965. The provider often blots out who complained; our signatures still say it."""
    for part in walk(mail):
        fields = inner(part) if part.get_content_type() == "message/feedback-report" else None
        if fields is None:
            continue
        feedback = header(fields, "Feedback-Type").lower()
        if feedback in _COMPLAINTS:
            kind = EventKind.COMPLAINED
        else:
            kind = EventKind.UNSUBSCRIBED if feedback == "opt-out" else EventKind.NOTHING
        reply = sentence(
            "Reported as %(what)s to %(whom)s",
            what=one_line(feedback),
            whom=one_line(header(fields, "Reported-Domain")),
        )
        names = ("Original-Rcpt-To", "Removal-Recipient")
        addresses = [str(value) for name in names for value in fields.get_all(name) or []]
        if kind is not EventKind.NOTHING:
            yield found.event(Verdict(kind), reply, addresses)
