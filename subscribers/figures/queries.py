"""Named reads of what was counted. A few hundred rows, however many readers there are."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from subscribers.figures.models import Counted, DailyFigure, Standing
from subscribers.models import Newsletter, Subscription

DAYS_SHOWN = 60  # longer than that a bar is a week


@dataclass(frozen=True, slots=True)
class Period:
    """One day or one week."""

    begins: date
    joined: int
    left: int

    @property
    def net(self) -> int:
        return self.joined - self.left


@dataclass(frozen=True)
class Growth:
    """How a newsletter, or all of them, grew."""

    pieces: list[Period]
    weekly: bool

    @property
    def joined(self) -> int:
        return sum(piece.joined for piece in self.pieces)

    @property
    def left(self) -> int:
        return sum(piece.left for piece in self.pieces)

    @property
    def net(self) -> int:
        return self.joined - self.left


def counted_at() -> datetime | None:
    """When the numbers were counted; None: not yet."""
    return Counted.objects.values_list("at", flat=True).first()


def growth(*, days: int, newsletter: int | None = None) -> Growth:
    """The last `days` days, the present one included; also those on which nothing happened."""
    today = timezone.localdate()
    first = today - timedelta(days=days - 1)
    rows = DailyFigure.objects.filter(day__gte=first, day__lte=today)
    if newsletter:
        rows = rows.filter(newsletter_id=newsletter)
    weekly = days > DAYS_SHOWN
    joined: dict[date, int] = defaultdict(int)
    left: dict[date, int] = defaultdict(int)
    for day, came, went in (
        rows.order_by("day").values_list("day").annotate(Sum("joined"), Sum("left"))
    ):
        joined[_begin(day, weekly)] += came
        left[_begin(day, weekly)] += went
    begins = sorted({_begin(first + timedelta(days=n), weekly) for n in range(days)})
    return Growth([Period(day, joined[day], left[day]) for day in begins], weekly)


def _begin(day: date, weekly: bool) -> date:
    return day - timedelta(days=day.weekday()) if weekly else day


def standings() -> list[tuple[Newsletter, dict[str, int]]]:
    """Each newsletter, and how many people have which status in it."""
    found: dict[int, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(Subscription.Status.values, 0)
    )
    for standing in Standing.objects.all():
        found[standing.newsletter_id][standing.status] = standing.number
    return [(newsletter, found[newsletter.pk]) for newsletter in Newsletter.objects.all()]
