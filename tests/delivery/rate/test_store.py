"""The buckets in the database: hours, days, domains, throttling."""

from datetime import UTC, datetime, timedelta

import pytest

from posts.delivery import status
from posts.delivery.rate import store
from posts.delivery.rate.models import Allowance, SendingSettings
from posts.delivery.rate.queries import sending_settings, standing, why_waiting
from tests.delivery.rate.conftest import TEN, FakeClock, Limit

pytestmark = pytest.mark.django_db


def test_without_settings_the_defaults_hold_and_asking_writes_nothing(at: FakeClock) -> None:
    assert sending_settings().undo_seconds == 60
    assert store.grant("smtp", 1_000).tokens == 1_000
    assert not SendingSettings.objects.exists()
    assert not Allowance.objects.exists()


def test_a_second_gives_its_rate_and_says_when_the_next_comes(at: FakeClock, limit: Limit) -> None:
    limit(per_second=4)
    assert store.grant("smtp", 10).tokens == 4
    at.go_on(0.5)
    grant = store.grant("smtp", 10)
    assert grant.tokens == 2
    assert grant.wait_seconds == pytest.approx(0.25)
    assert grant.used_up_until is None


def test_a_rate_below_one_gives_one_at_a_time(at: FakeClock, limit: Limit) -> None:
    limit(per_second=0.1)
    assert store.grant("smtp", 10).tokens == 1
    at.go_on(9.9)
    assert store.grant("smtp", 10).tokens == 0
    at.go_on(0.1)
    assert store.grant("smtp", 10).tokens == 1


def test_each_way_out_has_a_bucket_of_its_own(at: FakeClock, limit: Limit) -> None:
    limit(per_day=5)
    assert store.grant("smtp", 9).tokens == 4
    assert store.grant("mailgun", 9).tokens == 4


def test_an_hour_that_is_used_up_goes_on_at_the_next(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=100)
    at.go_on(minutes=20)
    grant = store.grant("smtp", 150)
    assert grant.tokens == 90  # the rest is kept for mails of our own
    assert grant.used_up_until == TEN + timedelta(hours=1)
    assert grant.wait_seconds == 40 * 60
    assert why_waiting("smtp") == (
        "This hour’s 100 mails are used up. It goes on at 11:00 (Europe/Brussels)."
    )
    at.go_on(minutes=40)
    assert why_waiting("smtp") == ""
    assert store.grant("smtp", 150).tokens == 90


def test_a_day_that_is_used_up_goes_on_at_the_sites_midnight(at: FakeClock, limit: Limit) -> None:
    limit(per_day=500)
    assert store.grant("smtp", 501).used_up_until == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert why_waiting("smtp") == (
        "Today’s 500 mails are used up. It goes on at midnight (Europe/Brussels)."
    )
    at.now = datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)
    assert store.grant("smtp", 1).tokens == 0
    at.go_on(1)
    assert store.grant("smtp", 501).tokens == 450


def test_a_warm_up_limits_the_day_and_is_named(at: FakeClock, limit: Limit) -> None:
    limit(warm_up_since=TEN.date() - timedelta(days=1), warm_up_first_day=50, warm_up_growth=1.5)
    assert store.grant("smtp", 100).tokens == 67
    assert why_waiting("smtp").startswith("Today’s 75 mails of the warm-up are used up.")


def test_what_is_given_back_can_be_had_by_another(at: FakeClock, limit: Limit) -> None:
    limit(per_day=10)
    grant = store.grant("smtp", 10)
    store.give_back("smtp", grant, 4)
    assert store.grant("smtp", 10).tokens == 4


def test_what_left_without_a_limit_counts_when_one_is_set_later(
    at: FakeClock, limit: Limit
) -> None:
    store.count("smtp", 80)
    limit(per_day=100)
    assert store.grant("smtp", 50).tokens == 10


def test_a_domain_gets_its_part_and_others_theirs(at: FakeClock, limit: Limit) -> None:
    limit(per_domain_per_minute=120)
    assert store.grant_domains("smtp", {"a.example": 9, "b.example": 1}) == {
        "a.example": (2, 0.5),
        "b.example": (1, 0.0),
    }
    at.go_on(0.5)
    granted = store.grant_domains("smtp", {"a.example": 9})
    assert granted["a.example"][0] == 1


