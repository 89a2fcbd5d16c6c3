"""What follows for a person whose mail keeps coming back, or arrives again."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from subscribers.actions import suppress_all
from subscribers.addresses import Address
from subscribers.models import SoftBounces, Subscriber, Suppression

# A full mailbox is emptied, a server is repaired: only after both is the address given up.
GIVE_UP_COUNT = 4
GIVE_UP_AFTER = timedelta(days=14)
# Plain SMTP never says that a mail arrived: when nothing came back for so long, others did.
ARRIVED_AFTER = timedelta(days=60)


def note_soft_bounces(*, subscribers: Sequence[int], source: str, by: str) -> None:
    """Count one more mail that came back to each of these people for a passing reason.

    Whoever has had enough of them is suppressed, as if the address were gone.
    """
    if not subscribers:
        return
    now = timezone.now()
    with transaction.atomic():
        rows = SoftBounces.objects.filter(subscriber__in=subscribers)
        known = set(
            rows.select_for_update().order_by("subscriber").values_list("subscriber_id", flat=True)
        )
        fresh = rows.filter(last_at__lte=now - ARRIVED_AFTER).update(
            count=1, first_at=now, last_at=now
        )
        if fresh < len(known):
            rows.filter(last_at__lt=now).update(count=F("count") + 1, last_at=now)
        people = Subscriber.objects.filter(pk__in=set(subscribers) - known)
        SoftBounces.objects.bulk_create(
            (SoftBounces(subscriber=person, first_at=now, last_at=now) for person in people),
            ignore_conflicts=True,
        )
        _give_up(subscribers, source=source, by=by)


def _give_up(subscribers: Sequence[int], *, source: str, by: str) -> None:
    tired = SoftBounces.objects.filter(
        subscriber__in=subscribers,
        count__gte=GIVE_UP_COUNT,
        first_at__lte=timezone.now() - GIVE_UP_AFTER,
    )
    people = tired.order_by("subscriber").values_list("subscriber__address", "count")
    addresses = [Address(address, address) for address, _ in people]
    suppress_all(
        addresses=addresses,
        reason=Suppression.Reason.BOUNCED,
        source=f"mail kept coming back, reported by {source}",
        by=by,
    )


def forget_soft_bounces(*, subscribers: Sequence[int]) -> None:
    """A mail arrived: whatever was in the way is over."""
    if subscribers:
        SoftBounces.objects.filter(subscriber__in=subscribers).delete()
