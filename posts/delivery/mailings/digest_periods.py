"""The weeks and months that digests are of: whole ones, on the clock on the wall of the site."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from posts.content.words import long_date
from posts.delivery.models import Digest
from subscribers.languages import spoken

Cadence = Digest.Cadence
# On the morning after the period; a week begins on Monday.
HOUR = time(9)
# A digest that could not be made for longer than this is not made any more: the next is near.
LONGEST_DELAY = {Cadence.WEEKLY: timedelta(days=3), Cadence.MONTHLY: timedelta(days=10)}


@dataclass(frozen=True)
class DigestPeriod:
    """`first` to `last`, both of them in it; its digest is due at `due`."""

    cadence: Digest.Cadence
    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return _at(self.first, time(0))

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return _at(self.last + timedelta(days=1), time(0))

    @property
    def due(self) -> datetime:
        return _at(self.last + timedelta(days=1), HOUR)

    def title(self, language: str) -> str:
        """`Weekly digest, 16–22 November`: the subject."""
        with override(spoken(language)):
            if self.cadence == Cadence.MONTHLY:
                return _("Monthly digest, %(month)s") % {"month": date_format(self.first, "F Y")}
            return _("Weekly digest, %(days)s") % {"days": self._days()}

    def _days(self) -> str:
        if not (get_language() or "en").startswith("en"):
            return f"{long_date(self.first)} – {long_date(self.last)}"
        if self.first.month == self.last.month:
            return f"{self.first.day}–{date_format(self.last, 'j F')}"
        return f"{date_format(self.first, 'j F')} – {date_format(self.last, 'j F')}"


def last_period(cadence: Digest.Cadence, now: datetime) -> DigestPeriod | None:
    """The latest period whose digest is due; None where that was too long ago."""
    found = _before(cadence, begun_on(cadence, timezone.localdate(now)))
    before = _before(cadence, found.first)
    due = found if found.due <= now else before
    return due if now - due.due <= LONGEST_DELAY[cadence] else None


def period_of(cadence: Digest.Cadence, first: date) -> DigestPeriod:
    """The one that begins on this day."""
    next_begins = first + timedelta(days=7 if cadence == Cadence.WEEKLY else 31)
    return _before(cadence, begun_on(cadence, next_begins))


def begun_on(cadence: Digest.Cadence, today: date) -> date:
    """The first day of the week or month that is not over yet."""
    if cadence == Cadence.WEEKLY:
        return today - timedelta(days=today.weekday())
    return today.replace(day=1)


def begins(cadence: Digest.Cadence, today: date) -> datetime:
    """The first moment of the week or month that is not over yet."""
    return _at(begun_on(cadence, today), time(0))


def _before(cadence: Digest.Cadence, first: date) -> DigestPeriod:
    """The one that ended on the day before."""
    last = first - timedelta(days=1)
    return DigestPeriod(cadence, begun_on(cadence, last), last)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=timezone.get_default_timezone())
