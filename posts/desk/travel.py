"""How far a post travelled, for the screen: sentences, charts and lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.desk.charts import GAP, HEIGHT, LOWEST, WIDTH, Bar
from posts.sharing.travels import BY_DAY, FEWEST, Stretch, Travel, by_week


@dataclass(frozen=True, slots=True)
class Series:
    """One of the two numbers: its total in words, its bars, and its lines, newest first."""

    name: str
    title: str
    total: str
    summary: str
    bars: list[Bar]
    lines: list[tuple[str, int]]
    begins: str
    ends: str
    width: int = WIDTH
    height: int = HEIGHT


def series(travel: Travel, *, today: date) -> list[Series]:
    """Both, over the same time."""
    begins = min([today, *(one.first for one in (*travel.reads[:1], *travel.helped[:1]))])
    weekly = (today - begins).days >= BY_DAY
    made = []
    for name, title, stretches in (
        ("reads", _("Read through its link"), travel.reads),
        ("helped", _("“This helped me”"), travel.helped),
    ):
        shown = by_week(stretches) if weekly else stretches
        made.append(
            Series(
                name=name,
                title=title,
                total=times(sum(one.count for one in stretches)),
                summary=_most(shown),
                bars=_bars(shown, begins, today),
                lines=[(period(one), one.count) for one in reversed(shown)],
                begins=_day(begins),
                ends=_day(today),
            )
        )
    return made


def times(count: int) -> str:
    """`fewer than five times`, or how many."""
    if count < FEWEST:
        return _("fewer than five times")
    text = ngettext("%(number)s time", "%(number)s times", count)
    return text % {"number": intcomma(count)}


def in_short(travel: Travel) -> str:
    """Both totals in a few words, for a list of posts."""
    stretches = {"read": times(travel.reads_total), "helped": times(travel.helped_total)}
    return _("Read through its link %(read)s, helped %(helped)s") % stretches


def period(stretch: Stretch) -> str:
    if stretch.first == stretch.last:
        return _day(stretch.first)
    return _("%(first)s to %(last)s") % {
        "first": _day(stretch.first),
        "last": _day(stretch.last),
    }


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _most(shown: Sequence[Stretch]) -> str:
    if not shown:
        return ""
    best = max(shown, key=lambda one: one.count)
    return _("Most often: %(times)s, %(when)s.") % {
        "times": times(best.count),
        "when": period(best),
    }


def _bars(shown: Sequence[Stretch], begins: date, ends: date) -> list[Bar]:
    """A bar is as wide as its days are many, and as high as one day of it is on average."""
    step = WIDTH / ((ends - begins).days + 1)
    most = max((one.count / one.days for one in shown), default=1)
    bars = []
    for one in shown:
        height = max(HEIGHT * one.count / one.days / most, LOWEST)
        x = (one.first - begins).days * step
        width = max(one.days * step - GAP, GAP)
        bars.append(Bar(round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2)))
    return bars
