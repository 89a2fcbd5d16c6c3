"""Everybody in a mailing, one by one: as many as there are candidates, at any moment.

It takes a while, and claims go on meanwhile. Whoever waits is therefore read first, and everybody
is given in one order, by id: someone whose batch is claimed before we come to her has a row by
then, and someone whose batch is claimed after was given as waiting. Nobody is given twice, and no
transaction is held open for as long as the slowest download.
"""

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from posts.delivery.models import WAITING, Batch, Delivery, Mailing
from subscribers import fastsql
from subscribers.models import Subscriber

CHUNK = 5_000
_Row = tuple[int, int, str, int, datetime | None, str | None]
_NO_ROW = (0, "", 0, None, None)
_NAMES = {int(state): str(state.label) for state in Delivery.State}


class RecipientRow(NamedTuple):
    """One recipient. No address: erased since. No time: waiting."""

    address: str
    state: str
    reason: str
    attempts: int
    changed_at: datetime | None
    reply: str


def everybody(mailing: Mailing) -> Iterator[list[RecipientRow]]:
    """All recipients, in lists of up to `CHUNK`."""
    rows = _merged(_waiting(mailing), _rows(mailing))
    while chunk := list(islice(rows, CHUNK)):
        yield _recipient_rows(chunk)


def _waiting(mailing: Mailing) -> Sequence[int]:
    """Who has no row yet, in order: eight bytes each."""
    lists = Batch.objects.filter(
        mailing=mailing, state=Batch.State.WAITING, purpose=Batch.Purpose.FIRST
    )
    packed = bytearray()
    for recipients in lists.order_by("pk").values_list("recipients", flat=True).iterator(50):
        packed += bytes(recipients)
    found = array("q")
    found.frombytes(bytes(packed))
    # Cut from one ascending list they are in order already; whoever cuts them otherwise is
    # served too.
    return found if _ascending(found) else sorted(found)


def _ascending(subscriber_ids: Sequence[int]) -> bool:
    return all(a < b for a, b in zip(subscriber_ids, islice(subscriber_ids, 1, None), strict=False))


def _rows(mailing: Mailing) -> Iterator[_Row]:
    """The rows by id, page by page along the primary key."""
    rows = (
        Delivery.objects.filter(mailing=mailing)
        .order_by("subscriber_id")
        .values_list("subscriber_id", "state", "reason", "attempt", "changed_at", "detail")
    )
    page = list(rows[:CHUNK])
    while page:
        yield from page
        page = list(rows.filter(subscriber_id__gt=page[-1][0])[:CHUNK])


def _merged(waiting: Sequence[int], rows: Iterator[_Row]) -> Iterator[_Row]:
    at, many = 0, len(waiting)
    for row in rows:
        while at < many and waiting[at] < row[0]:
            yield (waiting[at], *_NO_ROW)
            at += 1
        at += at < many and waiting[at] == row[0]  # claimed since the lists were read
        yield row
    for subscriber_id in islice(waiting, at, None):
        yield (subscriber_id, *_NO_ROW)


def _recipient_rows(chunk: Sequence[_Row]) -> list[RecipientRow]:
    subscriber_ids = [row[0] for row in chunk]
    typed: dict[int, str] = dict(
        fastsql.find(Subscriber, ["id", "email"], key="id", among=subscriber_ids)
    )
    return [_recipient_row(row, typed.get(row[0], "")) for row in chunk]


def _recipient_row(row: _Row, address: str) -> RecipientRow:
    _, state, reason, attempt, changed_at, reply = row
    if not state:
        return RecipientRow(address, WAITING, "", 0, None, "")
    # Whoever is left out was not attempted the last time, which was counted beforehand.
    attempts = attempt - (state == Delivery.State.LEFT_OUT)
    return RecipientRow(address, _NAMES[state], reason, attempts, changed_at, reply or "")
