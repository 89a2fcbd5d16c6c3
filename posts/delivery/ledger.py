"""Claim and record: the two places where deliveries change hands. Each is one short transaction.

All times are the database's, so that hosts whose clocks differ agree on leases. Every write of
a worker carries the epoch of its claim: a worker that lost its batch can change nothing.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Max, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from posts.delivery.journal import Journal, Name
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Answer, Outcome
from subscribers.queries import Recipient, recipients

State = Delivery.State

LEASE = timedelta(seconds=30)
HEARTBEAT = 10.0  # seconds between renewals
MARGIN = 5.0  # hand-over stops this long before the lease ends

# SQLite's clock has milliseconds and Django's microseconds: without this, what is due now
# would be due a moment later.
CLOCK_GRAIN = timedelta(milliseconds=1)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
# "Refused for now" becomes "refused" only after both: greylisting wants hours, not minutes.
GIVE_UP_ATTEMPTS = 5
GIVE_UP_AFTER = timedelta(hours=24)


class LeaseLost(Exception):
    """Somebody else settled this batch while we held it; nothing of ours was written."""


def _stop_at() -> float:
    return time.monotonic() + LEASE.total_seconds() - MARGIN


@dataclass
class Claim:
    """A batch in our hands."""

    batch_id: int
    epoch: int
    mailing: Mailing
    recipients: list[Recipient]
    journal: Journal
    replay_safe: bool
    stop_at: float = field(default_factory=_stop_at)

    def expired(self) -> bool:
        return time.monotonic() >= self.stop_at

    def renewed(self) -> None:
        self.stop_at = _stop_at()

    def stop(self) -> None:
        """The hand-over ends before its next message."""
        self.stop_at = time.monotonic()


def later(delay: timedelta) -> Combinable:
    """The database's now plus `delay`."""
    return ExpressionWrapper(Now() + delay, output_field=DateTimeField())


def due(of: Mailing.State = Mailing.State.SENDING) -> QuerySet[Batch]:
    """Batches that may be claimed now, in their order."""
    return Batch.objects.filter(
        state=Batch.State.WAITING, not_before__lte=later(CLOCK_GRAIN), mailing__state=of
    ).order_by("not_before", "id")


# --- Claim --------------------------------------------------------------------------------


def claim(
    *,
    transport: str,
    replay_safe: bool,
    worker: str,
    of: Mailing.State = Mailing.State.SENDING,
) -> Claim | None:
    """Take the next due batch, or None. Its deliveries are `attempting` or `left_out` after it;
    all are left out where the mailing is cancelled.

    The journal exists, locked, before the claim commits: without that a kill in between would
    leave a claimed batch of which nobody could say that nothing was attempted.
    """
    journal = None
    try:
        with transaction.atomic():
            batch = _lock_next(of)
            if batch is None:
                return None
            batch.epoch += 1
            journal = Journal(Name(batch.pk, batch.epoch))
            mailing = Mailing.objects.select_related("newsletter", "letter").get(
                pk=batch.mailing_id
            )
            Batch.objects.filter(pk=batch.pk).update(
                state=Batch.State.CLAIMED,
                epoch=batch.epoch,
                lease_until=later(LEASE),
                transport=transport,
                worker=worker,
            )
            to_attempt = _open_deliveries(batch, mailing)
    except BaseException:
        if journal is not None:
            journal.delete()
        raise
    return Claim(batch.pk, batch.epoch, mailing, to_attempt, journal, replay_safe)


def _lock_next(of: Mailing.State) -> Batch | None:
    batches = due(of)
    if connection.features.has_select_for_update_skip_locked:
        batches = batches.select_for_update(skip_locked=True, of=("self",))
    return batches.first()  # SQLite: the transaction began as a writer, so nobody is beside us


def _open_deliveries(batch: Batch, mailing: Mailing) -> list[Recipient]:
    """Write `attempting` and `left_out`; answer who is to be attempted, in order."""
    ids = batch.ids()
    known = {person.id: person for person in recipients(mailing.newsletter_id, ids)}
    reasons = {number: _left_out(number, known, mailing) for number in ids}
    if batch.purpose == Batch.Purpose.FIRST:
        _insert(batch, reasons)
        taken = ids
    else:
        taken = _reopen(batch, reasons)
    return [known[number] for number in taken if not reasons[number]]


