"""What a claim writes: who of a batch is attempted, who is left out, and why."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.states import Who, begin_deliveries, move_deliveries
from subscribers.queries import Recipient, recipients
from subscribers.saying import sentence

State = Delivery.State

NO_REPLAY = sentence(
    "The answer was lost, and the call could not be repeated as it was: "
    "its key had expired, somebody it was for had left, or mail went "
    "another way meanwhile."
)


def open_deliveries(
    batch: Batch, mailing: Mailing, transport: str, now: datetime
) -> list[Recipient]:
    """Write `attempting` and `left_out`; answer who is to be attempted, in the batch's order."""
    ids = batch.ids()
    known = {person.id: person for person in recipients(mailing.newsletter_id, ids)}
    reasons = {subscriber_id: _left_out(subscriber_id, known, mailing) for subscriber_id in ids}
    if batch.purpose == Batch.Purpose.FIRST:
        begin_deliveries(batch, reasons, now)
        taken = ids
    elif batch.key and not _may_replay(batch, reasons, transport):
        move_deliveries(_retrying(batch, ids), State.IN_DOUBT, who=Who.MACHINE, detail=NO_REPLAY)
        taken = []
    else:
        taken = _reopen(batch, reasons)
    return [known[subscriber_id] for subscriber_id in taken if not reasons[subscriber_id]]


def _left_out(subscriber_id: int, known: dict[int, Recipient], mailing: Mailing) -> str:
    if mailing.state == Mailing.State.CANCELLED:
        return "cancelled"
    if subscriber_id not in known:
        return "erased"
    return known[subscriber_id].left_out


def _retrying(batch: Batch, subscriber_ids: Sequence[int]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        mailing_id=batch.mailing_id,
        subscriber_id__among=array("q", subscriber_ids),
        state=State.RETRYING,
    )


def _lock_retrying(batch: Batch, subscriber_ids: Sequence[int]) -> set[int]:
    """Locked: a "delivered" that comes between the look and the update would else be taken for
    somebody to try again. In their order, as whoever applies events locks them."""
    rows = _retrying(batch, subscriber_ids).select_for_update().order_by("subscriber_id")
    return set(rows.values_list("subscriber_id", flat=True))


def _may_replay(batch: Batch, reasons: dict[int, str], transport: str) -> bool:
    """A replay is the same call, byte for byte: to the same people, while its key is known, and
    to whom it is known: EMAIL_URL may name another provider since.

    Where somebody has left meanwhile, or an event came about one of them, it would be another.
    """
    return (
        batch.transport == transport
        and not any(reasons.values())
        and len(_lock_retrying(batch, list(reasons))) == len(reasons)
        and Batch.objects.filter(pk=batch.pk, key_until__gt=Now()).exists()
    )


def _reopen(batch: Batch, reasons: dict[int, str]) -> list[int]:
    """A new attempt, allowed only from `retrying`; whoever is in another state stays there."""
    subscriber_ids = list(reasons)
    retrying = _lock_retrying(batch, subscriber_ids)
    by_reason: dict[str, list[int]] = defaultdict(list)
    for subscriber_id, reason in reasons.items():
        if subscriber_id in retrying:
            by_reason[reason].append(subscriber_id)
    for reason, group in by_reason.items():
        move_deliveries(
            _retrying(batch, group),
            State.LEFT_OUT if reason else State.ATTEMPTING,
            who=Who.MACHINE,
            reason=reason,
            attempt=F("attempt") + 1,
            batch_id=batch.pk,
            detail=None,
        )
    return [subscriber_id for subscriber_id in subscriber_ids if subscriber_id in retrying]
