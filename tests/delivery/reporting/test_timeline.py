"""Time in bins: few enough to draw, and nothing gets lost between them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from posts.delivery.reporting.timeline import MOST_BINS, STEPS, timeline

START = datetime(2026, 3, 1, 9, 3, 20, tzinfo=UTC)


def after(**time: float) -> datetime:
    return START + timedelta(**time)


@pytest.mark.parametrize(
    ("last", "step"),
    [
        (timedelta(0), timedelta(seconds=10)),
        (timedelta(minutes=9), timedelta(seconds=10)),
        (timedelta(minutes=45), timedelta(minutes=1)),
        (timedelta(hours=6), timedelta(minutes=10)),
        (timedelta(days=2), timedelta(hours=1)),
        (timedelta(days=13), timedelta(hours=6)),
    ],
)
def test_the_bins_are_as_long_as_the_whole_asks_for(last: timedelta, step: timedelta) -> None:
    found = timeline({"a": [(START, 1), (START + last, 1)]}, started=START)
    assert found is not None
    assert found.step == step
    assert not found.open_ended


def test_nothing_yet_is_no_timeline() -> None:
    assert timeline({"a": [], "b": []}, started=START) is None


def test_bins_begin_at_round_times_of_the_place(settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Kathmandu"  # 5:45 ahead
    found = timeline({"a": [(after(hours=7), 1)]}, started=START)
    assert found is not None
    assert found.first.isoformat() == "2026-03-01T14:40:00+05:45"


def test_series_share_their_bins() -> None:
    found = timeline({"a": [(after(seconds=1), 3)], "b": [(after(seconds=25), 4)]}, started=START)
    assert found is not None
    assert found.counts == {"a": [3, 0, 0], "b": [0, 0, 4]}
    assert found.ends == found.begins(3)


def test_what_comes_weeks_later_stands_in_the_last_bin() -> None:
    found = timeline({"a": [(START, 1), (after(days=90), 2)]}, started=START)
    assert found is not None
    assert found.open_ended
    assert found.counts["a"][-1] == 2
    assert found.ends - START < timedelta(days=15)


def test_no_bin_is_shorter_than_what_the_times_are_known_to() -> None:
    quarter = timedelta(minutes=15)
    found = timeline({"a": [(after(minutes=1), 1)]}, started=START, finest=quarter)
    assert found is not None
    assert found.step == quarter


@given(
    st.lists(
        st.tuples(st.integers(-3_600, 40 * 86_400), st.integers(1, 1_000_000)),
        min_size=1,
        max_size=50,
    ),
    st.sampled_from(STEPS),
)
def test_nobody_is_lost_and_the_bins_stay_few(
    moments: list[tuple[int, int]], finest: timedelta
) -> None:
    series = [(after(seconds=seconds), count) for seconds, count in moments]
    found = timeline({"a": series}, started=START, finest=finest)
    assert found is not None
    assert sum(found.counts["a"]) == sum(count for _, count in moments)
    assert 1 <= found.bins <= MOST_BINS
    assert found.step >= finest
