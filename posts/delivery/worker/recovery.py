"""Settling: what a dead worker left, what ran out, and whether the rows add up."""

import logging
import time
from typing import TypedDict

from django.db.models.functions import Now

from posts.delivery.models import Batch, Mailing
from posts.delivery.transports import REPLAY_SAFE, key_lives
from posts.delivery.transports.base import Outcome
from posts.delivery.worker import journal, ledger
from posts.delivery.worker.replay import Replay

logger = logging.getLogger(__name__)


def replay_by(transport: str) -> Replay:
    """What may be repeated with the transport that a batch was claimed for."""
    return Replay(transport in REPLAY_SAFE, key_lives(transport))


class _Found(TypedDict):
    """What a journal says, in the ledger's terms."""

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
