"""Cutting an audience into batches, and spreading these over a window of time."""

from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Min, QuerySet

from posts.delivery.clock import database_now
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.models import BATCH_SIZE, LARGE_BATCH_SIZE, Batch, Mailing
from posts.delivery.rate import limits
from posts.delivery.rate.queries import sending_settings
from subscribers.saying import sentence

MINUTE, HOUR = 60, 3600
LONGEST_HOURS = 7 * 24
# A batch costs a sender as much as 1,600 of its people do. From so many people on there are enough
# large ones for twenty senders.
MANY = 20 * LARGE_BATCH_SIZE


def spread_seconds(hours: float) -> int:
    """A window as people say it. Raises DeliveryRefused for one that is none."""
    if not 0 <= hours <= LONGEST_HOURS:  # also what is no number at all
        raise DeliveryRefused(
            sentence(
                "A mailing can be spread over 0 to %(most)s hours, not over %(hours)s.",
                most=LONGEST_HOURS,
                hours=f"{hours:g}",
            )
        )
    return round(hours * HOUR)


def cut(mailing: Mailing, ids: "array[int]", *, starts: datetime) -> Iterator[Batch]:
    """The batches of a mailing, unsaved: due when it starts, or evenly over its window."""
    size = _size(len(ids), mailing.spread_seconds)
    if size == BATCH_SIZE and len(ids) >= MANY and _nothing_limits():
        size = LARGE_BATCH_SIZE
    places = range(0, len(ids), size)
    for index, place in enumerate(places):
        part = ids[place : place + size]
        wait = timedelta(seconds=mailing.spread_seconds * index / len(places))
        yield Batch(
            mailing=mailing, recipients=Batch.pack(part), size=len(part), not_before=starts + wait
        )


def _size(people: int, spread_seconds: int) -> int:
    """Small enough that there is one about every minute of the window."""
    minutes = spread_seconds // MINUTE
    return max(1, min(BATCH_SIZE, people // minutes)) if minutes else BATCH_SIZE


def _nothing_limits() -> bool:
    """Else a large batch is long in hand, and whoever says no meanwhile gets the letter: who is
    to be left out was looked up when it was claimed."""
    standing = limits.standing(sending_settings(), None, database_now())
    return standing.free and standing.domain_rate is None


def begin_now(mailing: Mailing) -> None:
    """The first batch in line is due now; those after it keep their distance from it."""
    if first := _in_line(mailing).aggregate(first=Min("not_before"))["first"]:
        _in_line(mailing).update(not_before=F("not_before") + (database_now() - first))


def close_the_gap(mailing: Mailing) -> None:
    """After a pause the window moves on, instead of all that it missed going at once."""
    first = _in_line(mailing).aggregate(first=Min("not_before"))["first"]
    if mailing.spread_seconds and first and first < database_now():
        begin_now(mailing)


def _in_line(mailing: Mailing) -> QuerySet[Batch]:
    """Retries are left out: theirs are times that the mail server asked for."""
    return Batch.objects.filter(
        mailing=mailing, state=Batch.State.WAITING, purpose=Batch.Purpose.FIRST
    )
