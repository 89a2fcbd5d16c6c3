"""What may become of a mail after the hand-over, in one vocabulary for all who report it."""

from dataclasses import dataclass
from enum import IntEnum


class EventKind(IntEnum):
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

    kind: EventKind
    reason: str = ""

    @property
    def weight(self) -> tuple[int, int]:
        return self.kind, WEIGHT[self.reason]
