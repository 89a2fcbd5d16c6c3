"""What a returned mail says: of whom, what became of it, and why.

Read are the report (RFC 3464) and the part for people, in this order of trust; never the returned
letter, in which any word may stand.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
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
Block = Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """What one mail says of one recipient. `addresses` is empty where it names nobody."""

    verdict: Verdict
    reply: str
    addresses: tuple[str, ...]


def reports(mail: Part, human: HumanPart) -> list[Report]:
    """Those of its report, or else of its text; none where neither names anybody."""
    blocks = [*_blocks(mail)] or human.fields()
    if blocks:
        addresses = [address for block in blocks for address in _addresses(block)]
        about = human.about(addresses)
        return [_of_block(block, human, about, alone=len(blocks) == 1) for block in blocks]
    return list(_of_text(mail, human))


def unaddressed(human: HumanPart) -> tuple[Verdict, bool]:
    """What a mail that names nobody says, and whether that was understood."""
    if bounce_class.is_delay(human.text):
        return Verdict(EventKind.DEFERRED), True
    reason = _of_words(human.text)
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


def _blocks(mail: Message) -> Iterator[Block]:
    """RFC 3464: one block for the message, then one for each recipient."""
    for part in walk(mail):
        kind = part.get_content_type()
        if kind == _STATUS:
            payload = part.get_payload()
            for one in payload if isinstance(payload, list) else ():
                if isinstance(one, Message) and _is_of_recipient(one):
                    yield {name.lower(): header(one, name) for name in one}
        elif kind == _GLOBAL_STATUS and (fields := inner(part)) is not None:
            text = str(fields.get_payload())
            yield from HumanPart(tuple(text.splitlines()), "").fields()


def _is_of_recipient(block: Message) -> bool:
    return any(name in block for name in ("Action", *_OF_WHOM))


def _of_block(block: Block, human: HumanPart, about: Mapping[str, str], *, alone: bool) -> Report:
    addresses = _addresses(block)
    words = next((about[one.lower()] for one in addresses if one.lower() in about), "")
    if not words and alone:
        words = human.text
    status, _, comment = block.get("status", "").partition(" ")
    diagnostic = _typed(block.get("diagnostic-code", ""))
    reply = " ".join(text for text in (diagnostic, comment.strip("()")) if text)
    stage = bounce_class.stage(f"{reply}\n{words}", Stage.REPORT)
    verdict = bounce_class.verdict(_action(block, status), status, reply, stage)
    if verdict.kind is EventKind.BOUNCED and not bounce_class.known(status, reply, stage):
        reason = bounce_class.reason(status, words, stage)
        verdict = Verdict(EventKind.BOUNCED, reason)
    return Report(verdict, one_line(diagnostic or block.get("status", "")), addresses)


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


def _of_text(mail: Part, human: HumanPart) -> Iterator[Report]:
    """Bounces of no standard: flufl.bounce knows many forms, the words of the text all others."""
    passing, lasting = _found_by_flufl(mail, human)
    about = human.about([*passing, *lasting], others=human_part.addresses(header(mail, "To")))
    if not lasting and not passing and is_returned(mail):
        late = bounce_class.is_delay(human.text)
        passing, lasting = ([*about], []) if late else ([], [*about])
    alone = len(lasting) + len(passing) == 1
    for address in (*lasting, *passing):
        words = human.text if alone else about.get(address.lower(), human.text)
        verdict = (
            Verdict(EventKind.BOUNCED, _of_words(words) or SOFT)
            if address in lasting
            else Verdict(EventKind.DEFERRED)
        )
        yield Report(verdict, one_line(words[:500]), (address,))


def _of_words(words: str) -> str:
    return bounce_class.known("", words, bounce_class.stage(words, Stage.TEXT))


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
