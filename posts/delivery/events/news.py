"""What we are told about one message, in our own words, whoever told it."""

import uuid
from dataclasses import dataclass
from enum import IntEnum

from subscribers.addresses import AddressRefused, normalise

LONGEST_WORDS = 1_000


class What(IntEnum):
    """In the order in which one outweighs the other: a state only moves forward."""

    NOTHING = 0
    DEFERRED = 1
    ACCEPTED = 2
    DELIVERED = 3
    BOUNCED = 4
    COMPLAINED = 5
    UNSUBSCRIBED = 6  # changes no delivery, only the subscription


# What kind of bounce, weakest first; these words stand in `Delivery.reason`.
SOFT = "soft"  # a passing trouble of hers, such as a full mailbox
BLOCKED = "blocked"  # it is about us or the letter, not about her address
FAILED = "failed"  # the provider could not do it
HARD = "hard"  # the address does not exist
COMPLAINED_BEFORE = "complained before"  # the provider did not even try
UNSUBSCRIBED_BEFORE = "unsubscribed before"
WEIGHT = {
    "": 0,
    SOFT: 1,
    BLOCKED: 2,
    FAILED: 2,
    HARD: 3,
    UNSUBSCRIBED_BEFORE: 3,
    COMPLAINED_BEFORE: 4,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened to the message and, for a bounce, of which kind it is."""

    what: What
    reason: str = ""

    @property
    def weight(self) -> tuple[int, int]:
        return self.what, WEIGHT[self.reason]


@dataclass(frozen=True, slots=True)
class News:
    """One thing told about one message to one person.

    `trusted`: the teller has shown who it is, so that an address alone is believed. Anybody can
    write to the mailbox: there, only what proves that it is about a mail of ours counts, which
    is the two ids (from an envelope address that we signed), or our Message-ID.
    """

    verdict: Verdict
    source: str  # provider, or "mailbox"
    words: str = ""
    addresses: tuple[str, ...] = ()  # normalised, the likeliest first
    mailing_id: int = 0
    subscriber_id: int = 0
    identities: tuple[str, ...] = ()  # Message-IDs, one of which may be ours
    tokens: tuple[uuid.UUID, ...] = ()  # of links in the returned letter
    trusted: bool = True


def one_line(*texts: object) -> str:
    """A server's words as they are kept: one line, not too long, no NUL (PostgreSQL has none)."""
    words = " ".join(str(text) for text in texts if text)
    return " ".join(words.replace("\0", " ").split())[:LONGEST_WORDS]


def as_address(text: object) -> str:
    """An address in the form in which we know it; empty when it is none."""
    try:
        return normalise(str(text or "").strip("<> \t\r\n")).normalised
    except AddressRefused:
        return ""


def as_number(value: object) -> int:
    """An id as it comes back from a provider, as a number or as text; 0 when it is none."""
    text = str(value)
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0
