"""Steering a mailing that goes out. Each verb writes change and audit in one transaction."""

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from posts.delivery import batches
from posts.delivery.batches import AT_ONCE, add_batch
from posts.delivery.mailings import schedule
from posts.delivery.mailings.audit import (
    MACHINE,
    DeliveryRefused,
    audit,
    check_not_folded,
    check_open,
    people,
)
from posts.delivery.mailings.spread import close_the_gap
from posts.delivery.mailings.start import check_way_out
from posts.delivery.models import BATCH_SIZE, Batch, Delivery, Mailing, TransportStatus
from posts.delivery.states import Who, move_deliveries, move_mailings
from subscribers import saying
from subscribers.languages import inside
from subscribers.saying import sentence

State = Mailing.State
_NOBODY_IS = {
    Delivery.State.REFUSED: sentence("Nobody in this mailing is refused."),
    Delivery.State.IN_DOUBT: sentence("Nobody in this mailing is in doubt."),
}
_CANNOT_BE = {
    "paused": gettext_noop("This mailing is %(state)s; it cannot be paused now."),
    "resumed": gettext_noop("This mailing is %(state)s; it cannot be resumed now."),
    "cancelled": gettext_noop("This mailing is %(state)s; it cannot be cancelled now."),
}


def pause(*, mailing: Mailing, by: str) -> None:
    """Stop handing over. Workers in the middle of a batch notice within ten seconds."""
    _change(mailing, State.PAUSED, {State.SENDING}, by=by, action="paused")


def resume(*, mailing: Mailing, by: str) -> None:
    """Go on, and try the transport at once even if it was backing off. Mail may leave another way
    than when it started, so what forbids to start forbids this too."""
    check_open()
    try:
        check_way_out(mailing.newsletter)
    except ImproperlyConfigured as error:
        raise DeliveryRefused(saying.of(error)) from error
    with transaction.atomic():
        TransportStatus.objects.update(blocked_until=None)
        _change(mailing, State.SENDING, {State.PAUSED}, by=by, action="resumed")
        close_the_gap(mailing)
        transaction.on_commit(batches.ring)


def cancel(*, mailing: Mailing, by: str) -> None:
    """Leave out everybody who was not attempted. What went out cannot be called back.

    Where nobody was attempted yet all of it is taken back, and the post may be emailed anew.
    """
    if schedule.take_back(mailing, by=by, action="cancelled") is not None:
        return
    with transaction.atomic():
        _change(mailing, State.CANCELLED, {State.SENDING, State.PAUSED}, by=by, action="cancelled")
        # Workers write `left_out: cancelled` batch by batch; retries need not wait their time.
        Batch.objects.filter(mailing=mailing, state=Batch.State.WAITING).update(not_before=Now())
        transaction.on_commit(batches.ring)


def retry_failed(*, mailing: Mailing, by: str) -> int:
    """Attempt once more everybody who was refused. Answers how many they are."""
    return _attempt_again(mailing, Delivery.State.REFUSED, by=by, action="retry failed")


def settle_doubts(*, mailing: Mailing, by: str, resend: bool) -> int:
    """Decide about everybody in doubt: send again (some may get it twice), or leave it so.

    Leaving changes no row: a doubt stays a doubt, and the decision is in the audit.
    """
    if resend:
        return _attempt_again(mailing, Delivery.State.IN_DOUBT, by=by, action="resend doubts")
    mailing.refresh_from_db()
    check_not_folded(mailing)
    doubts = Delivery.objects.filter(mailing=mailing, state=Delivery.State.IN_DOUBT).count()
    if not doubts:
        raise DeliveryRefused(
            sentence("Nobody is in doubt in this mailing; there is nothing to settle.")
        )
    audit(mailing, by=by, action="leave doubts", detail=people(doubts))
    return doubts


def _attempt_again(mailing: Mailing, state: Delivery.State, *, by: str, action: str) -> int:
    with transaction.atomic():
        locked = Mailing.objects.select_for_update().get(pk=mailing.pk)
        check_not_folded(locked)
        if locked.state == State.CANCELLED:
            raise DeliveryRefused(
                sentence("This mailing was cancelled; nothing goes out any more.")
            )
        rows = Delivery.objects.filter(mailing=mailing, state=state)
        subscriber_ids = list(
            rows.order_by("subscriber_id").values_list("subscriber_id", flat=True)
        )
        if not subscriber_ids:
            raise DeliveryRefused(_NOBODY_IS[state])
        move_deliveries(rows, Delivery.State.RETRYING, who=Who.PERSON)
        for start in range(0, len(subscriber_ids), BATCH_SIZE):
            add_batch(
                mailing.pk,
                subscriber_ids[start : start + BATCH_SIZE],
                purpose=Batch.Purpose.RESEND,
                delay=AT_ONCE,
            )
        audit(mailing, by=by, action=action, detail=people(len(subscriber_ids)))
        transaction.on_commit(batches.ring)
    mailing.refresh_from_db()
    return len(subscriber_ids)


def _change(mailing: Mailing, to: State, allowed: set[State], *, by: str, action: str) -> None:
    """Conditional, so that of two people pressing two buttons one is told what happened."""
    with transaction.atomic():
        ready = Mailing.objects.filter(pk=mailing.pk, state__in=allowed)
        changed = move_mailings(ready, to, who=Who.PERSON, problem="")
        mailing.refresh_from_db()
        if not changed:
            raise DeliveryRefused(
                sentence(_CANNOT_BE[action], state=inside(mailing.get_state_display()))
            )
        audit(mailing, by=by, action=action)


def pause_for_problem(*, mailing: Mailing, problem: str) -> None:
    """The machine's own pause: something only a person can repair, in the server's words."""
    with transaction.atomic():
        going = Mailing.objects.filter(pk=mailing.pk, state=State.SENDING)
        if move_mailings(going, State.PAUSED, who=Who.MACHINE, problem=problem):
            audit(mailing, by=MACHINE, action="paused", detail=problem)
