"""Settling: what a dead worker left, what ran out, and whether the rows add up."""

import logging
import time
from typing import TypedDict

from django.db import transaction
from django.db.models.functions import Now

from posts.delivery.mailings.queries import count
from posts.delivery.models import Batch, Delivery, Mailing, MailingEvent
from posts.delivery.transports import KEY_LIVES, REPLAY_SAFE
from posts.delivery.transports.base import Outcome
from posts.delivery.worker import journal, ledger
from posts.delivery.worker.ledger import Replay

logger = logging.getLogger(__name__)


def replay_by(transport: str) -> Replay:
    """What may be repeated with the transport that a batch was claimed for."""
    return Replay(transport in REPLAY_SAFE, KEY_LIVES.get(transport))


class _Found(TypedDict):
    """What a journal says, in the ledger's words."""

    batch_id: int
    outcomes: list[Outcome]
    complete: bool
    replay: Replay


def settle_orphans() -> None:
    """Settle each journal on this host whose worker is gone. A starting worker does it at once."""
    for orphan in journal.orphans():
        name = orphan.name
        batch = Batch.objects.filter(pk=name.batch_id).first()
        if batch is not None and batch.epoch < name.epoch:
            # The claim it was made for never committed: nothing was attempted. The file stays;
            # the next claim of the batch puts its own, live one in its place.
            continue
        if not orphan.in_place():
            continue  # it just did
        if batch is not None:
            _settle_orphan(batch, orphan)
        orphan.delete()


def _settle_orphan(batch: Batch, orphan: journal.Orphan) -> None:
    found: _Found = {
        "batch_id": batch.pk,
        "outcomes": orphan.outcomes,
        "complete": orphan.complete,
        "replay": replay_by(batch.transport),
    }
    try:
        ledger.record(epoch=orphan.name.epoch, **found)
    except ledger.LeaseLost:
        # Taken over meanwhile (or recorded just before the kill: then no row is in doubt).
        ledger.apply_evidence(**found)
    else:
        logger.warning(
            "Settled what a dead worker left of batch %s: %s noted.",
            batch.pk,
            len(orphan.outcomes),
        )


def take_over_expired() -> None:
    """Batches whose lease ran out: their worker is stuck, or its host is gone."""
    expired = Batch.objects.filter(state=Batch.State.CLAIMED, lease_until__lt=Now())
    for batch in expired.defer("recipients"):
        if ledger.take_over(
            batch_id=batch.pk, epoch=batch.epoch, replay=replay_by(batch.transport)
        ):
            logger.warning("Took over batch %s from %s, which is gone.", batch.pk, batch.worker)


def leave_out_cancelled(*, worker: str, seconds: float = 10.0) -> None:
    """Write `left_out: cancelled` for whoever was not attempted; needs no way out."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        claim = ledger.claim(
            transport="", replay=Replay(safe=True), worker=worker, of=Mailing.State.CANCELLED
        )
        if claim is None:
            return
        ledger.record(
            batch_id=claim.batch_id, epoch=claim.epoch, outcomes=[], replay=Replay(safe=True)
        )
        claim.journal.delete()


def finish_done() -> None:
    for pk in Mailing.objects.filter(state=Mailing.State.SENDING).values_list("pk", flat=True):
        finish_if_done(pk)


def finish_if_done(mailing_id: int) -> bool:
    """Write `finished` when nothing is left to do, and only when the rows add up.

    Returns whether it was finished now. Rows that do not add up are a fault of ours: the
    mailing stays open and says so.
    """
    if _has_open_batches(mailing_id):
        return False
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
        if mailing.state != Mailing.State.SENDING or _has_open_batches(mailing_id):
            return False
        accounts = count(mailing)
        if accounts.unsettled or not accounts.accounted:
            _does_not_add_up(mailing, accounts.deliveries)
            return False
        Mailing.objects.filter(pk=mailing_id).update(
            state=Mailing.State.FINISHED, finished_at=Now(), problem=""
        )
        accepted = accounts.deliveries[Delivery.State.ACCEPTED.label]
        MailingEvent.objects.create(
            mailing=mailing,
            by="machine",
            action="finished",
            detail=f"{accepted} accepted of {accounts.candidates}",
        )
    return True


def _has_open_batches(mailing_id: int) -> bool:
    # Not `exclude(FINISHED)`, for which the index would be walked through all that are.
    open_states = (Batch.State.WAITING, Batch.State.CLAIMED)
    return Batch.objects.filter(mailing_id=mailing_id, state__in=open_states).exists()


def _does_not_add_up(mailing: Mailing, deliveries: dict[str, int]) -> None:
    problem = (
        f"The rows do not add up to {mailing.candidates} candidates: {deliveries}. Nothing more "
        "goes out. This is a fault in Passalong; please report it with these numbers."
    )
    logger.error("Mailing %s: %s", mailing.pk, problem)
    Mailing.objects.filter(pk=mailing.pk).update(problem=problem)
