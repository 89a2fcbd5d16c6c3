"""Counting anew what the desk shows. All of it each time, so it always agrees with the rows."""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from subscribers.figures.models import Counted, DailyFigure, Standing
from subscribers.models import ConsentEvent, Subscription

Kind = ConsentEvent.Kind
LEFT = (Kind.UNSUBSCRIBED, Kind.BOUNCED, Kind.COMPLAINED)


def count_anew() -> None:
    """Count who came, who left and who is where. Two at once wait for each other."""
    joined, left, standing = _by_day(_joined()), _by_day(Q(kind__in=LEFT)), _standing()
    with transaction.atomic():
        Counted.objects.get_or_create(pk=1)
        Counted.objects.select_for_update().get(pk=1)
        DailyFigure.objects.all().delete()
        DailyFigure.objects.bulk_create(
            (
                DailyFigure(
                    newsletter_id=newsletter,
                    day=day,
                    joined=joined[newsletter, day],
                    left=left[newsletter, day],
                )
                for newsletter, day in sorted({*joined, *left})
            ),
            batch_size=1_000,
        )
        Standing.objects.all().delete()
        Standing.objects.bulk_create(standing)
        Counted.objects.update(at=timezone.now())


def _joined() -> Q:
    """Who was imported without a confirmation did not come before she confirmed."""
    same = {"subscriber": OuterRef("subscriber"), "newsletter": OuterRef("newsletter")}
    pending = Subscription.objects.filter(status=Subscription.Status.PENDING, **same)
    confirmed = ConsentEvent.objects.filter(kind=Kind.CONFIRMED, pk__gt=OuterRef("pk"), **same)
    imported = Q(kind=Kind.IMPORTED) & ~Exists(pending) & ~Exists(confirmed)
    return imported | Q(kind__in=(Kind.CONFIRMED, Kind.RESUBSCRIBED))


def _by_day(which: Q) -> dict[tuple[int, date], int]:
    rows = (
        ConsentEvent.objects.filter(which)
        .order_by()
        .values_list("newsletter_id", TruncDate("at"))
        .annotate(number=Count("pk"))
    )
    found: dict[tuple[int, date], int] = defaultdict(int)
    for newsletter, day, number in rows:
        found[newsletter, day] = number
    return found


def _standing() -> list[Standing]:
    rows = (
        Subscription.objects.order_by()
        .values_list("newsletter_id", "status")
        .annotate(number=Count("pk"))
    )
    return [Standing(newsletter_id=n, status=status, number=number) for n, status, number in rows]
