"""Small bar charts as inline SVG: numbers in, positions out. The page draws them.

Each series has a chart and a scale of its own, since beside 100,000 deliveries three complaints
could not be seen. What a chart shows stands in words beside it, and in a table below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from posts.delivery.reporting.timeline import Timeline
from posts.desk.report_texts import SERIES_TEXTS, interval, summary
from posts.desk.texts import people

WIDTH, HEIGHT = 600, 100
GAP = 1  # between bars
LOWEST = 2  # so that one among thousands is still seen


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One series. `summary` says in words what the bars show."""

    name: str
    title: str
    summary: str
    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One line of the table: a piece of time, and the number of each series in it."""

    begins: str
    counts: list[int]


@dataclass(frozen=True)
class Charts:
    """Charts over the same time, and the table with the same numbers."""

    charts: list[Chart]
    interval: str
    begins: str
    ends: str
    titles: list[str]
    rows: list[ChartRow]
    totals: list[int]
    open_ended: bool


def charts(timeline: Timeline | None) -> Charts | None:
    """A chart of each series that has something; a line for each bin that has."""
    if timeline is None:
        return None
    shown = {name: bins for name, bins in timeline.counts.items() if any(bins)}
    return Charts(
        charts=[_chart(name, bins, timeline) for name, bins in shown.items()],
        interval=interval(timeline.step),
        begins=_time(timeline.first),
        ends=_time(timeline.ends),
        titles=[str(SERIES_TEXTS[name]) for name in shown],
        rows=_rows(shown, timeline),
        totals=[sum(bins) for bins in shown.values()],
        open_ended=timeline.open_ended,
    )


def _chart(name: str, bins: list[int], timeline: Timeline) -> Chart:
    most = max(bins)
    return Chart(
        name=name,
        title=f"{SERIES_TEXTS[name]}: {people(sum(bins))}",
        summary=summary(most, timeline.step, _time(timeline.begins(bins.index(most)))),
        bars=[_bar(index, count, most, len(bins)) for index, count in enumerate(bins) if count],
    )


def _bar(index: int, count: int, most: int, bins: int) -> Bar:
    step = WIDTH / bins
    height = max(HEIGHT * count / most, LOWEST)
    return Bar(
        round(index * step, 2), round(HEIGHT - height, 2), round(step - GAP, 2), round(height, 2)
    )


def _rows(shown: Mapping[str, list[int]], timeline: Timeline) -> list[ChartRow]:
    columns = zip(*shown.values(), strict=True)
    return [
        ChartRow(_time(timeline.begins(index)), list(counts))
        for index, counts in enumerate(columns)
        if any(counts)
    ]


def _time(at: datetime) -> str:
    local = timezone.localtime(at)
    if local.second:
        return date_format(local, _("j M Y, H:i:s"))
    return date_format(local, "SHORT_DATETIME_FORMAT")
