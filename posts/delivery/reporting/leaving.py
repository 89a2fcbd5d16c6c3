"""Who left the newsletter since a mailing.

Unsubscribe links are the same in every mail, on purpose: they tell who leaves, never which
letter it was that she had read. So the time is all there is to go by.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef
from django.db.models.functions import Coalesce

from posts.delivery.models import Delivery, Mailing
from subscribers.models import ConsentEvent

WITHIN = timedelta(days=14)
_NOT_BEGUN = (Mailing.State.SCHEDULED, Mailing.State.HELD)


@dataclass(frozen=True)
class Leaving:
    """When each of them left, and until when it was counted."""

    until: datetime
    by_next_mailing: bool  # it ended there, and not after fourteen days
    times: list[datetime]


def left_since(mailing: Mailing, *, started: datetime) -> Leaving:
    """People it was handed over to who unsubscribed before the next letter could be why."""
    following = _next_first_mailing(mailing, started)
    limit = started + WITHIN
    by_next = following is not None and following < limit
    until = following if following is not None and by_next else limit
    handed = Delivery.objects.filter(
        mailing=mailing, subscriber_id=OuterRef("subscriber_id")
    ).exclude(state=Delivery.State.LEFT_OUT)
    left = (
        ConsentEvent.objects.filter(
            Exists(handed),
            newsletter_id=mailing.newsletter_id,
            kind=ConsentEvent.Kind.UNSUBSCRIBED,
            at__gte=started,
            at__lt=until,
        )
        .order_by()
        .values("subscriber_id")  # once each, however often she changed her mind
        .annotate(first=Min("at"))
        .values_list("first", flat=True)
    )
    return Leaving(until, by_next, sorted(left))


def _next_first_mailing(mailing: Mailing, started: datetime) -> datetime | None:
    return (
        Mailing.objects.filter(
            newsletter_id=mailing.newsletter_id, kind=Mailing.Kind.FIRST, undone_at=None
        )
        .exclude(pk=mailing.pk)
        .exclude(state__in=_NOT_BEGUN)
        .annotate(began=Coalesce("starts_at", "created_at"))
        .filter(began__gt=started)
        .order_by("began")
        .values_list("began", flat=True)
        .first()
    )
