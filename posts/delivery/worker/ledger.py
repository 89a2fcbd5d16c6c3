"""Claim and record: the two places where deliveries change hands. Each is one short transaction.

All times are the database's, so that hosts whose clocks differ agree on leases. Every write of
a worker carries the epoch of its claim: a worker that lost its batch can change nothing.
"""

import time
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from posts.delivery.batches import AT_ONCE, due
from posts.delivery.clock import database_now, later
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.states import Who, move_deliveries
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import refusals
from posts.delivery.worker.claim import open_deliveries
from posts.delivery.worker.journal import Journal, Name
from posts.delivery.worker.retries import Retries, decide, is_old, key_dies
from subscribers.queries import Recipient

State = Delivery.State

LEASE = timedelta(seconds=30)
HEARTBEAT = 10.0  # seconds between renewals
MARGIN = 5.0  # hand-over stops this long before the lease ends

NOBODY: Mapping[int, timedelta] = MappingProxyType({})
UNANSWERED = "Handed over; the worker died before the answer."
NO_NOTES = "The worker that held this batch is gone, and so is its journal."
NOT_ALL_NOTES = "The computer stopped in the middle; it may have been handed over or not."


class LeaseLost(Exception):
    """Somebody else settled this batch while we held it; nothing of ours was written."""


def _stop_at() -> float:
    return time.monotonic() + LEASE.total_seconds() - MARGIN


@dataclass(frozen=True)
class Replay:
    """What may be done about a hand-over whose answer was lost, with one transport."""

    safe: bool = False  # handing over again leaves one message
    key_lives: timedelta | None = None  # so long the provider knows a call by its key


@dataclass
class Claim:
    """A batch in our hands. A `key` says that it is one call, to be replayed as it was."""

    batch_id: int
    epoch: int
    mailing: Mailing
    recipients: list[Recipient]
    journal: Journal
    replay: Replay
    key: str = ""
    stop_at: float = field(default_factory=_stop_at)

    def expired(self) -> bool:
        return time.monotonic() >= self.stop_at

    def renewed(self) -> None:
        self.stop_at = _stop_at()

    def stop(self) -> None:
        """The hand-over ends before its next message."""
        self.stop_at = time.monotonic()


# --- Claim --------------------------------------------------------------------------------


def claim(
    *,
    transport: str,
    replay: Replay,
    worker: str,
    of: Mailing.State = Mailing.State.SENDING,
) -> Claim | None:
    """Take the next due batch, or None. Its deliveries are `attempting` or `left_out` after it;
    all are left out where the mailing is cancelled. Raises Transient: no journal can be written.

    The journal exists, locked, before the claim commits: without that a kill in between would
    leave a claimed batch of which nobody could say that nothing was attempted.
    """
    held = None
    try:
        with transaction.atomic():
            batch = _lock_next(of)
            if batch is None:
                return None
            batch.epoch += 1
            Batch.objects.filter(pk=batch.pk).update(
                state=Batch.State.CLAIMED,
                epoch=batch.epoch,
                lease_until=later(LEASE),
                transport=transport,
                worker=worker,
            )
            mailing = Mailing.objects.select_related("newsletter", "letter").get(
                pk=batch.mailing_id
            )
            # `batch` as it was before: a replay names the transport it was made for.
            now = database_now()
            to_attempt = open_deliveries(batch, mailing, transport, now)
            # Last, so that only the commit can fail after it.
            journal = Journal(Name(batch.pk, batch.epoch), now=now.timestamp())
            held = Claim(batch.pk, batch.epoch, mailing, to_attempt, journal, replay, batch.key)
    except BaseException:
        if held is not None:
            # Perhaps it was committed and the answer was lost: whoever finds the file will know.
            held.journal.abandon()
        raise
    return held


