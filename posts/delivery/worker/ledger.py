"""Claim and record: the two places where deliveries change hands. Each is one short transaction.

All times are the database's, so that hosts whose clocks differ agree on leases. Every write of
a worker carries the epoch of its claim: a worker that lost its batch can change nothing.
"""

import time
from collections.abc import Mapping, Sequence
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
from posts.delivery.transports.base import Outcome
from posts.delivery.worker import refusals
from posts.delivery.worker.announced import Announced
from posts.delivery.worker.announced import outcomes as outcomes_of
from posts.delivery.worker.answers import apply, move, of_batch
from posts.delivery.worker.claim import open_deliveries
from posts.delivery.worker.journal import Journal, Name
from posts.delivery.worker.replay import Replay
from posts.delivery.worker.retries import Retries
from subscribers.queries import Recipient
from subscribers.saying import sentence

State = Delivery.State

LEASE = timedelta(seconds=30)
HEARTBEAT = 10.0  # seconds between renewals
MARGIN = 5.0  # hand-over stops this long before the lease ends

NOBODY: Mapping[int, timedelta] = MappingProxyType({})
NO_NOTES = sentence("The worker that held this batch is gone, and so is its journal.")
NOT_ALL_NOTES = sentence("The computer stopped in the middle; it may have been handed over or not.")


class LeaseLost(Exception):
    """Somebody else settled this batch while we held it; nothing of ours was written."""


def _stop_at() -> float:
    return time.monotonic() + LEASE.total_seconds() - MARGIN


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
    announced: Announced | None = None  # None: nobody asks whom we begin
    begun: int = 0  # of `recipients`, so many were announced with the claim
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
    announcing: int = 0,
    of: Mailing.State = Mailing.State.SENDING,
) -> Claim | None:
    """Take the next due batch, or None. Its deliveries are `attempting` or `left_out` after it;
    all are left out where the mailing is cancelled. Raises Transient: no journal can be written.

    `announcing`: so many may be begun at once, and the others after an `announce`. 0: all may, and
    are in doubt when the host is lost.

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
            mailing = Mailing.objects.select_related("newsletter", "letter").get(
                pk=batch.mailing_id
            )
            # `batch` as it was before: a replay names the transport it was made for.
            now = database_now()
            to_attempt = open_deliveries(batch, mailing, transport, now)
            announced = Announced(batch.ids()) if announcing and not replay.safe else None
            if announced is not None:
                announced.begin([recipient.id for recipient in to_attempt[:announcing]])
            Batch.objects.filter(pk=batch.pk).update(
                state=Batch.State.CLAIMED,
                epoch=batch.epoch,
                lease_until=later(LEASE),
                transport=transport,
                worker=worker,
                announced=None if announced is None else bytes(announced),
            )
            # Last, so that only the commit can fail after it.
            journal = Journal(Name(batch.pk, batch.epoch), now=now.timestamp())
            held = Claim(
                *(batch.pk, batch.epoch, mailing, to_attempt, journal, replay, batch.key),
                *(announced, announcing),
            )
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


def announce(held: Claim, announced: Announced) -> bool:
    """Say in the database who may be begun from now on, and what is known of those before. False,
    and nothing of the batch is handed over any more: it is no longer ours.

    Many times a second, so one statement, as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Batch._meta.db_table} SET announced = %s"  # noqa: S608
            " WHERE id = %s AND epoch = %s AND state = 'claimed'",
            (bytes(announced), held.batch_id, held.epoch),
        )
        kept = bool(cursor.rowcount == 1)
    if not kept:
        held.stop()
    return kept


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
        refused = apply(batch, outcomes, retries, of=State.ATTEMPTING, replay=replay)
        if final:
            answered = {outcome.subscriber_id for outcome in outcomes}
            rest = [subscriber_id for subscriber_id in batch.ids() if subscriber_id not in answered]
            if not (complete or replay.safe):
                move(of_batch(batch, State.ATTEMPTING, rest), State.IN_DOUBT, NOT_ALL_NOTES)
            _hand_back(batch, rest, retries, put_off)
            _close(batch)
        retries.freeze()
        refusals.follow(refused)


def take_over(*, batch_id: int, epoch: int, replay: Replay) -> bool:
    """Settle a batch whose lease ran out and whose journal is out of reach (its host is gone).

    Whoever may have been begun is in doubt, or tried again where that is harmless; all of it, where
    the worker did not say whom it begins. False when the batch was renewed or settled meanwhile.
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
        refused: dict[int, str] = {}
        if replay.safe:
            pass  # whoever is still attempting is simply tried again
        elif batch.announced is not None:
            known = outcomes_of(everybody, bytes(batch.announced))
            refused = apply(batch, known, retries, of=State.ATTEMPTING, replay=replay)
        else:
            move(of_batch(batch, State.ATTEMPTING, everybody), State.IN_DOUBT, NO_NOTES)
        _hand_back(batch, everybody, retries)
        _close(batch)
        retries.freeze()
        refusals.follow(refused)
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
        refused = apply(batch, outcomes, retries, of=State.IN_DOUBT, replay=replay)
        if complete:
            attempted = {outcome.subscriber_id for outcome in outcomes}
            in_doubt = of_batch(batch, State.IN_DOUBT).values_list("subscriber_id", flat=True)
            untouched = [
                subscriber_id for subscriber_id in in_doubt if subscriber_id not in attempted
            ]
            retries.add(_never_attempted(of_batch(batch, State.IN_DOUBT, untouched)))
        retries.freeze()
        refusals.follow(refused)


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
    back = _never_attempted(of_batch(batch, State.ATTEMPTING, rest)) if rest else []
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
        announced=None,
        lease_until=None,
        finished_at=Now(),
    )
