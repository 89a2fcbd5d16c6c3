"""What limits are in force at a moment. Pure: no clock and no database of its own.

Hours and days are those of the site's TIME_ZONE, also while somebody looks from another.
"""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from posts.delivery.rate.models import Allowance, SendingSettings

# Transports that hand over to mail servers which count by the recipient's domain. A provider
# does that for us.
COUNT_BY_DOMAIN = frozenset({"smtp"})

WARM_UP_DAYS = 60  # where no limit per day says when it is over
LIMITLESS = 1_000_000_000  # a warm-up that has come so far is over

SLOWEST: Final = 0.1  # per second: six a minute
SLOWDOWN = 0.5
RECOVERY = 1.5  # times faster each minute without a new throttling
RECOVERED = 4.0  # times where it began: then the slow-down is over
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


# Of the mails of an hour or a day: what a mailing leaves to our own mails, such as one that asks
# to confirm, and what these take at most while a mailing waits.
KEPT_FOR_OWN = 0.1
OWN_AT_MOST = 0.5


def kept_for_own(limit: int) -> int:
    """How many of so many a mailing leaves alone: a tenth, and one at least where there are two."""
    return max(1, round(limit * KEPT_FOR_OWN)) if limit > 1 else 0


@dataclass(frozen=True, slots=True)
class RateStatus:
    """What is in force at this moment, and what was used. None: no limit."""

    now: datetime
    per_second: float | None
    per_hour: int | None
    per_day: int | None
    domain_rate: float | None  # per second, for the addresses of one domain
    hour_used: int = 0
    day_used: int = 0
    own_hour_used: int = 0  # of these, mails of our own
    own_day_used: int = 0
    hour_is_shared: bool = False  # a mailing wants its part, too
    day_is_shared: bool = False
    warming_up: bool = False  # `per_day` is today's step of the warm-up
    slow_since: datetime | None = None  # `per_second` is what the mail server made us take
    held_until: datetime | None = None  # the mail server said how long to wait

    @property
    def free(self) -> bool:
        """Nothing limits how much may leave, if one does not look at domains."""
        return self.per_second is None and self.per_hour is None and self.per_day is None

    @property
    def left(self) -> int | None:
        """How many more of a mailing may leave in this hour and on this day."""
        lefts = [left for left in (self._hour_left, self._day_left) if left is not None]
        return max(0, min(lefts)) if lefts else None

    @property
    def _hour_left(self) -> int | None:
        return _for_mailings(self.per_hour, self.hour_used, self.own_hour_used)

    @property
    def _day_left(self) -> int | None:
        return _for_mailings(self.per_day, self.day_used, self.own_day_used)

    @property
    def day_is_used_up(self) -> bool:
        return self._day_left is not None and self._day_left <= 0

    @property
    def used_up_until(self) -> datetime | None:
        """When a mailing goes on, if the hour or the day has given what it may."""
        if self.day_is_used_up:
            return next_day(self.now)
        if self._hour_left is not None and self._hour_left <= 0:
            return next_hour(self.now)
        return None

    @property
    def own_used_up_until(self) -> datetime | None:
        """When our own mails go on, if the hour or the day has given them what it may."""
        day, hour = self.per_day, self.per_hour
        if day is not None and _for_own(
            day, self.day_used, self.own_day_used, shared=self.day_is_shared
        ):
            return next_day(self.now)
        if hour is not None and _for_own(
            hour, self.hour_used, self.own_hour_used, shared=self.hour_is_shared
        ):
            return next_hour(self.now)
        return None


def _for_mailings(limit: int | None, used: int, own: int) -> int | None:
    if limit is None:
        return None
    return limit - used - max(0, kept_for_own(limit) - own)


def _for_own(limit: int, used: int, own: int, *, shared: bool) -> bool:
    """Whether our own mails have had theirs."""
    most = max(kept_for_own(limit), math.ceil(limit * OWN_AT_MOST))
    return used >= limit or (shared and own >= most)