def test_a_domain_that_gets_tokens_back_has_no_more_than_a_bucket(
    at: FakeClock, limit: Limit
) -> None:
    limit(per_domain_per_minute=120)
    store.grant_domains("smtp", {"a.example": 2})
    at.go_on(60)
    store.give_back_domains("smtp", {"a.example": 2})
    assert store.grant_domains("smtp", {"a.example": 9})["a.example"][0] == 2


def test_recipients_that_are_put_off_come_later_one_after_the_other(
    at: FakeClock, limit: Limit
) -> None:
    limit(per_domain_per_minute=60)
    store.put_off("smtp", "a.example", 30)
    assert store.put_off("smtp", "a.example", 1) == timedelta(seconds=30)
    assert store.put_off("smtp", "b.example", 1) == timedelta(seconds=1)
    limit(per_domain_per_minute=None)
    assert store.put_off("smtp", "a.example", 1) == timedelta(0)


def test_domains_nobody_writes_to_are_forgotten_unless_somebody_waits(
    at: FakeClock, limit: Limit
) -> None:
    limit(per_domain_per_minute=60, per_day=5)
    store.grant("smtp", 1)
    store.grant_domains("smtp", {"a.example": 1, "b.example": 1})
    store.put_off("smtp", "b.example", 60 * 180)
    at.go_on(hours=2)
    store.forget_idle_domains("smtp")
    names = set(Allowance.objects.values_list("name", flat=True))
    assert names == {"smtp", "smtp:b.example"}


def test_a_throttling_halves_the_set_rate_for_all_workers(at: FakeClock, limit: Limit) -> None:
    limit(per_second=6)
    at.go_on(minutes=42)
    store.slow_down("smtp", observed=2, retry_after=None)
    assert store.grant("smtp", 9).tokens == 0  # it begins with an empty bucket
    at.go_on(1)
    assert store.grant("smtp", 9).tokens == 3
    assert why_waiting("smtp") == (
        "Slowed down to 3 a second since 10:42, because the mail server asked for it."
    )
    at.go_on(minutes=2)
    assert store.grant("smtp", 9).tokens == 6
    assert why_waiting("smtp") == ""
    assert Allowance.objects.get().slow_rate is None


def test_without_a_set_rate_what_all_workers_had_is_halved(at: FakeClock) -> None:
    status.worker_seen("host:1")
    status.worker_seen("host:2")
    store.slow_down("smtp", observed=8, retry_after=None)
    assert standing("smtp").per_second == 8
    at.go_on(minutes=4)
    assert standing("smtp").free


def test_many_connections_that_hear_of_one_throttling_halve_it_once(
    at: FakeClock, limit: Limit
) -> None:
    limit(per_second=8)
    for _ in range(5):
        store.slow_down("smtp", observed=8, retry_after=None)
        at.go_on(1)
    assert standing("smtp").per_second == 4
    at.go_on(10)
    store.slow_down("smtp", observed=8, retry_after=None)
    assert standing("smtp").per_second == 2


def test_it_never_gets_slower_than_six_a_minute(at: FakeClock, limit: Limit) -> None:
    limit(per_second=0.3)
    for _ in range(5):
        store.slow_down("smtp", observed=0, retry_after=None)
        at.go_on(11)
    assert standing("smtp").per_second == 0.1
    assert "6 a minute" in why_waiting("smtp")


def test_a_server_that_names_a_time_is_left_alone_until_then(at: FakeClock) -> None:
    store.slow_down("smtp", observed=10, retry_after=timedelta(minutes=7))
    grant = store.grant("smtp", 5)
    assert grant.tokens == 0
    assert grant.wait_seconds == 7 * 60
    assert why_waiting("smtp") == (
        "The mail server asked us to wait. It goes on at 10:07 (Europe/Brussels)."
    )
    at.go_on(minutes=7, seconds=1)
    assert store.grant("smtp", 9).tokens == 5
