"""How often somebody may try to come into the desk: one function, whatever the view.

A password has to be guessed in few tries, per account (many machines that try one) and per address
and network (one machine that tries many). The owner's own device is not among the strangers.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from django.http import HttpRequest

from posts.desk.devices import device_of
from subscribers.limits import counters
from subscribers.limits.network import address_of, network_of
from subscribers.limits.throttle import DAY, HOUR, Limit

__all__ = ["AttemptKind", "wait_before"]

QUARTER = timedelta(minutes=15)
Marked = list[tuple[Limit, counters.Mark]]


class AttemptKind(StrEnum):
    """What is tried."""

    SIGN_IN = "sign in"
    STEP = "second step"
    RESET = "password reset"
    LINK = "one-time link"  # counted where one opened nothing: a right one is never refused


class _Limits(NamedTuple):
    account: Sequence[Limit]
    address: Sequence[Limit]
    network: Sequence[Limit]


LIMITS = {
    AttemptKind.SIGN_IN: _Limits(
        account=(Limit(10, QUARTER), Limit(50, DAY)),
        address=(Limit(20, QUARTER), Limit(100, DAY)),
        network=(Limit(60, HOUR), Limit(300, DAY)),
    ),
    # Six digits, of which three are right: the same tries as for a password are few enough.
    AttemptKind.STEP: _Limits(
        account=(Limit(10, QUARTER), Limit(50, DAY)),
        address=(Limit(20, QUARTER), Limit(100, DAY)),
        network=(Limit(60, HOUR), Limit(300, DAY)),
    ),
    AttemptKind.RESET: _Limits(
        account=(Limit(3, HOUR), Limit(6, DAY)),
        address=(Limit(10, HOUR),),
        network=(Limit(30, HOUR),),
    ),
    AttemptKind.LINK: _Limits(
        account=(),
        address=(Limit(30, HOUR),),
        network=(Limit(60, HOUR), Limit(200, DAY)),
    ),
}
OF_A_DEVICE = (Limit(20, QUARTER), Limit(100, DAY))


def wait_before(request: HttpRequest, *, kind: AttemptKind, account: str = "") -> int:
    """Count one try; 0 if it may be made, else in how many seconds one may be.

    `account` is the name that was typed, whoever has it. To be called before a password is
    hashed. What is over a limit is looked at and not written: a flood writes nothing.
    """
    account = account.strip().casefold()[:254]
    limits = LIMITS[kind]
    device = device_of(request, account)
    # One that is over its own limit was stolen, or its owner guesses: then it is like any other.
    if device and not _over(_marked(kind, "device", device, OF_A_DEVICE)):
        return 0
    near = [
        *_marked(kind, "address", address_of(request), limits.address),
        *_marked(kind, "network", network_of(request), limits.network),
    ]
    # First by itself: whoever is cut off there must not use up the tries of an account.
    seconds = _over(near)
    if not seconds and account:
        seconds = _over(_marked(kind, "account", account, limits.account))
    if seconds and kind is not AttemptKind.RESET:  # of which the form answers each alike
        request.has_to_wait = seconds  # type: ignore[attr-defined] # see `devices.in_the_desk`
    return seconds


def _marked(kind: AttemptKind, what: str, of: str, limits: Sequence[Limit]) -> Marked:
    return [(limit, counters.mark("desk", kind, what, of, lasts=limit.lasts)) for limit in limits]


def _over(marked: Marked) -> int:
    """Count it, unless it is over a limit already; in how many seconds it is over no more."""
    marks = [mark for _, mark in marked]
    before = [count + 1 for count in counters.peek(marks)]
    if not (seconds := _wait(marked, before)):
        # Again by what is counted: of those who looked at the same moment too many came so far.
        seconds = _wait(marked, counters.add(marks))
    return seconds


def _wait(marked: Marked, counts: Sequence[int]) -> int:
    waits = [
        mark.seconds_left
        for (limit, mark), count in zip(marked, counts, strict=True)
        if count > limit.most
    ]
    return max(waits, default=0)