def standing(settings: SendingSettings, row: Allowance | None, now: datetime) -> RateStatus:
    """`row`: of the transport; None when nothing ever left by it."""
    row = row or Allowance(filled_at=now)
    slow = slow_rate(row, settings.per_second, now)
    today = day_of(now)
    this_hour = row.hour is not None and row.hour >= hour_of(now)
    this_day = row.day is not None and row.day >= today
    return RateStatus(
        now=now,
        per_second=settings.per_second if slow is None else slow,
        per_hour=settings.per_hour,
        per_day=per_day(settings, today),
        domain_rate=domain_rate(settings),
        hour_used=row.hour_used if this_hour else 0,
        day_used=row.day_used if this_day else 0,
        own_hour_used=row.own_hour_used if this_hour else 0,
        own_day_used=row.own_day_used if this_day else 0,
        # It may not have come to ask in this one yet.
        hour_is_shared=_wanted_within(row, 2 * HOUR, now),
        day_is_shared=_wanted_within(row, 48 * HOUR, now),
        warming_up=warm_up(settings, today) is not None,
        slow_since=None if slow is None else row.slow_since,
        held_until=row.slow_since if slow is not None and held(row, now) else None,
    )


def _wanted_within(row: Allowance, time: timedelta, now: datetime) -> bool:
    return row.bulk_wanted_at is not None and row.bulk_wanted_at > now - time


def per_day(settings: SendingSettings, day: date) -> int | None:
    step = warm_up(settings, day)
    return settings.per_day if step is None else step


def warm_up(settings: SendingSettings, day: date) -> int | None:
    """How many the warm-up allows on that day; None when it has not begun or is over."""
    since = settings.warm_up_since
    if since is None or day < since:
        return None
    days = (day - since).days
    if settings.per_day is None and days >= WARM_UP_DAYS:
        return None
    # Looked at as logarithms first: years of growth are no number a computer could hold.
    grown = math.log(settings.warm_up_first_day) + days * math.log(settings.warm_up_growth)
    if grown > math.log(LIMITLESS):
        return None
    step = round(settings.warm_up_first_day * settings.warm_up_growth**days)
    return step if settings.per_day is None or step <= settings.per_day else None


def domain_rate(settings: SendingSettings) -> float | None:
    per_minute = settings.per_domain_per_minute
    return None if per_minute is None else per_minute / 60


def slow_rate(row: Allowance, set_rate: float | None, now: datetime) -> float | None:
    """How fast it may go since we were throttled; None when we were not, or when that is over."""
    if row.slow_rate is None or row.slow_since is None:
        return None
    minutes = max(0, (now - row.slow_since) // MINUTE)
    times = min(RECOVERY ** min(minutes, 10), RECOVERED)
    rate = row.slow_rate * times
    if times >= RECOVERED or (minutes and set_rate is not None and rate >= set_rate):
        return None
    return rate if set_rate is None else min(rate, set_rate)


def held(row: Allowance, now: datetime) -> bool:
    """The mail server named a time before which nothing should come."""
    return row.slow_since is not None and row.slow_since > now


def zone() -> ZoneInfo:
    """The site's, not that of whoever is looking."""
    return ZoneInfo(timezone.get_default_timezone_name())


def day_of(moment: datetime) -> date:
    return moment.astimezone(zone()).date()


def hour_of(moment: datetime) -> datetime:
    """When its hour began: on the clock of the site, whose offset may be half an hour."""
    begun = moment.astimezone(zone()).replace(minute=0, second=0, microsecond=0)
    return begun.astimezone(UTC)


def next_hour(moment: datetime) -> datetime:
    return hour_of(moment) + HOUR


def next_day(moment: datetime) -> datetime:
    tomorrow = day_of(moment) + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, tzinfo=zone()).astimezone(UTC)
