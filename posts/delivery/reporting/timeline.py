"""Time cut into at most sixty bins, each as long as the whole asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

Moment = tuple[datetime, int]  # when, and how many

MOST_BINS = 60
# Nearly everything comes in the first days; what comes later stands in the last bin.
WINDOW = timedelta(days=14)
_SECONDS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
STEPS = tuple(timedelta(seconds=seconds) for seconds in _SECONDS)


@dataclass(frozen=True)
class Timeline:
    """Numbers by name, bin by bin. Whatever was given stands in one of the bins."""

    first: datetime
    step: timedelta
    counts: dict[str, list[int]]
    open_ended: bool  # the last bin holds also what came after it

    @property
    def bins(self) -> int:
        return len(next(iter(self.counts.values())))

    def begins(self, index: int) -> datetime:
        return self.first + index * self.step

    @property
    def ends(self) -> datetime:
        return self.begins(self.bins)


def timeline(
    series: Mapping[str, Iterable[Moment]], *, started: datetime, finest: timedelta = STEPS[0]
) -> Timeline | None:
    """The series in bins of one length, from the start to the last moment. None: nothing yet."""
    given = {name: list(moments) for name, moments in series.items()}
    times = [at for moments in given.values() for at, _ in moments]
    if not times:
        return None
    last = max([*times, started])
    end = min(last, started + WINDOW)
    step, first, bins = _cut(started, end, finest)
    counts = {name: [0] * bins for name in given}
    for name, moments in given.items():
        for at, count in moments:
            # Clocks and rounding: what seems to come before the start belongs to it.
            counts[name][min(max((at - first) // step, 0), bins - 1)] += count
    return Timeline(first, step, counts, open_ended=(last - first) // step >= bins)


def _cut(started: datetime, end: datetime, finest: timedelta) -> tuple[timedelta, datetime, int]:
    """The shortest step that makes few enough bins, with bins that begin at round times."""
    for step in STEPS:
        first = _round_down(started, step)
        bins = (end - first) // step + 1
        if step >= finest and bins <= MOST_BINS:
            break
    return step, first, bins


def _round_down(at: datetime, step: timedelta) -> datetime:
    local = timezone.localtime(at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (local - midnight) // step * step