def _left_out(number: int, known: dict[int, Recipient], mailing: Mailing) -> str:
    if mailing.state == Mailing.State.CANCELLED:
        return "cancelled"
    if number not in known:
        return "erased"
    return known[number].left_out


def _insert(batch: Batch, reasons: dict[int, str]) -> None:
    now = _database_now()
    Delivery.objects.bulk_create(
        Delivery(
            mailing_id=batch.mailing_id,
            subscriber_id=number,
            batch_id=batch.pk,
            changed_at=now,
            state=State.LEFT_OUT if reason else State.ATTEMPTING,
            reason=reason,
        )
        for number, reason in reasons.items()
    )


def _reopen(batch: Batch, reasons: dict[int, str]) -> list[int]:
    """A new attempt, allowed only from `retrying`; whoever is in another state stays there."""
    retrying = set(
        Delivery.objects.filter(
            mailing_id=batch.mailing_id, subscriber_id__in=list(reasons), state=State.RETRYING
        ).values_list("subscriber_id", flat=True)
    )
    by_reason: dict[str, list[int]] = defaultdict(list)
    for number, reason in reasons.items():
        if number in retrying:
            by_reason[reason].append(number)
    for reason, numbers in by_reason.items():
        Delivery.objects.filter(
            mailing_id=batch.mailing_id, subscriber_id__in=numbers, state=State.RETRYING
        ).update(
            state=State.LEFT_OUT if reason else State.ATTEMPTING,
            reason=reason,
            attempt=F("attempt") + 1,
            batch_id=batch.pk,
            changed_at=Now(),
            detail=None,
        )
    return [number for number in reasons if number in retrying]


def _database_now() -> datetime:
    """One round trip instead of an expression per row, which bulk_create would spell out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        value = cursor.fetchone()[0]
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value}+00:00")


def renew(held: Claim) -> bool:
    """Extend the lease. False: stop handing over (lost, paused or cancelled)."""
    kept = Batch.objects.filter(
        pk=held.batch_id, epoch=held.epoch, state=Batch.State.CLAIMED
    ).update(lease_until=later(LEASE))
    if not kept:
        held.stop()
        return False
    going = Mailing.objects.filter(pk=held.mailing.pk, state=Mailing.State.SENDING).exists()
    if going:
        held.renewed()
    else:
        held.stop()
    return going


# --- Record -------------------------------------------------------------------------------


def record(
    *, batch_id: int, epoch: int, outcomes: Sequence[Outcome], replay_safe: bool, final: bool = True
) -> None:
    """Write the answers to the ledger: one update for all that were accepted.

    `final` closes the batch; who got no outcome was never attempted and is retried at once.
    Raises LeaseLost, having written nothing, when the claim is no longer `epoch`.
    """
    with transaction.atomic():
        batch = (
            Batch.objects.select_for_update()
            .filter(pk=batch_id, epoch=epoch, state=Batch.State.CLAIMED)
            .first()
        )
        if batch is None:
            raise LeaseLost(f"batch {batch_id}, epoch {epoch}")
        _apply(batch, outcomes, of=State.ATTEMPTING, replay_safe=replay_safe)
        if final:
            _hand_back(batch, of=State.ATTEMPTING)
            _close(batch)


def take_over(*, batch_id: int, epoch: int, replay_safe: bool) -> bool:
    """Settle a batch whose lease ran out and whose journal is out of reach (its host is gone).

    Whatever was attempting is in doubt, or tried again where that is harmless. False when the
    batch was renewed or settled meanwhile.
    """
    with transaction.atomic():
        batch = (
            Batch.objects.select_for_update()
            .filter(pk=batch_id, epoch=epoch, state=Batch.State.CLAIMED, lease_until__lt=Now())
            .first()
        )
        if batch is None:
            return False
        batch.epoch += 1
        if not replay_safe:
            _move(
                _of_batch(batch, State.ATTEMPTING),
                State.IN_DOUBT,
                "The worker that held this batch is gone, and so is its journal.",
            )
        _hand_back(batch, of=State.ATTEMPTING)
        _close(batch)
    return True


def apply_evidence(*, batch_id: int, outcomes: Sequence[Outcome], replay_safe: bool) -> None:
    """A journal turned up after its batch was taken over: it may resolve doubts, nothing else.

    Rows that a person resent meanwhile belong to another batch and are not touched.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is None or batch.state != Batch.State.FINISHED:
            return
        _apply(batch, outcomes, of=State.IN_DOUBT, replay_safe=replay_safe)
        attempted = {outcome.subscriber_id for outcome in outcomes}
        in_doubt = _of_batch(batch, State.IN_DOUBT).values_list("subscriber_id", flat=True)
        untouched = [number for number in in_doubt if number not in attempted]
        if untouched:
            _retry(batch, untouched, of=State.IN_DOUBT, words="", delay=timedelta(0))


