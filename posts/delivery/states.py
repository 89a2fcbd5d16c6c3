"""What may become of a mailing and of a delivery: two tables, and the only functions that write it.

Each write is a conditional UPDATE: of two who want different things at the same moment one happens,
and the other finds that nothing changed. What no table has cannot be written at all. Callers narrow
the rows further: that a step is possible does not say that now is the time for it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Flag, auto
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Now

from posts.delivery.models import Batch, Delivery, Mailing
from subscribers.fastsql import insert


class Who(Flag):
    """Who may take a step."""

    PERSON = auto()
    MACHINE = auto()  # workers, the sweep, and beat
    PROVIDER = auto()  # on the word of whoever took the mail, or sent it back


class ImpossibleStep(Exception):
    """A fault of ours, found before anything was written: no table has this step."""


M, D = Mailing.State, Delivery.State
S = TypeVar("S")
PERSON, MACHINE, PROVIDER = Who
EITHER = PERSON | MACHINE

# From → to, and who may. Nobody was attempted in the first two: both can be taken back.
MAILINGS: Mapping[Mailing.State, Mapping[Mailing.State, Who]] = {
    M.SCHEDULED: {M.SENDING: EITHER, M.CANCELLED: PERSON},
    M.HELD: {M.SENDING: EITHER, M.CANCELLED: PERSON},
    M.SENDING: {M.PAUSED: EITHER, M.CANCELLED: PERSON, M.FINISHED: MACHINE},
    M.PAUSED: {M.SENDING: PERSON, M.CANCELLED: PERSON},
    # It has work again: somebody is to be tried once more.
    M.FINISHED: {M.SENDING: EITHER},
    M.CANCELLED: {},
}
NEW_MAILINGS = frozenset({M.SCHEDULED, M.HELD, M.SENDING})

# Within an attempt a state only moves forward. A new attempt begins from `retrying`, which a
# person may ask for where the machine has given up or does not know.
DELIVERIES: Mapping[Delivery.State, Mapping[Delivery.State, Who]] = {
    D.ATTEMPTING: {
        D.ACCEPTED: MACHINE | PROVIDER,
        D.REFUSED: MACHINE,
        D.RETRYING: MACHINE,
        D.IN_DOUBT: MACHINE,
        D.DELIVERED: PROVIDER,
        D.BOUNCED: PROVIDER,
        D.COMPLAINED: PROVIDER,
    },
    D.RETRYING: {
        D.ATTEMPTING: MACHINE,
        D.LEFT_OUT: MACHINE,
        D.IN_DOUBT: MACHINE,  # a call that could not be repeated as it was
        D.ACCEPTED: PROVIDER,
        D.DELIVERED: PROVIDER,
        D.BOUNCED: PROVIDER,
        D.COMPLAINED: PROVIDER,
    },
    D.IN_DOUBT: {
        D.ACCEPTED: MACHINE | PROVIDER,  # the machine's: a journal that turned up
        D.REFUSED: MACHINE,
        D.RETRYING: EITHER,
        D.DELIVERED: PROVIDER,
        D.BOUNCED: PROVIDER,
        D.COMPLAINED: PROVIDER,
    },
    D.REFUSED: {
        D.RETRYING: PERSON,
        D.DELIVERED: PROVIDER,
        D.BOUNCED: PROVIDER,
        D.COMPLAINED: PROVIDER,
    },
    D.ACCEPTED: {D.DELIVERED: PROVIDER, D.BOUNCED: PROVIDER, D.COMPLAINED: PROVIDER},
    D.DELIVERED: {D.BOUNCED: PROVIDER, D.COMPLAINED: PROVIDER},
    # Soft first and hard later is a step, although the state is the same.
    D.BOUNCED: {D.BOUNCED: PROVIDER, D.COMPLAINED: PROVIDER},
    D.COMPLAINED: {},
    D.LEFT_OUT: {},
}
NEW_DELIVERIES = frozenset({D.ATTEMPTING, D.LEFT_OUT})


# --- Mailings -----------------------------------------------------------------------------


def begin_mailing(mailing: Mailing, state: Mailing.State, *, who: Who) -> None:
    """The first state of a new mailing, which the caller saves; or that of one which was only
    scheduled, in the transaction of whoever holds its row."""
    if mailing.pk is None:
        if state not in NEW_MAILINGS:
            raise ImpossibleStep(f"A mailing does not begin as {state}.")
    elif not move_mailings(_scheduled(mailing), state, who=who):
        raise ImpossibleStep(f"{mailing} does not become {state} now.")
    mailing.state = state


def _scheduled(mailing: Mailing) -> QuerySet[Mailing]:
    return Mailing.objects.filter(pk=mailing.pk, state=M.SCHEDULED)


def move_mailings(
    mailings: QuerySet[Mailing], to: Mailing.State, *, who: Who, **values: Any
) -> int:
    """Those of them that may, and what else changes with it; answers how many did."""
    before = _origins(MAILINGS, to, who)
    return mailings.filter(state__in=before).update(state=to, **values)


# --- Deliveries ---------------------------------------------------------------------------


def begin_deliveries(batch: Batch, reasons: Mapping[int, str], now: datetime) -> None:
    """The rows of a first attempt: `attempting`, or `left_out` where a subscriber id has a reason.
    The hot path writes past the cost of instances."""
    insert(
        Delivery,
        ("subscriber_id", "state", "reason"),
        (
            (subscriber_id, int(D.LEFT_OUT if reason else D.ATTEMPTING), reason)
            for subscriber_id, reason in reasons.items()
        ),
        mailing=batch.mailing_id,
        batch_id=batch.pk,
        changed_at=now,
    )


def move_deliveries(
    rows: QuerySet[Delivery], to: Delivery.State, *, who: Who, **values: Any
) -> int:
    """Those of them that may, and what else changes with it; answers how many did."""
    before = _origins(DELIVERIES, to, who)
    return rows.filter(state__in=before).update(state=to, changed_at=Now(), **values)


def may_move(before: Delivery.State, to: Delivery.State, who: Who) -> bool:
    """Whether a delivery may go from the one to the other on their word."""
    return who in DELIVERIES[before].get(to, Who(0))


def _origins(table: Mapping[S, Mapping[S, Who]], to: S, who: Who) -> list[S]:
    found = [before for before, steps in table.items() if to in steps and who in steps[to]]
    if not found:
        raise ImpossibleStep(f"Nothing becomes {to!r} by {who}.")
    return found
