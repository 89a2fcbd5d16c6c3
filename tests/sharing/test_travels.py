"""What may be told of how far a post travelled: no number below five, and none by subtraction."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.sharing.travels import FEWEST, Stretch, by_week, stretches

NOW = dt.date(2026, 3, 31)
many_days = st.dictionaries(
    st.integers(0, 200).map(lambda back: NOW - dt.timedelta(days=back)), st.integers(0, 12)
)


def day(count: int) -> dt.date:
    return dt.date(2026, 3, count)


def test_a_day_with_five_stands_for_itself() -> None:
    assert stretches({day(2): 5, day(3): 8}, now=NOW) == [
        Stretch(day(2), day(2), 5),
        Stretch(day(3), day(3), 8),
    ]


def test_days_with_fewer_are_joined_with_those_after_them() -> None:
    assert stretches({day(2): 2, day(4): 1, day(9): 4, day(10): 6}, now=NOW) == [
        Stretch(day(2), day(9), 7),
        Stretch(day(10), day(10), 6),
    ]


def test_what_is_left_over_waits_and_is_in_no_total() -> None:
    assert stretches({day(2): 9, day(3): 4}, now=NOW) == [Stretch(day(2), day(2), 9)]


def test_nothing_and_four_look_the_same() -> None:
    assert stretches({}, now=NOW) == stretches({day(2): 4}, now=NOW) == []


@pytest.mark.parametrize(("count", "told"), [(4, 0), (5, 5), (9, 5), (10, 10)])
def test_today_grows_by_fives(count: int, told: int) -> None:
    assert sum(one.count for one in stretches({NOW: count}, now=NOW)) == told


@given(many_days)
def test_no_number_is_below_five_whatever_happened(days: dict[dt.date, int]) -> None:
    told = stretches(days, now=NOW)
    assert all(one.count >= FEWEST for one in (*told, *by_week(told)))
    assert 0 <= sum(days.values()) - sum(one.count for one in told) < FEWEST
    assert sum(one.count for one in by_week(told)) == sum(one.count for one in told)
    for before, after in pairwise(told):
        assert before.first <= before.last < after.first


@given(many_days, st.integers(0, 12))
def test_the_next_day_changes_nothing_that_was_told_of_days_that_were_over(
    days: dict[dt.date, int], more: int
) -> None:
    over = {when: count for when, count in days.items() if when < NOW}
    before = [one for one in stretches(over, now=NOW) if one.last < NOW]
    after = stretches({**over, NOW: more}, now=NOW + dt.timedelta(days=1))
    assert after[: len(before)] == before
