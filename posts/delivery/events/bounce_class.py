"""Why a mail came back: hard, soft or blocked, by its status (RFC 3463) and the server's reply."""

import re

from posts.delivery.transports.verdict import BLOCKED, HARD, SOFT, EventKind, Verdict

_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_GENERIC = {"0.0", "5.0"}  # servers that mean no more than "no"

# Said of us, of the letter or of the way, whatever the number.
_BLOCKED_WORDS = re.compile(
    r"spam|policy|black.?list|block.?list|\bblocked\b|reputation|dnsbl|\brbl\b|\bspf\b|dkim|dmarc",
    re.IGNORECASE,
)
_GONE_WORDS = re.compile(
    r"user (is )?unknown|unknown (user|recipient|mailbox)|no such (user|recipient|mailbox|person)"
    r"|(user|recipient|mailbox|account|address)( \S+)? (does not|doesn't) exist"
    r"|mailbox (not found|unavailable|disabled)|no mailbox (here|by that name)"
    r"|invalid (recipient|mailbox)|account (is |has been )?(disabled|closed|deleted)",
    re.IGNORECASE,
)
# Of the addressee (1), except the two that mean the sender; a disabled mailbox; no such domain.
_SENDER = {"1.7", "1.8"}
_GONE = {"2.1", "4.4"}

_ACTIONS = {
    "failed": EventKind.BOUNCED,
    "delayed": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "relayed": EventKind.ACCEPTED,
    "expanded": EventKind.ACCEPTED,
}


def verdict(action: str, status: str, reply: str) -> Verdict:
    """What one recipient's part of a delivery status notification (RFC 3464) means."""
    kind = _ACTIONS.get(action.strip().lower(), EventKind.NOTHING)
    return Verdict(kind, reason(status, reply) if kind is EventKind.BOUNCED else "")


def reason(status: str, reply: str) -> str:
    """Soft where we cannot know: soft ones add up, and an address is lost only once."""
    grade, detail = _code(status, reply)
    if grade == "4":
        return SOFT
    if _BLOCKED_WORDS.search(reply):
        return BLOCKED
    if detail in _SENDER:
        return BLOCKED
    if detail.startswith("1.") and detail != "1.0":
        return HARD
    if detail in _GONE:
        return HARD
    if _GONE_WORDS.search(reply) and not detail.startswith("2."):
        return HARD
    if detail == "4.1" and "recipient" in reply.lower():
        return HARD  # Exchange Online says so of people it does not have
    return BLOCKED if detail.startswith("7.") else SOFT


def _code(status: str, reply: str) -> tuple[str, str]:
    """Class and detail; the one in the reply where the status says nothing more than "no"."""
    for text in (status, reply):
        match = _CODE.search(text)
        if match and f"{match[2]}.{match[3]}" not in _GENERIC:
            return match[1], f"{match[2]}.{match[3]}"
    match = _CODE.search(status)
    return (match[1] if match else "5"), ""