def _lock_next(of: Mailing.State) -> Batch | None:
    batches = due(of)
    if connection.features.has_select_for_update_skip_locked:
        batches = batches.select_for_update(skip_locked=True, of=("self",))
    return batches.first()  # SQLite: the transaction began as a writer, so nobody is beside us


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
    *,
    batch_id: int,
    epoch: int,
    outcomes: Sequence[Outcome],
    replay: Replay,
    final: bool = True,
    complete: bool = True,
    put_off: Mapping[int, timedelta] = NOBODY,
) -> None:
    """Write the answers to the ledger: one update for all that were accepted.

    `final` closes the batch; who got no outcome was never attempted and is retried at once, or
    as long as it was `put_off`. Unless the notes are not `complete`: then whoever is not in them
    is in doubt. Raises LeaseLost, having written nothing, when the claim is no longer `epoch`.
    """
    with transaction.atomic():
        batch = (
            Batch.objects.select_for_update()
            .filter(pk=batch_id, epoch=epoch, state=Batch.State.CLAIMED)
            .first()
        )
        if batch is None:
            raise LeaseLost(f"batch {batch_id}, epoch {epoch}")
        retries = Retries(batch.mailing_id)
        refused = _apply(batch, outcomes, retries, of=State.ATTEMPTING, replay=replay)
        if final:
            answered = {outcome.subscriber_id for outcome in outcomes}
            rest = [subscriber_id for subscriber_id in batch.ids() if subscriber_id not in answered]
            if not (complete or replay.safe):
                _move(_of_batch(batch, State.ATTEMPTING, rest), State.IN_DOUBT, NOT_ALL_NOTES)
            _hand_back(batch, rest, retries, put_off)
            _close(batch)
        retries.freeze()
        refusals.follow(refused)


def take_over(*, batch_id: int, epoch: int, replay: Replay) -> bool:
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
        retries = Retries(batch.mailing_id)
        everybody = batch.ids()
        if not replay.safe:
            _move(_of_batch(batch, State.ATTEMPTING, everybody), State.IN_DOUBT, NO_NOTES)
        _hand_back(batch, everybody, retries)
        _close(batch)
        retries.freeze()
    return True


