"""What a refusal in the session says of an address, and what follows, as of a returned mail."""

import re
from collections.abc import Mapping

from posts.delivery.transports import bounce_class
from posts.delivery.transports.bounce_class import Stage
from posts.delivery.transports.verdict import BLOCKED, HARD, SOFT
from subscribers import actions, returns
from subscribers.addresses import Address
from subscribers.models import Subscriber, Suppression

SOURCE = "mail server"

# As `smtp.replies` writes it: the code, the one of RFC 3463 where there is one, and the text.
_REPLY = re.compile(r"([45])\d\d\b[ -]*(?:[245](\.\d{1,3}\.\d{1,3})\b)?(.*)")
# The letter is too large for her or for the server, what we sent lately too much, our words wrong.
_OURS = re.compile(r"\.2\.3|\.3\.4|\.4\.5|\.5\.\d+|\.6\.\d+|\.7\.\d+")
_OUR_WORDS = re.compile(
    r"(sending|daily|hourly|message|rate).{0,20}(limit|quota)|too many (messages|mails|recipients)"
    r"|too (big|large)|message size|size exceeds",
    re.I,
)


def reason_of(reply: str) -> str:
    """`hard`, `soft` (hers, and passing) or `blocked` (ours), of the reply to RCPT, DATA or a
    body; empty where it is none of a mail server."""
    match = _REPLY.match(reply)
    if match is None:
        return ""
    grade, detail, text = match[1], match[2] or "", match[3]
    if _OURS.fullmatch(detail) or _OUR_WORDS.search(bounce_class.plain(text)):
        return BLOCKED
    return bounce_class.reason(f"{grade}{detail or '.0.0'}", text, Stage.RCPT)


def follow(reasons: Mapping[int, str]) -> None:
    """What a refusal of each kind means for these subscribers. Call it in the transaction that
    records it, once: a soft one is counted."""
    gone = [subscriber_id for subscriber_id, reason in reasons.items() if reason == HARD]
    if gone:
        addresses = Subscriber.objects.filter(pk__in=gone).values_list("address", flat=True)
        actions.suppress_all(
            addresses=[Address(address, address) for address in sorted(addresses)],
            reason=Suppression.Reason.BOUNCED,
            source=f"reported by {SOURCE}",
            by=SOURCE,
        )
    passing = [subscriber_id for subscriber_id, reason in reasons.items() if reason == SOFT]
    returns.note_soft_bounces(subscribers=passing, source=SOURCE, by=SOURCE)
