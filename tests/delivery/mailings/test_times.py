from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from posts.delivery.mailings import times
from posts.delivery.mailings.audit import DeliveryRefused
from subscribers.saying import in_words


@pytest.fixture(autouse=True)
def _in_brussels(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Brussels"


def test_a_time_is_meant_and_said_as_the_clock_of_the_site_shows_it() -> None:
    at = times.read("2026-12-01 09:00")
    assert at.astimezone(UTC) == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert in_words(at) == "1 Dec 2026, 09:00 (Europe/Brussels)"


def test_an_offset_is_believed() -> None:
    assert in_words(times.read("2026-12-01T09:00+00:00")).startswith("1 Dec 2026, 10:00")


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01 09:00", "2026-12-01", "2026-12-01 25:00"])
def test_what_is_no_time_is_told_how_one_is_written(text: str) -> None:
    with pytest.raises(DeliveryRefused, match="Write it like 2026-12-01 09:00"):
        times.read(text)


@pytest.mark.parametrize("text", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_an_hour_that_the_clock_skips_or_shows_twice_is_not_guessed(text: str) -> None:
    with pytest.raises(DeliveryRefused, match="clocks change"):
        times.read(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("away", "message"), [(timedelta(seconds=-1), "is over"), (timedelta(days=400), "a year away")]
)
def test_what_is_over_or_far_away_is_refused(away: timedelta, message: str) -> None:
    with pytest.raises(DeliveryRefused, match=message):
        times.check_ahead(timezone.now() + away)
    times.check_ahead(timezone.now() + timedelta(minutes=1))
