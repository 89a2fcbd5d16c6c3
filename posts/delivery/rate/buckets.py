"""The arithmetic of a token bucket, on a row in hand. Pure; `store` locks and saves the row.

No more than rate times time plus one bucket ever leaves it. A bucket holds about what one second
brings, at least one token, and a new one is full.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from posts.delivery.rate import limits
from posts.delivery.rate.limits import RateStatus
from posts.delivery.rate.models import Allowance, SendingSettings

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # of a new bucket
A_LITTLE = 1e-9  # what adding fractions loses
# A clock that was set back is waited for that long; then the bucket goes by it.
CLOCKS_DIFFER = timedelta(minutes=1)
QUIET = timedelta(seconds=10)
# How long a token is kept for somebody who asked in vain: until they ask again, as they were told.
PATIENCE = timedelta(seconds=10)
A_MOMENT = 0.5  # seconds
LONGEST_HOLD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Grant:
    """How many may leave, and how long until asking for more makes sense."""

    tokens: int
    wait_seconds: float
    standing: RateStatus

    @property
    def hour(self) -> datetime:
        """The beginning of the hour in which it was counted."""
        return limits.hour_of(self.standing.now)

    @property
    def used_up_until(self) -> datetime | None:
        """The hour or the day has given its last."""
        return self.standing.used_up_until


def draw(row: Allowance, settings: SendingSettings, want: int, now: datetime) -> Grant:
    """Take up to `want` tokens, of the bucket and of what the hour and the day have left."""
    _turn_over(row, now)
    if want > 0:
        row.bulk_wanted_at = now
    before = limits.standing(settings, row, now)
    if before.slow_since is None:
        row.slow_rate = row.slow_since = None
    most = want if before.left is None else min(want, before.left)
    if before.held_until is not None:
        most = 0
    tokens = most
    if before.per_second is not None:
        tokens = pour_for_mailing(row, before.per_second, most, now)
    row.hour_used += tokens
    row.day_used += tokens
    after = replace(before, hour_used=row.hour_used, day_used=row.day_used)
    return Grant(tokens, _wait(row, after, tokens, want), after)


def _wait(row: Allowance, after: RateStatus, tokens: int, want: int) -> float:
    if tokens >= want:
        return 0.0
    until = after.used_up_until or after.held_until
    if until is not None:
        return (until - after.now).total_seconds()
    return next_token(row, after.per_second) if after.per_second else 0.0


def pour(row: Allowance, rate: float, want: int, now: datetime) -> int:
    """Fill the bucket with what the time since brought, and take up to `want` whole tokens."""
    if row.filled_at == LONG_AGO:
        row.tokens, row.filled_at = max(1.0, rate), now
    if row.filled_at > now + CLOCKS_DIFFER:
        row.filled_at = now
    elapsed = max(0.0, (now - row.filled_at).total_seconds())
    row.tokens = min(capacity(rate), row.tokens + elapsed * rate)
    row.filled_at = max(row.filled_at, now)
    tokens = min(want, int(row.tokens + A_LITTLE))
    row.tokens = max(0.0, row.tokens - tokens)
    return tokens


def pour_for_mailing(row: Allowance, rate: float, want: int, now: datetime) -> int:
    """The same, but for the token that a mail of our own waits for, if it is its turn."""
    pour(row, rate, 0, now)
    kept = 0 if row.own_had_last or not _lately(row.own_wanted_at, rate, now) else 1
    tokens = pour(row, rate, max(0, min(want, int(row.tokens + A_LITTLE) - kept)), now)
    if tokens:
        row.own_had_last = False
    return tokens


def wait_of_own(row: Allowance, rate: float, now: datetime) -> float:
    """Seconds until a mail of our own gets a token from this bucket; 0: there is one.

    It comes before a mailing. While tokens are scarce they take turns, so that a flood of sign-ups
    keeps no letter back.
    """
    pour(row, rate, 0, now)
    turns = row.own_had_last and _lately(row.bulk_wanted_at, rate, now)
    if row.tokens + A_LITTLE >= (2 if turns else 1):
        return 0.0
    row.own_wanted_at = now
    return max(A_MOMENT, next_token(row, rate))


def take_own(row: Allowance) -> None:
    """The token that `wait_of_own` found."""
    row.tokens = max(0.0, row.tokens - 1)
    row.own_had_last, row.own_wanted_at = True, None


def _lately(asked_at: datetime | None, rate: float, now: datetime) -> bool:
    patience = max(PATIENCE, timedelta(seconds=2 / rate))
    return asked_at is not None and now - patience < asked_at


def draw_own(row: Allowance, settings: SendingSettings, now: datetime) -> tuple[float, RateStatus]:
    """How long a mail of our own has to wait for the transport, in seconds; nothing is taken."""
    _turn_over(row, now)
    standing = limits.standing(settings, row, now)
    until = standing.own_used_up_until or standing.held_until
    if until is not None:
        return max(A_MOMENT, (until - now).total_seconds()), standing
    if standing.per_second is None:
        return 0.0, standing
    return wait_of_own(row, standing.per_second, now), standing


def count_own(row: Allowance, mails: int, now: datetime) -> None:
    """Mails of our own that leave; a negative number: that did not, after all."""
    _turn_over(row, now)
    for name in ("hour_used", "day_used", "own_hour_used", "own_day_used"):
        setattr(row, name, max(0, getattr(row, name) + mails))


def capacity(rate: float) -> float:
    """What a second brings. A slow one holds a whole token and the part of the next that comes
    while somebody is a second late to ask: else each lateness would make it slower."""
    return max(rate, min(rate + 1, 2.0))


def next_token(row: Allowance, rate: float) -> float:
    """Seconds until there is a whole one."""
    return max(0.0, 1 - row.tokens) / rate


def put_back(row: Allowance, grant: Grant, tokens: int) -> None:
    """Tokens that were not used. What was counted in an hour or on a day that is over stays
    there: it must not make room in the next."""
    row.tokens += tokens  # `pour` spills what is too much
    if row.hour == grant.hour:
        row.hour_used = max(0, row.hour_used - tokens)
    if row.day == limits.day_of(grant.standing.now):
        row.day_used = max(0, row.day_used - tokens)


def count(row: Allowance, mails: int, now: datetime) -> None:
    """What left while nothing limited it: a limit that is set later today should know of it."""
    _turn_over(row, now)
    row.hour_used += mails
    row.day_used += mails


def _turn_over(row: Allowance, now: datetime) -> None:
    """Begin a new hour and day. Never backwards: a clock set back, or another TIME_ZONE, would
    give what was given already."""
    hour, day = limits.hour_of(now), limits.day_of(now)
    if row.hour is None or row.hour < hour:
        row.hour, row.hour_used, row.own_hour_used = hour, 0, 0
    if row.day is None or row.day < day:
        row.day, row.day_used, row.own_day_used = day, 0, 0


def slow_down(
    row: Allowance,
    settings: SendingSettings,
    *,
    observed: float,
    now: datetime,
    retry_after: timedelta | None,
) -> None:
    """Half as fast, and after a while faster again. `observed`: per second by all workers, used
    where no rate is in force.

    Many connections hear of one throttling at the same moment: within ten seconds it is one.
    """
    until = now + min(retry_after or timedelta(0), LONGEST_HOLD)
    rate = limits.slow_rate(row, settings.per_second, now)
    if rate is not None and row.slow_since is not None and now < row.slow_since + QUIET:
        row.slow_since = max(row.slow_since, until)
        return
    base = (settings.per_second or observed) if rate is None else rate
    row.slow_rate = min(base, max(limits.SLOWEST, base * limits.SLOWDOWN)) or limits.SLOWEST
    row.slow_since = until
    row.tokens, row.filled_at = 0, now


def defer(row: Allowance, rate: float, recipients: int, now: datetime) -> timedelta:
    """A turn for so many `recipients` behind all that were put off before; answers when it is.

    At the earliest when there is one token more: there was none when they were put off.
    """
    start = max(now, row.deferred_until or now)
    row.deferred_until = start + timedelta(seconds=recipients / rate)
    return max(start - now, timedelta(seconds=1 / rate))
