"""How often somebody may ask for a mail by typing an address into a form.

Three things are protected: a mailbox (against being flooded), our name as a sender (against
being used to flood many), and the reader who shares a network or has no JavaScript.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from subscribers.addresses import Address
from subscribers.limits import counters
from subscribers.limits.counters import Mark

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


class RequestKind(StrEnum):
    """What is asked for."""

    SIGN_UP = "sign_up"
    LINK = "link"


class Decision(StrEnum):
    GO_ON = "go on"
    # Asked often enough for this address. Allowance as always, and mail nobody.
    NO_MAIL = "no mail"
    # Too much from one network, or altogether: say so, with `retry_after`.
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class ThrottleAnswer:
    decision: Decision
    retry_after: int = 0  # seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a window of that length."""

    most: int
    lasts: timedelta


# Of one address. Whoever mistypes tries again a few times; the mails themselves are limited to one
# a day on top of this (`own_mails.ask`).
PER_ADDRESS = Limit(10, DAY)
# Of one network (/24, /48): a clinic or a university signs up after a talk, all within minutes.
PER_NETWORK = (Limit(60, HOUR), Limit(200, DAY))
# Of one network without proof of work: a household or a ward whose browsers run no scripts.
PER_NETWORK_UNPROVEN = (Limit(10, HOUR), Limit(30, DAY))
# Of the whole site, each kind for itself: a post that is read everywhere brings about a thousand
# people an hour. More than this would be mail that spam filters hold against the writer.
PER_SITE = Limit(2_000, HOUR)
PER_SITE_UNPROVEN = Limit(300, HOUR)
# Sign-ups and links together: what one sender's name bears.
OVERALL = Limit(3_000, HOUR)


def allow(
    *, kind: RequestKind, address: Address, network: str, proven: bool = False
) -> ThrottleAnswer:
    """Count one request, and say whether it may cause a mail.

    The same statements in the same order whoever the address belongs to. What its network cuts
    off counts nowhere else: one network must not use up what all others share.
    """
    # Requests of which no network is known share one, so that they are never unlimited.
    near = [(PER_NETWORK, ""), *([] if proven else [(PER_NETWORK_UNPROVEN, "unproven")])]
    answer = _all_within(
        [
            (limit, counters.mark(kind, "network", network, name, lasts=limit.lasts))
            for limits, name in near
            for limit in limits
        ]
    )
    if answer is not None:
        return answer
    return _within_the_site(kind, address, proven=proven)


def _within_the_site(kind: RequestKind, address: Address, *, proven: bool) -> ThrottleAnswer:
    shared = [(PER_SITE, _site_mark(kind)), (OVERALL, counters.mark("overall", lasts=HOUR))]
    if not proven:
        unproven = counters.mark(kind, "site", "unproven", lasts=PER_SITE_UNPROVEN.lasts)
        shared.append((PER_SITE_UNPROVEN, unproven))
    own = counters.mark(kind, "address", address.normalised, lasts=PER_ADDRESS.lasts)
    counts = counters.add([*(each for _, each in shared), own])
    if answer := _over(shared, counts):
        return answer
    return ThrottleAnswer(Decision.NO_MAIL if counts[-1] > PER_ADDRESS.most else Decision.GO_ON)


def _all_within(limits: Sequence[tuple[Limit, Mark]]) -> ThrottleAnswer | None:
    return _over(limits, counters.add([each for _, each in limits]))


def _over(limits: Sequence[tuple[Limit, Mark]], counts: Sequence[int]) -> ThrottleAnswer | None:
    """When those that are over their limit may try again; None when none is."""
    waits = [
        each.seconds_left
        for (limit, each), count in zip(limits, counts, strict=False)
        if count > limit.most
    ]
    return ThrottleAnswer(Decision.TOO_MANY, max(waits)) if waits else None


def _site_mark(kind: RequestKind, hours_ago: int = 0) -> Mark:
    return counters.mark(kind, "site", lasts=HOUR, at=timezone.now() - hours_ago * HOUR, keep=WEEK)


def kept_keys() -> list[bytes]:
    """The keys whose tallies are kept for a week: what is usual is told from them."""
    return [_site_mark(kind).key for kind in RequestKind]


@dataclass(frozen=True, slots=True)
class Rush:
    """How many asked within this hour and the one before, and how many usually do in an hour."""

    lately: int
    usual: float

    @property
    def unusual(self) -> bool:
        """Far above what is usual. Thirty at least: five instead of one is a good day."""
        return self.lately >= 30 and self.lately > 5 * self.usual


def rush(kind: RequestKind) -> Rush:
    """Compare now with the week before."""
    this_hour, last_hour, *before = counters.peek(
        [_site_mark(kind, hours_ago) for hours_ago in range(24 * 7)]
    )
    return Rush(lately=max(this_hour, last_hour), usual=sum(before) / len(before))
