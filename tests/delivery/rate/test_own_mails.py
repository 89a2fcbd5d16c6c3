"""Mails of our own: within the same limits, before a mailing, with a share that is theirs."""

from datetime import UTC, datetime, timedelta

import pytest

from posts.delivery.rate import limits, store
from posts.delivery.rate.models import Allowance
from posts.delivery.rate.queries import standing
from tests.delivery.rate.conftest import TEN, FakeClock, Limit

pytestmark = pytest.mark.django_db


def own(most: int = 1_000, domain: str = "") -> int:
    """How many of our own may leave at this moment."""
    for count in range(most):
        if store.grant_own("smtp", domain):
            return count
    return most


@pytest.mark.parametrize(("limit", "kept"), [(1, 0), (2, 1), (10, 1), (50, 5), (1_000, 100)])
def test_a_tenth_is_kept_and_one_at_least(limit: int, kept: int) -> None:
    assert limits.kept_for_own(limit) == kept


def test_without_limits_they_leave_and_are_counted(at: FakeClock, limit: Limit) -> None:
    assert own(7) == 7
    limit(per_hour=10)
    assert standing("smtp").own_hour_used == 7
    assert own() == 3


def test_no_more_than_the_hour_has_leave_whoever_asks(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=10)
    assert own() == 10
    assert store.grant_own("smtp", "") == 3_600
    assert store.grant("smtp", 5).tokens == 0
    at.go_on(hours=1)
    assert own(2) == 2


def test_a_mailing_that_takes_all_leaves_them_their_share(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=50)
    assert store.grant("smtp", 1_000).tokens == 45
    at.go_on(minutes=50)
    assert own() == 5
    assert Allowance.objects.get().hour_used == 50


def test_the_same_of_a_day_of_the_warm_up(at: FakeClock, limit: Limit) -> None:
    limit(warm_up_since=TEN.date(), warm_up_first_day=50)
    assert store.grant("smtp", 1_000).tokens == 45
    assert own() == 5
    wait = store.grant_own("smtp", "")
    assert at.now + timedelta(seconds=wait) == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


def test_what_they_used_already_is_kept_no_more(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=50)
    assert own(20) == 20
    assert store.grant("smtp", 1_000).tokens == 30


def test_a_flood_of_sign_ups_leaves_a_mailing_half(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=50)
    store.grant("smtp", 1)
    at.go_on(hours=1)
    assert own() == 25
    assert store.grant("smtp", 1_000).tokens == 25


def test_in_a_slow_bucket_they_are_next_though_a_mailing_asks_all_the_time(
    at: FakeClock, limit: Limit
) -> None:
    limit(per_second=0.5)
    assert store.grant("smtp", 20).tokens == 1
    wait = store.grant_own("smtp", "")
    assert 0 < wait <= 2
    for _ in range(40):
        at.go_on(wait / 40)
        assert store.grant("smtp", 20).tokens == 0, "the next is promised"
    assert store.grant_own("smtp", "") == 0


def test_then_they_take_turns(at: FakeClock, limit: Limit) -> None:
    limit(per_second=1)
    left = {"own": 0, "mailing": 0}
    for _ in range(400):
        at.go_on(0.5)
        left["own"] += own(5)
        left["mailing"] += store.grant("smtp", 20).tokens
    assert sum(left.values()) <= 201
    assert left["own"] == pytest.approx(100, abs=5)
    assert left["mailing"] == pytest.approx(100, abs=5)


def test_whoever_gave_up_waiting_costs_a_mailing_a_moment_only(at: FakeClock, limit: Limit) -> None:
    limit(per_second=1)
    store.grant("smtp", 20)
    store.grant_own("smtp", "")
    at.go_on(11)
    assert store.grant("smtp", 20).tokens >= 1


def test_a_domain_that_a_mailing_fills_gives_them_the_next_turn(
    at: FakeClock, limit: Limit
) -> None:
    limit(per_domain_per_minute=60)
    assert store.grant_domains("smtp", {"gmail.com": 100})["gmail.com"][0] == 1
    assert own(domain="example.org") == 1
    wait = store.grant_own("smtp", "gmail.com")
    assert wait
    at.go_on(wait)
    assert store.grant_domains("smtp", {"gmail.com": 100})["gmail.com"][0] == 0
    assert store.grant_own("smtp", "gmail.com") == 0


def test_what_did_not_leave_is_given_back(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=10)
    assert own(4) == 4
    store.count_own("smtp", -4)
    row = Allowance.objects.get()
    assert (row.hour_used, row.day_used, row.own_hour_used, row.own_day_used) == (0, 0, 0, 0)
