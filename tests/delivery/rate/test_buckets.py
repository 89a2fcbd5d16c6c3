"""The arithmetic of the bucket, with nothing but numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.delivery.rate import buckets
from posts.delivery.rate.models import Allowance, SendingSettings
from tests.delivery.rate.conftest import TEN

# Seconds that pass (or a clock set back a little), how many are wanted, how many come back.
asks = st.lists(
    st.tuples(
        st.floats(-2, 30) | st.integers(3_000, 90_000),
        st.integers(0, 10_000),
        st.floats(0, 1),
    ),
    max_size=40,
)


def a_bucket() -> Allowance:
    return Allowance(filled_at=buckets.LONG_AGO)


@given(asks=asks, rate=st.floats(0.01, 5_000))
def test_never_more_leaves_than_rate_times_time_and_one_bucket(
    asks: list[tuple[float, int, float]], rate: float
) -> None:
    row, settings, now, left = a_bucket(), SendingSettings(per_second=rate), TEN, 0
    began = latest = None  # by whoever asks first
    for seconds, want, unused in asks:
        now += timedelta(seconds=seconds)
        began, latest = began or now, max(latest or now, now)
        grant = buckets.draw(row, settings, want, now)
        back = int(grant.tokens * unused)
        buckets.put_back(row, grant, back)
        left += grant.tokens - back
        assert 0 <= grant.tokens <= want
        assert left <= rate * (latest - began).total_seconds() + max(rate, 2) + 1e-6


@given(
    asks=asks,
    per_second=st.none() | st.floats(0.1, 5_000),
    per_hour=st.none() | st.integers(1, 5_000),
    per_day=st.none() | st.integers(1, 20_000),
)
def test_no_hour_and_no_day_gives_more_than_it_has(
    asks: list[tuple[float, int, float]],
    per_second: float | None,
    per_hour: int | None,
    per_day: int | None,
) -> None:
    row, now = a_bucket(), TEN
    settings = SendingSettings(per_second=per_second, per_hour=per_hour, per_day=per_day)
    hours: dict[datetime, int] = {}
    days: dict[object, int] = {}
    for seconds, want, unused in asks:
        now += timedelta(seconds=abs(seconds))
        grant = buckets.draw(row, settings, want, now)
        back = int(grant.tokens * unused)
        buckets.put_back(row, grant, back)
        hours[grant.hour] = hours.get(grant.hour, 0) + grant.tokens - back
        days[row.day] = days.get(row.day, 0) + grant.tokens - back
    assert per_hour is None or max(hours.values(), default=0) <= per_hour
    assert per_day is None or max(days.values(), default=0) <= per_day


def test_a_bucket_that_is_asked_often_brings_its_whole_rate() -> None:
    row, settings, now, left = a_bucket(), SendingSettings(per_second=7), TEN, 0
    for _ in range(2_000):
        now += timedelta(seconds=0.05)
        left += buckets.draw(row, settings, 1_000, now).tokens
    assert left == int(7 + 7 * (100 - 0.05))  # full at the first ask, then what time brings


def test_an_hour_of_asking_each_second_gives_the_rate_and_then_what_the_hour_has() -> None:
    row, now, left = a_bucket(), TEN, 0
    settings = SendingSettings(per_second=0.75, per_hour=2_000)
    gone = {}
    for second in range(3_600):
        left += buckets.draw(row, settings, 20, now + timedelta(seconds=second)).tokens
        gone[second] = left
    assert gone[600] == pytest.approx(450, abs=2)
    assert gone[2_399] == pytest.approx(1_799, abs=2)
    assert gone[2_500] == gone[3_599] == 1_800
    assert buckets.draw(row, settings, 20, now + timedelta(hours=1)).tokens == 1


def test_asking_up_to_a_second_late_makes_a_slow_bucket_no_slower() -> None:
    row, settings, now, left = a_bucket(), SendingSettings(per_second=0.5), TEN, 0
    while now < TEN + timedelta(seconds=1_000):
        grant = buckets.draw(row, settings, 1_000, now)
        left += grant.tokens
        now += timedelta(seconds=grant.wait_seconds + 0.9)
    assert left >= 500


def test_a_clock_set_back_by_hours_stops_nobody_for_hours() -> None:
    row, settings = a_bucket(), SendingSettings(per_second=1)
    buckets.draw(row, settings, 1, TEN)
    assert buckets.draw(row, settings, 1, TEN - timedelta(hours=5)).tokens == 0
    late = TEN - timedelta(hours=5) + timedelta(seconds=2)
    assert buckets.draw(row, settings, 1, late).tokens == 1


def test_what_was_granted_yesterday_and_given_back_today_makes_no_room_today() -> None:
    row, settings = a_bucket(), SendingSettings(per_day=10)
    late = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)  # 23:59 in Brussels
    yesterday = buckets.draw(row, settings, 10, late)
    assert buckets.draw(row, settings, 10, late + timedelta(minutes=2)).tokens == 9
    buckets.put_back(row, yesterday, 9)
    assert buckets.draw(row, settings, 10, late + timedelta(minutes=3)).tokens == 0


def test_a_clock_that_goes_back_over_midnight_does_not_give_the_day_again() -> None:
    row, settings = a_bucket(), SendingSettings(per_day=10)
    midnight = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert buckets.draw(row, settings, 10, midnight).tokens == 9
    assert buckets.draw(row, settings, 10, midnight - timedelta(seconds=5)).tokens == 0
    assert buckets.draw(row, settings, 10, midnight + timedelta(seconds=5)).tokens == 0


def test_those_put_off_queue_up_one_behind_the_other() -> None:
    row = a_bucket()
    assert buckets.defer(row, 2.0, 100, TEN) == timedelta(seconds=0.5)  # no token just now
    assert buckets.defer(row, 2.0, 20, TEN) == timedelta(seconds=50)
    assert buckets.defer(row, 2.0, 1, TEN + timedelta(seconds=10)) == timedelta(seconds=50)
    assert buckets.defer(row, 2.0, 1, TEN + timedelta(hours=1)) == timedelta(seconds=0.5)