def apply_evidence(
    *, batch_id: int, outcomes: Sequence[Outcome], replay: Replay, complete: bool = True
) -> None:
    """A journal turned up after its batch was taken over: it may resolve doubts, nothing else.

    Rows that a person resent meanwhile belong to another batch and are not touched.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is None or batch.state != Batch.State.FINISHED:
            return
        # No open batch of ours keeps the mailing from being finished at this very moment.
        Mailing.objects.select_for_update().get(pk=batch.mailing_id)
        retries = Retries(batch.mailing_id)
        refused = _apply(batch, outcomes, retries, of=State.IN_DOUBT, replay=replay)
        if complete:
            attempted = {outcome.subscriber_id for outcome in outcomes}
            in_doubt = _of_batch(batch, State.IN_DOUBT).values_list("subscriber_id", flat=True)
            untouched = [
                subscriber_id for subscriber_id in in_doubt if subscriber_id not in attempted
            ]
            retries.add(_never_attempted(_of_batch(batch, State.IN_DOUBT, untouched)))
        retries.freeze()
        refusals.follow(refused)


def _apply(
    batch: Batch,
    outcomes: Iterable[Outcome],
    retries: Retries,
    *,
    of: Delivery.State,
    replay: Replay,
) -> dict[int, str]:
    """Answers who was refused now, and of which kind (see `refusals`)."""
    refused: dict[int, str] = {}
    groups: dict[tuple[ServerAnswer, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        reply = (
            "" if outcome.answer in (ServerAnswer.ACCEPTED, ServerAnswer.RETRY) else outcome.reply
        )
        groups[outcome.answer, reply].append(outcome)
    for (answer, reply), group in groups.items():
        subscriber_ids = [outcome.subscriber_id for outcome in group]
        rows = _of_batch(batch, of, subscriber_ids)
        if answer is ServerAnswer.ACCEPTED:
            _move(rows, State.ACCEPTED, reply)
        elif answer is ServerAnswer.REFUSED:
            refused |= _refuse(rows, reply, refusals.reason_of(reply))
        elif answer is ServerAnswer.RETRY:
            refused |= _retry_or_give_up(batch, group, retries, of=of)
        elif replay.safe:
            retries.add(_moved(rows, State.RETRYING, reply))
        elif of is not State.IN_DOUBT:
            _doubt(batch, group, reply or UNANSWERED, retries, replay.key_lives)
    return refused


def _refuse(rows: QuerySet[Delivery], reply: str, reason: str) -> dict[int, str]:
    return dict.fromkeys(_moved(rows, State.REFUSED, reply, reason=reason), reason)


def _doubt(
    batch: Batch,
    group: Sequence[Outcome],
    reply: str,
    retries: Retries,
    key_lives: timedelta | None,
) -> None:
    """In doubt, or, call by call, asked again under the key by which the provider knows it."""
    calls: dict[tuple[str, int], list[int]] = defaultdict(list)
    for outcome in group:
        calls[outcome.key, outcome.at].append(outcome.subscriber_id)
    for (key, at), subscriber_ids in calls.items():
        rows = _of_batch(batch, State.ATTEMPTING, subscriber_ids)
        until = key_dies(at, key_lives) if key and key_lives else None
        if until is not None and until > database_now():
            _move(rows, State.RETRYING, reply)
            retries.add_call(subscriber_ids, key=key, until=until, transport=batch.transport)
        else:
            _move(rows, State.IN_DOUBT, reply)


def _retry_or_give_up(
    batch: Batch, outcomes: Sequence[Outcome], retries: Retries, *, of: Delivery.State
) -> dict[int, str]:
    rows = _of_batch(batch, of, [outcome.subscriber_id for outcome in outcomes])
    attempts = dict(rows.values_list("subscriber_id", "attempt"))
    old = is_old(batch.mailing_id)
    refused: dict[int, str] = {}
    groups: dict[tuple[Delivery.State, str, str], list[int]] = defaultdict(list)
    for outcome in outcomes:
        subscriber_id = outcome.subscriber_id
        if subscriber_id not in attempts:
            continue  # recorded already
        state, reply, delay = decide(outcome, attempt=attempts[subscriber_id], mailing_is_old=old)
        reason = refusals.reason_of(outcome.reply) if state is State.REFUSED else ""
        groups[state, reply, reason].append(subscriber_id)
        if state is State.RETRYING:
            retries.add([subscriber_id], delay)
    for (state, reply, reason), subscriber_ids in groups.items():
        rows = _of_batch(batch, of, subscriber_ids)
        if state is State.REFUSED:
            refused |= _refuse(rows, reply, reason)
        else:
            _move(rows, state, reply)
    return refused


def _of_batch(
    batch: Batch, state: Delivery.State, subscriber_ids: Sequence[int] | None = None
) -> QuerySet[Delivery]:
    """Rows of a batch in a state. Give `subscriber_ids` where they are known: they are the key, and
    without them all rows of the mailing are looked through."""
    rows = Delivery.objects.filter(mailing_id=batch.mailing_id, batch_id=batch.pk, state=state)
    return (
        rows
        if subscriber_ids is None
        else rows.filter(subscriber_id__among=array("q", subscriber_ids))
    )


def _move(rows: QuerySet[Delivery], state: Delivery.State, reply: str, *, reason: str = "") -> int:
    values = {"detail": reply or None} | ({"reason": reason} if reason else {})
    return move_deliveries(rows, state, who=Who.MACHINE, **values)


def _moved(
    rows: QuerySet[Delivery], state: Delivery.State, reply: str, *, reason: str = ""
) -> list[int]:
    """Move, and answer who moved. Looked up first: afterwards they could not be told apart."""
    moving = list(rows.values_list("subscriber_id", flat=True))
    _move(rows, state, reply, reason=reason)
    return moving


def _never_attempted(rows: QuerySet[Delivery]) -> list[int]:
    """Back to be tried; the attempt that was not made does not count."""
    moving = list(rows.values_list("subscriber_id", flat=True))
    if moving:
        move_deliveries(
            rows, State.RETRYING, who=Who.MACHINE, detail=None, attempt=F("attempt") - 1
        )
    return moving


def _hand_back(
    batch: Batch,
    rest: Sequence[int],
    retries: Retries,
    put_off: Mapping[int, timedelta] = NOBODY,
) -> None:
    """Whoever of `rest` was left out needs nothing; the others are tried again."""
    back = _never_attempted(_of_batch(batch, State.ATTEMPTING, rest)) if rest else []
    if batch.key and back and batch.key_until is not None:
        # Still the same call, in the same order.
        still = set(back)
        subscriber_ids = [subscriber_id for subscriber_id in batch.ids() if subscriber_id in still]
        retries.add_call(
            subscriber_ids, key=batch.key, until=batch.key_until, transport=batch.transport
        )
        return
    for subscriber_id in back:
        retries.add([subscriber_id], put_off.get(subscriber_id, AT_ONCE))


def _close(batch: Batch) -> None:
    """Finished for good; the list goes, the deliveries carry the truth now."""
    Batch.objects.filter(pk=batch.pk).update(
        state=Batch.State.FINISHED,
        epoch=batch.epoch,
        recipients=b"",
        lease_until=None,
        finished_at=Now(),
    )