def _apply(
    batch: Batch, outcomes: Iterable[Outcome], *, of: Delivery.State, replay_safe: bool
) -> None:
    groups: dict[tuple[Answer, str, int], list[int]] = defaultdict(list)
    for outcome in outcomes:
        words = "" if outcome.answer is Answer.ACCEPTED else outcome.words
        groups[outcome.answer, words, outcome.retry_after].append(outcome.subscriber_id)
    for (answer, words, retry_after), numbers in groups.items():
        rows = _of_batch(batch, of).filter(subscriber_id__in=numbers)
        if answer is Answer.ACCEPTED:
            _move(rows, State.ACCEPTED, words)
        elif answer is Answer.REFUSED:
            _move(rows, State.REFUSED, words)
        elif answer is Answer.RETRY:
            _retry_or_give_up(batch, numbers, of=of, words=words, retry_after=retry_after)
        elif replay_safe:
            _retry(batch, numbers, of=of, words=words, delay=timedelta(0))
        elif of is not State.IN_DOUBT:
            _move(rows, State.IN_DOUBT, words or "Handed over; the worker died before the answer.")


def _of_batch(batch: Batch, state: Delivery.State) -> QuerySet[Delivery]:
    return Delivery.objects.filter(mailing_id=batch.mailing_id, batch_id=batch.pk, state=state)


def _move(rows: QuerySet[Delivery], state: Delivery.State, words: str) -> int:
    return rows.update(state=state, detail=words or None, changed_at=Now())


def _retry_or_give_up(
    batch: Batch, numbers: list[int], *, of: Delivery.State, words: str, retry_after: int
) -> None:
    rows = _of_batch(batch, of).filter(subscriber_id__in=numbers)
    attempts = rows.aggregate(most=Max("attempt"))["most"] or 1
    too_old = Mailing.objects.filter(pk=batch.mailing_id, created_at__lt=later(-GIVE_UP_AFTER))
    if attempts >= GIVE_UP_ATTEMPTS and too_old.exists():
        _move(rows, State.REFUSED, f"Given up after {attempts} attempts. {words}")
        return
    delay = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_RETRY)
    delay = max(delay, timedelta(seconds=retry_after))
    _retry(batch, numbers, of=of, words=words, delay=delay)


def _retry(
    batch: Batch, numbers: list[int], *, of: Delivery.State, words: str, delay: timedelta
) -> None:
    """Move to `retrying` and freeze a new batch of exactly those who moved."""
    rows = _of_batch(batch, of).filter(subscriber_id__in=numbers)
    # Materialised first: afterwards the rows would have to be told from other retries.
    moving = list(rows.order_by("subscriber_id").values_list("subscriber_id", flat=True))
    if not moving:
        return
    _move(rows, State.RETRYING, words)
    add_batch(batch.mailing_id, moving, purpose=Batch.Purpose.RETRY, delay=delay)


def add_batch(
    mailing_id: int, numbers: Sequence[int], *, purpose: Batch.Purpose, delay: timedelta
) -> Batch:
    """A new batch of recipients that are `retrying`, due after `delay`.

    A finished batch never reopens; a finished mailing does, since it has work again.
    """
    Mailing.objects.filter(pk=mailing_id, state=Mailing.State.FINISHED).update(
        state=Mailing.State.SENDING, finished_at=None
    )
    return Batch.objects.create(
        mailing_id=mailing_id,
        purpose=purpose,
        recipients=Batch.pack(numbers),
        size=len(numbers),
        not_before=later(delay),
    )


def _hand_back(batch: Batch, *, of: Delivery.State) -> None:
    untouched = _of_batch(batch, of).values_list("subscriber_id", flat=True)
    _retry(batch, list(untouched), of=of, words="", delay=timedelta(0))


def _close(batch: Batch) -> None:
    """Finished for good; the list goes, the deliveries carry the truth now."""
    Batch.objects.filter(pk=batch.pk).update(
        state=Batch.State.FINISHED,
        epoch=batch.epoch,
        recipients=b"",
        lease_until=None,
        finished_at=Now(),
    )
