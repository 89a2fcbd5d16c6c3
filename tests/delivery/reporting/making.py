"""Ledgers written as workers and events would have left them."""

from datetime import datetime, timedelta

from django.utils import timezone

from posts.delivery.models import Batch, Delivery, Mailing
from subscribers.models import ConsentEvent, Newsletter
from tests.delivery.making import make_mailing

State = Delivery.State


def finish(batch: Batch, *, at: datetime | None = None) -> None:
    Batch.objects.filter(pk=batch.pk).update(
        state=Batch.State.FINISHED, recipients=b"", finished_at=at or timezone.now()
    )


def put(
    batch: Batch,
    subscriber_id: int,
    state: State,
    *,
    attempt: int = 1,
    reason: str = "",
    reply: str | None = None,
    at: datetime | None = None,
) -> Delivery:
    return Delivery.objects.create(
        mailing=batch.mailing,
        subscriber_id=subscriber_id,
        batch_id=batch.pk,
        state=state,
        attempt=attempt,
        reason=reason,
        detail=reply,
        changed_at=at or timezone.now(),
    )


def make_settled(
    *outcomes: tuple[State, str, str | None], newsletter: Newsletter | None = None
) -> Mailing:
    """A mailing whose one batch is done: state, reason and reply of each recipient in order."""
    mailing = make_mailing(len(outcomes), newsletter=newsletter)
    batch = mailing.batches.get()
    for subscriber_id, (state, reason, reply) in zip(batch.ids(), outcomes, strict=True):
        put(batch, subscriber_id, state, reason=reason, reply=reply)
    finish(batch)
    return mailing


def begin_earlier(mailing: Mailing, by: timedelta) -> datetime:
    """As if it had started that long ago. Answers when that is."""
    at = timezone.now() - by
    Mailing.objects.filter(pk=mailing.pk).update(created_at=at)
    Batch.objects.filter(mailing=mailing).update(not_before=at)
    mailing.refresh_from_db()
    return at


def leave(subscriber_id: int, newsletter: Newsletter, *, at: datetime) -> None:
    """An unsubscribe at a time of our choice, which evidence does not offer otherwise."""
    event = ConsentEvent(
        subscriber_id=subscriber_id, newsletter=newsletter, kind=ConsentEvent.Kind.UNSUBSCRIBED
    )
    event.save()
    super(type(ConsentEvent.objects.all()), ConsentEvent.objects.filter(pk=event.pk)).update(at=at)
