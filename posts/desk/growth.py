"""The growth chart: who came above the line, who left below it; numbers in, positions out."""

from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from posts.desk.charts import GAP, HEIGHT, LOWEST, WIDTH, Bar
from posts.desk.texts import people
from subscribers.figures.queries import Growth, Period

ROOM = HEIGHT * 2


@dataclass(frozen=True)
class Drawn:
    """The bars, and what they show in words."""

    joined: list[Bar]
    left: list[Bar]
    summary: str
    begins: str
    ends: str
    line: float
    width: int = WIDTH
    height: int = ROOM


def drawn(growth: Growth) -> Drawn:
    """One scale for both, since they are the same kind of people."""
    most_in = max((piece.joined for piece in growth.pieces), default=0)
    most_out = max((piece.left for piece in growth.pieces), default=0)
    scale = (ROOM - 2 * LOWEST) / max(most_in + most_out, 1)
    line = round(LOWEST + most_in * scale, 2)
    step = WIDTH / max(len(growth.pieces), 1)
    joined, left = [], []
    for place, piece in enumerate(growth.pieces):
        x, width = round(place * step, 2), round(step - GAP, 2)
        if piece.joined:
            height = round(max(piece.joined * scale, LOWEST), 2)
            joined.append(Bar(x, round(line - height, 2), width, height))
        if piece.left:
            left.append(Bar(x, line, width, round(max(piece.left * scale, LOWEST), 2)))
    return Drawn(
        joined,
        left,
        _summary(growth),
        day(growth.pieces[0]),
        day(growth.pieces[-1]),
        line,
    )


def day(piece: Period) -> str:
    return date_format(piece.begins, "SHORT_DATE_FORMAT")


def _signed(number: int) -> str:
    sign = "+" if number >= 0 else "−"
    return f"{sign}{intcomma(abs(number))}"


def _summary(growth: Growth) -> str:
    text = _("%(came)s came and %(went)s left: %(net)s.") % {
        "came": people(growth.joined),
        "went": people(growth.left),
        "net": _signed(growth.net),
    }
    best = max(growth.pieces, key=lambda piece: piece.joined)
    if not best.joined:
        return text
    when = _("in the week of %s") if growth.weekly else _("on %s")
    return f"{text} " + _("Most came %(when)s: %(number)s.") % {
        "when": when % day(best),
        "number": people(best.joined),
    }
