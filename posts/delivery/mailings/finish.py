"""Finishing: a mailing is done when nothing is left to do and the rows add up."""

import logging

from django.db import transaction
from django.db.models.functions import Now

from posts.delivery.mailings.queries import count
from posts.delivery.models import Batch, Delivery, Mailing, MailingEvent
from posts.delivery.states import Who, move_mailings
from posts.delivery.webhooks.events import mailing_finished
from subscribers.saying import sentence

logger = logging.getLogger(__name__)


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
        move_mailings(
            Mailing.objects.filter(pk=mailing_id),
            Mailing.State.FINISHED,
            who=Who.MACHINE,
            finished_at=Now(),
            problem="",
        )
        accepted = accounts.deliveries[Delivery.State.ACCEPTED.label]
        MailingEvent.objects.create(
            mailing=mailing,
            by="machine",
            action="finished",
            detail=sentence(
                "%(accepted)s accepted of %(candidates)s",
                accepted=accepted,
                candidates=accounts.candidates,
            ),
        )
        mailing_finished(mailing, candidates=accounts.candidates, deliveries=accounts.deliveries)
    return True


def _has_open_batches(mailing_id: int) -> bool:
    # Not `exclude(FINISHED)`, for which the index would be walked through all that are.
    open_states = (Batch.State.WAITING, Batch.State.CLAIMED)
    return Batch.objects.filter(mailing_id=mailing_id, state__in=open_states).exists()


def _does_not_add_up(mailing: Mailing, deliveries: dict[str, int]) -> None:
    problem = sentence(
        "The rows do not add up to %(candidates)s candidates: %(deliveries)s. "
        "Nothing more goes out. This is a fault in Passalong; please report it "
        "with these numbers.",
        candidates=mailing.candidates,
        deliveries=deliveries,
    )
    logger.error("Mailing %s: %s", mailing.pk, problem)
    Mailing.objects.filter(pk=mailing.pk).update(problem=problem)
