"""Warm-up days, the site's hours and midnights, and the way back from a throttling."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from posts.delivery.rate import limits
from posts.delivery.rate.models import Allowance, SendingSettings
from tests.delivery.rate.conftest import TEN

MONDAY = date(2026, 11, 23)


def warming(**more: float | None) -> SendingSettings:
    values = {"warm_up_first_day": 50, "warm_up_growth": 2.0, **more}
    return SendingSettings(warm_up_since=MONDAY, **values)


def steps(settings: SendingSettings, days: int) -> list[int | None]:
    return [limits.per_day(settings, MONDAY + timedelta(days=n)) for n in range(-1, days)]


def test_a_warm_up_grows_day_by_day_until_it_is_more_than_the_limit_of_a_day() -> None:
    assert steps(warming(per_day=300), 5) == [300, 50, 100, 200, 300, 300]


def test_without_a_limit_of_a_day_a_warm_up_is_over_after_sixty_days() -> None:
    slowly = warming(warm_up_growth=1.01)
    assert limits.per_day(slowly, MONDAY + timedelta(days=59)) == 90
    assert limits.per_day(slowly, MONDAY + timedelta(days=60)) is None


def test_years_of_growth_are_no_limit_and_no_overflow() -> None:
    assert limits.per_day(warming(per_day=10**9), MONDAY + timedelta(days=9_000)) == 10**9
    assert limits.per_day(warming(warm_up_growth=10.0), MONDAY + timedelta(days=59)) is None


def test_a_day_ends_at_the_sites_midnight_also_when_the_clock_is_changed() -> None:
    before = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 00:30 on the day with 25 hours
    assert limits.day_of(before) == date(2026, 10, 25)
    assert limits.next_day(before) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


def test_an_hour_is_that_of_the_wall_also_where_zones_differ_by_half_of_one(
    settings: Settings,
) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    half_past = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # 15:00 there
    assert limits.hour_of(half_past + timedelta(minutes=59)) == half_past
    assert limits.next_hour(half_past) == half_past + timedelta(hours=1)


def slow_after(minutes: float, *, set_rate: float | None) -> float | None:
    row = Allowance(filled_at=TEN, slow_rate=2.0, slow_since=TEN)
    return limits.slow_rate(row, set_rate, TEN + timedelta(minutes=minutes))


def test_after_a_throttling_it_gets_faster_by_half_again_each_minute() -> None:
    rates = [slow_after(minutes, set_rate=None) for minutes in (0, 0.9, 1, 2, 3, 4)]
    assert rates == [2.0, 2.0, 3.0, 4.5, 6.75, None]


@pytest.mark.parametrize(("minutes", "rate"), [(0, 2.0), (1, 3.0), (2, None)])
def test_a_throttling_is_over_when_the_set_rate_is_reached(
    minutes: int, rate: float | None
) -> None:
    assert slow_after(minutes, set_rate=4.0) == rate


def test_a_set_rate_that_is_lowered_meanwhile_holds() -> None:
    assert slow_after(0, set_rate=0.5) == 0.5
