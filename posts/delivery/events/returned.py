"""What a returned mail says: of whom, what became of it, and why.

Read are the report (RFC 3464) and the part for people, in this order of trust; never the returned
letter, in which any word may stand.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message

from posts.delivery.events import human_part, unusual
from posts.delivery.events.event import one_line
from posts.delivery.events.human_part import HumanPart
from posts.delivery.events.human_words import DAEMONS, RETURNED
from posts.delivery.events.parsing import Part, header, inner, subject, walk
from posts.delivery.transports import bounce_class
from posts.delivery.transports.bounce_class import Stage
from posts.delivery.transports.verdict import SOFT, EventKind, Verdict

logger = logging.getLogger(__name__)

_STATUS = "message/delivery-status"
_GLOBAL_STATUS = "message/global-delivery-status"  # RFC 6533
_OF_WHOM = ("original-recipient", "final-recipient")
_NEW = (*_OF_WHOM, "action")
Block = Mapping[str, str]


@dataclass(frozen=True)
class RecipientReport:
    """What one mail says of one recipient. `addresses` is empty where it names nobody."""

    verdict: Verdict
    reply: str
    addresses: tuple[str, ...]


def reports(mail: Part, human: HumanPart, letter_to: Collection[str]) -> list[RecipientReport]:
    """Those of its report, or else of its text; none where neither names anybody. `letter_to`:
    whom the returned letter was for."""
    blocks = list(_blocks(_fields(mail))) or list(_blocks(human.fields(), ("final-recipient",)))
    if blocks:
        addresses = [address for block in blocks for address in _addresses(block)]
        about = human.about(addresses)
        return [_of_block(block, human, about, alone=len(blocks) == 1) for block in blocks]
    return list(_of_text(mail, human, letter_to))


def unaddressed(human: HumanPart) -> tuple[Verdict, bool]:
    """What a mail that names nobody says, and whether that was understood."""
    if bounce_class.is_delay(human.text):
        return Verdict(EventKind.DEFERRED), True
    stage = bounce_class.stage(human.text, Stage.TEXT)
    reason = bounce_class.known("", human.text, stage)
    return Verdict(EventKind.BOUNCED, reason or SOFT), bool(reason)


def is_returned(mail: Message) -> bool:
    """Whether sender or subject say that it comes back, in whatever form."""
    sender, about = header(mail, "From").lower(), subject(mail)
    return (
        "X-Failed-Recipients" in mail
        or any(word in sender for word in DAEMONS)
        or any(word in about for word in RETURNED)
    )


# --- Reports -------------------------------------------------------------------------------


def _fields(mail: Message) -> Iterator[tuple[str, str]]:
    """All of its report: those of the message, then those of each recipient. Whether there are
    blank lines between them, as RFC 3464 says, is not looked at: some servers leave them out."""
    for part in walk(mail):
        kind = part.get_content_type()
        if kind == _STATUS:
            payload = part.get_payload()
            for one in payload if isinstance(payload, list) else ():
                if isinstance(one, Message):
                    yield from one.items()
        elif kind == _GLOBAL_STATUS and (first := inner(part)) is not None:
            yield from HumanPart(tuple(str(first.get_payload()).splitlines()), "").fields()


def _blocks(fields: Iterable[tuple[str, str]], needed: Collection[str] = _NEW) -> Iterator[Block]:
    """One for each recipient: a new one begins where what is said once of each is said again."""
    block: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        if key in block and key in _NEW:
            yield block
            block = {}
        block.setdefault(key, " ".join(str(value).split()))
    if any(name in block for name in needed):
        yield block


def _of_block(
    block: Block, human: HumanPart, about: Mapping[str, str], *, alone: bool
) -> RecipientReport:
    addresses = _addresses(block)
    words = next((about[one.lower()] for one in addresses if one.lower() in about), "")
    whole = human.text if alone else ""
    status, _, comment = block.get("status", "").partition(" ")
    diagnostic = _typed(block.get("diagnostic-code", ""))
    reply = one_line(diagnostic, comment.strip("()"))
    stage = bounce_class.stage(f"{reply} {words} {whole}", Stage.REPORT)
    kind = bounce_class.kind(_action(block, status))
    reason = ""
    if kind is EventKind.BOUNCED:
        reason = _first_known(status, (reply, _first_line(words), words, whole), stage)
    return RecipientReport(
        Verdict(kind, reason), one_line(diagnostic or block.get("status", "")), addresses
    )


def _first_known(status: str, texts: Iterable[str], stage: Stage) -> str:
    """The reason that the first of them gives: the nearer to the recipient, the sooner asked."""
    found = (bounce_class.known(status, text, stage) for text in texts if text)
    return next((reason for reason in found if reason), bounce_class.reason(status, "", stage))


def _first_line(words: str) -> str:
    return words.partition("\n")[0]


def _action(block: Block, status: str) -> str:
    """What some servers leave to the status."""
    return block.get("action") or ("delayed" if status.startswith("4") else "failed")


def _addresses(block: Block) -> tuple[str, ...]:
    return tuple(_typed(block[name]).strip("<> ") for name in _OF_WHOM if name in block)


def _typed(value: str) -> str:
    """`rfc822; ada@example.org` and `smtp; 550 no`, without the type."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and kind.strip().isascii() and " " not in kind else value


# --- Texts ---------------------------------------------------------------------------------


def _of_text(mail: Part, human: HumanPart, letter_to: Collection[str]) -> Iterator[RecipientReport]:
    """Bounces of no standard: flufl.bounce knows many forms, the words of the text all others."""
    passing, lasting = _found_by_flufl(mail, human)
    sender = human_part.addresses(header(mail, "To"))
    about = human.about([*passing, *lasting, *letter_to], others=sender)
    if is_returned(mail):
        late = bounce_class.is_delay(human.text) and not lasting
        known = {address.lower() for address in (*passing, *lasting)}
        (passing if late else lasting).extend(one for one in about if one not in known)
    alone = len(lasting) + len(passing) == 1
    for address in (*lasting, *passing):
        words = about.get(address.lower(), "")
        whole = human.text if alone or not words else ""
        if address in lasting:
            stage = bounce_class.stage(f"{words} {whole}", Stage.TEXT)
            reason = _first_known("", (_first_line(words), words, whole), stage)
            verdict = Verdict(EventKind.BOUNCED, reason)
        else:
            verdict = Verdict(EventKind.DEFERRED)
        yield RecipientReport(verdict, one_line((words or whole)[:500]), (address,))


def _found_by_flufl(mail: Part, human: HumanPart) -> tuple[list[str], list[str]]:
    """Those who stand in what is written for people, or in a header for it."""
    try:
        passing, lasting = unusual.failures(mail)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # Its detectors expect what every mail server writes, a From for example.
        logger.info("A mail of no form that flufl.bounce knows: %r", error)
        return [], []
    listed = " ".join(str(value) for value in mail.get_all("X-Failed-Recipients") or [])
    text = f"{human.text}\n{listed}".lower()
    return _standing_in(text, passing), _standing_in(text, lasting)


def _standing_in(text: str, addresses: Collection[str]) -> list[str]:
    return sorted(one for one in addresses if one and one.lower() in text)
