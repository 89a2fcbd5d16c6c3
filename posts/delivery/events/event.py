"""What was reported about one message, in our own words, whoever reported it."""

import uuid
from dataclasses import dataclass

from posts.delivery.transports.verdict import Verdict
from subscribers.addresses import AddressRefused, normalise

LONGEST_REPLY = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one message to one person.

    `trusted`: the reporter has shown who it is, so that an address alone is believed. Anybody can
    write to the mailbox: there, only what proves that it is about a mail of ours counts, which
    is the two ids (from an envelope address that we signed), or our Message-ID.
    """

    verdict: Verdict
    source: str  # provider, or "mailbox"
    reply: str = ""  # what the server said
    addresses: tuple[str, ...] = ()  # normalised, the likeliest first
    mailing_id: int = 0
    subscriber_id: int = 0
    message_ids: tuple[str, ...] = ()  # one of which may be ours
    tokens: tuple[uuid.UUID, ...] = ()  # of links in the returned letter
    trusted: bool = True


def one_line(*texts: object) -> str:
    """A server's reply as it is kept: one line, not too long, no NUL (PostgreSQL has none)."""
    reply = " ".join(str(text) for text in texts if text)
    return " ".join(reply.replace("\0", " ").split())[:LONGEST_REPLY]


def as_address(text: object) -> str:
    """An address in the form in which we know it; empty when it is none."""
    try:
        return normalise(str(text or "").strip("<> \t\r\n")).normalised
    except AddressRefused:
        return ""


def as_id(value: object) -> int:
    """An id as it comes back from a provider, as a number or as text; 0 when it is none."""
    text = str(value)
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0
