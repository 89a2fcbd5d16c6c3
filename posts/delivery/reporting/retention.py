"""Forgetting who got what: after some time the rows of a mailing become numbers.

First all are counted, in the transaction that writes the totals; then the rows go, some at a time.
From the first moment on the totals are what counts, and whatever rows are left do not: so every
report is right at any moment, and a worker that dies in between is continued by the next.
"""

import time
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now

from posts.delivery.clock import database_now
from posts.delivery.mailings.audit import MACHINE, audit
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.rate.queries import sending_settings
from posts.delivery.reporting.tally import tally, totals_of
from subscribers.saying import sentence

State = Mailing.State
ENDED = (State.FINISHED, State.CANCELLED)
CHUNK = 5_000


def fold_old(*, seconds: float = 60.0) -> int:
    """Fold what ended long enough ago, for so long; answers how many mailings were done with."""
    until, done = time.monotonic() + seconds, 0
    for mailing in _old().order_by("pk"):
        if mailing.totals is None and not _write_totals(mailing):
            continue
        while _delete_some(mailing):
            if time.monotonic() > until:
                return done  # the rest an hour later
        done += Mailing.objects.filter(pk=mailing.pk, folded_at__isnull=True).update(
            folded_at=Now()
        )
    return done


def _old() -> QuerySet[Mailing]:
    ended = Coalesce("finished_at", "starts_at", "created_at")  # a cancelled one has no end
    until = database_now() - timedelta(days=sending_settings().keep_days)
    return Mailing.objects.alias(ended=ended).filter(
        state__in=ENDED, ended__lt=until, folded_at__isnull=True, letter__isnull=False
    )


def _write_totals(mailing: Mailing) -> bool:
    """Whether they are there now. Somebody who has it tried again at this moment waits for the
    same row, and then is told that it is too late."""
    with transaction.atomic():
        locked = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if locked.state not in ENDED or locked.totals is not None:
            return locked.totals is not None
        open_states = (Batch.State.WAITING, Batch.State.CLAIMED)
        if Batch.objects.filter(mailing=locked, state__in=open_states).exists():
            return False
        found = tally(locked)
        if found.report.unsettled or not found.report.accounted:
            return False  # a fault of ours, which its page tells: then nothing may be lost
        locked.totals = totals_of(found)
        locked.save(update_fields=["totals"])
        # A mail server's words may name somebody.
        locked.events.filter(detail__contains="@").update(detail="(forgotten)")
        audit(
            locked,
            by=MACHINE,
            action="folded",
            detail=sentence("who got it is forgotten from now on"),
        )
    return True


def _delete_some(mailing: Mailing) -> int:
    """One short transaction. The rows along the primary key: no index is needed."""
    rows = Delivery.objects.filter(mailing=mailing)
    subscriber_ids = list(
        rows.order_by("subscriber_id").values_list("subscriber_id", flat=True)[:CHUNK]
    )
    if subscriber_ids:
        rows.filter(subscriber_id__lte=subscriber_ids[-1]).delete()
    return len(subscriber_ids)
