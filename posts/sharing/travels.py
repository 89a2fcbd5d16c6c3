"""How far posts travelled, in numbers of which none is smaller than five.

Below five a number may tell of one person: whether the friend opened what was sent to her. So days
are joined until they hold five, what is left over waits, and today grows by fives. The total is
the sum of what is shown: nothing smaller follows from it, today or by comparing with tomorrow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from posts.sharing.counting import today
from posts.sharing.models import DailyCount

FEWEST = 5
SERIES = ("reads", "helped")
BY_DAY = 90  # days; a longer time is shown by weeks


@dataclass(frozen=True, slots=True)
class Stretch:
    """One day, or several in a row that hold five only together."""

    first: date
    last: date
    count: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Travel:
    """What may be told of one post, oldest first."""

    reads: list[Stretch]
    helped: list[Stretch]

    @property
    def reads_total(self) -> int:
        return sum(stretch.count for stretch in self.reads)

    @property
    def helped_total(self) -> int:
        return sum(stretch.count for stretch in self.helped)


def travels(post_ids: Iterable[int]) -> dict[int, Travel]:
    """Of each of these posts, in one query. Nothing is folded or forgotten: there is nothing about
    anybody in it, and a day without readers has no row."""
    found: dict[int, dict[str, dict[date, int]]] = {
        post_id: {name: {} for name in SERIES} for post_id in post_ids
    }
    rows = DailyCount.objects.filter(post__in=[*found]).order_by("day")
    for post_id, day, *counts in rows.values_list("post", "day", *SERIES):
        for name, count in zip(SERIES, counts, strict=True):
            found[post_id][name][day] = count
    now = today()
    return {
        post_id: Travel(*(stretches(days[name], now=now) for name in SERIES))
        for post_id, days in found.items()
    }


def stretches(days: Mapping[date, int], *, now: date) -> list[Stretch]:
    """The days joined until each stretch holds five at least."""
    joined_days: list[Stretch] = []
    open_since, held = None, 0
    for day in sorted(day for day, count in days.items() if count and day < now):
        open_since, held = open_since or day, held + days[day]
        if held >= FEWEST:
            joined_days.append(Stretch(open_since, day, held))
            open_since, held = None, 0
    lately = (held + days.get(now, 0)) // FEWEST * FEWEST
    if lately:
        joined_days.append(Stretch(open_since or now, now, lately))
    return joined_days


def by_week(joined_days: list[Stretch]) -> list[Stretch]:
    """What ended in the same week, as one: a sum of what may be told may be told."""
    weeks: list[Stretch] = []
    for stretch in joined_days:
        if weeks and weeks[-1].last.isocalendar()[:2] == stretch.last.isocalendar()[:2]:
            joined = weeks[-1].count + stretch.count
            weeks[-1] = replace(weeks[-1], last=stretch.last, count=joined)
        else:
            weeks.append(stretch)
    return weeks
