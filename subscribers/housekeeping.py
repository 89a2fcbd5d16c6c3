"""What is forgotten by itself, every day, in small steps that hold nobody up."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from subscribers.limits import throttle
from subscribers.limits.models import Tally
from subscribers.models import ConsentNetwork, Subscriber, Subscription, TransactionalMail

# A complaint about abuse comes within days; after a month a network proves nothing any more.
NETWORKS_STAY = timedelta(days=30)
# Three confirmation mails, a day apart at least, and time to come back from a holiday.
UNCONFIRMED_STAY = timedelta(days=14)
CHUNK = 500


def drop_old_networks() -> int:
    """Forget from which networks consent came more than 30 days ago. Returns how many."""
    old = ConsentNetwork.objects.filter(at__lt=timezone.now() - NETWORKS_STAY).order_by("at")
    dropped = 0
    while ids := list(old.values_list("pk", flat=True)[:CHUNK]):
        dropped += ConsentNetwork.objects.filter(pk__in=ids).delete()[0]
    return dropped


def purge_unconfirmed() -> int:
    """Forget people who were asked to confirm and never did for 14 days. Returns how many."""
    purged, last = 0, 0
    while ids := list(
        _unconfirmed().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        last = ids[-1]
        purged += _purge(ids)
    return purged


def _purge(ids: list[int]) -> int:
    with transaction.atomic():
        # As a confirmation does, mails are locked first: one that comes at this moment either
        # is before us, and then she is asked for in vain below, or finds an unknown link.
        mails = TransactionalMail.objects.select_for_update().filter(subscriber__in=ids)
        list(mails.order_by("pk"))
        people = _unconfirmed().filter(pk__in=ids)
        found = list(people.values_list("pk", flat=True))
        Subscriber.objects.filter(pk__in=found).delete()
    return len(found)


def _unconfirmed() -> QuerySet[Subscriber]:
    """People with nothing but wishes that are older than 14 days, and no mail since then.

    Whoever ever confirmed, was imported with consent or left has another status somewhere, and
    stays. So does somebody who asked again lately: the link in her new mail must work.
    """
    before = timezone.now() - UNCONFIRMED_STAY
    pending = Q(status=Subscription.Status.PENDING)
    hers = Subscription.objects.filter(subscriber=OuterRef("pk"))
    waits = Q(asked_at__gte=before) | Q(asked_at=None, created_at__gte=before)
    mails = TransactionalMail.objects.filter(subscriber=OuterRef("pk"))
    return Subscriber.objects.filter(
        Exists(hers.filter(pending)),
        ~Exists(hers.filter(~pending | waits)),
        ~Exists(mails.filter(Q(mailed_at__gte=before) | Q(due_at__isnull=False))),
        created_at__lt=before,
    )


def sweep_tallies() -> int:
    """Drop counts whose window is over; those that tell what is usual stay for a week."""
    now = timezone.now()
    over = Q(window__lt=now - throttle.DAY) & ~Q(key__in=throttle.kept_keys())
    return Tally.objects.filter(over | Q(window__lt=now - throttle.WEEK - throttle.DAY)).delete()[0]
