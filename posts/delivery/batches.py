"""The batches of recipients, which are the queue: what is due, adding one, and ringing for workers.

A ring may be lost: the broker may be down or forget everything, and the sweep rings again for
whatever is due.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet

import subscribers.ring
from posts.delivery.clock import GRAIN, later
from posts.delivery.models import Batch, Mailing
from posts.delivery.states import Who, move_mailings

AT_ONCE = timedelta(0)
MOST_RINGS = 16  # at once; the sweep rings for more


def due(of: Mailing.State = Mailing.State.SENDING) -> QuerySet[Batch]:
    """Batches that may be claimed now, in their order."""
    return Batch.objects.filter(
        state=Batch.State.WAITING, not_before__lte=later(GRAIN), mailing__state=of
    ).order_by("not_before", "id")


def in_hand() -> QuerySet[Batch]:
    """Batches that a worker has, or had when it ended."""
    return Batch.objects.filter(state=Batch.State.CLAIMED, mailing__state=Mailing.State.SENDING)


def add_batch(
    mailing_id: int, subscriber_ids: Sequence[int], *, purpose: Batch.Purpose, delay: timedelta
) -> Batch:
    """A new batch of recipients that are `retrying`, due after `delay`.

    A finished batch never reopens; a finished mailing does, since it has work again.
    """
    move_mailings(
        Mailing.objects.filter(pk=mailing_id, state=Mailing.State.FINISHED),
        Mailing.State.SENDING,
        who=Who.PERSON if purpose == Batch.Purpose.RESEND else Who.MACHINE,
        finished_at=None,
    )
    return Batch.objects.create(
        mailing_id=mailing_id,
        purpose=purpose,
        recipients=Batch.pack(subscriber_ids),
        size=len(subscriber_ids),
        not_before=later(delay),
    )


def ring(most: int = MOST_RINGS) -> bool:
    """Wake a worker for each due batch, `most` of them. False when the broker is out of reach:
    the desk and `doctor` say so, the sweep rings later, and nothing is lost."""
    return subscribers.ring.ring("posts.delivery.tasks.drain", times=due()[:most].count())
