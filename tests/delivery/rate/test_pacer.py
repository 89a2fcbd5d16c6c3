"""What a draining process may hand over. Rounds with the database are made by hand here."""

import heapq
import logging
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from posts.delivery.rate import store
from posts.delivery.rate.models import Allowance
from posts.delivery.rate.pacer import LEAST, Pacer
from posts.delivery.rate.queries import standing
from tests.delivery.rate.conftest import TEN, FakeClock, Limit

pytestmark = pytest.mark.django_db
GMAIL, OTHER = "ada@gmail.example", "ben@letters.example"


def a_pacer(*, per_domain: bool = True) -> Pacer:
    pacer = Pacer("smtp", per_domain=per_domain)
    pacer.turn()
    return pacer


def taken(pacer: Pacer, number: int = 1_000, address: str = OTHER) -> int:
    return sum(pacer.take(address) for _ in range(number))


def test_nothing_leaves_before_the_first_round() -> None:
    assert not Pacer("smtp", per_domain=True).take(OTHER)


def test_without_a_limit_everything_leaves_and_is_counted(at: FakeClock) -> None:
    pacer = a_pacer()
    assert taken(pacer) == 1_000
    assert not pacer.domain_is_slow(OTHER)
    assert pacer.used_up_until() is None
    pacer.turn()
    assert standing("smtp").day_used == 1_000
    taken(pacer, 3)
    pacer.finish()
    assert standing("smtp").day_used == 1_003
    assert not pacer.take(OTHER)


def test_a_limit_that_is_set_meanwhile_is_noticed_at_the_next_round(
    at: FakeClock, limit: Limit
) -> None:
    pacer = a_pacer()
    taken(pacer, 7)
    limit(per_day=20)
    assert pacer.turn() <= 5
    assert taken(pacer) == 11  # two are kept for mails of our own
    limit(per_day=None)
    pacer.turn()
    assert taken(pacer) == 1_000


def test_a_day_that_is_used_up_is_said_when_the_last_has_left(at: FakeClock, limit: Limit) -> None:
    limit(per_day=5)
    pacer = a_pacer()
    assert pacer.used_up_until() is None  # four are in hand, one is kept for mails of our own
    assert taken(pacer) == 4
    assert pacer.used_up_until() == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert "Today’s 5 mails are used up" in pacer.why_waiting()
    assert pacer.turn() <= 5  # a limit that is raised must be noticed
    at.go_on(hours=14)
    pacer.turn()
    assert pacer.used_up_until() is None
    assert pacer.why_waiting() == ""


def test_a_process_that_sends_faster_asks_for_more_at_a_time(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=1_000_000)
    pacer, rounds = a_pacer(), []
    for _ in range(6):
        rounds.append(taken(pacer, 5_000))
        pacer.turn()
    assert rounds == [LEAST, 2 * LEAST, 4 * LEAST, 8 * LEAST, 16 * LEAST, 32 * LEAST]


def test_what_nobody_asks_for_is_given_back(at: FakeClock, limit: Limit) -> None:
    limit(per_day=22)  # two are kept for mails of our own
    idle, busy = a_pacer(), a_pacer()
    assert taken(busy) == 0
    idle.turn()  # it had taken none in the round before, but asked
    idle.turn()
    busy.turn()
    assert taken(busy) == LEAST


def test_what_was_not_used_is_given_back_at_the_end(at: FakeClock, limit: Limit) -> None:
    limit(per_day=100, per_domain_per_minute=60)
    pacer = a_pacer()
    pacer.expect([GMAIL])
    pacer.turn()
    pacer.finish()
    assert standing("smtp").day_used == 0
    assert store.grant_domains("smtp", {"gmail.example": 1})["gmail.example"][0] == 1


def test_a_stock_of_the_hour_before_does_not_leave_in_the_next(at: FakeClock, limit: Limit) -> None:
    limit(per_hour=LEAST)
    pacer = a_pacer()
    assert taken(pacer, 1) == 1
    at.go_on(hours=1)
    pacer.turn()
    assert taken(pacer) <= LEAST
    assert standing("smtp").hour_used <= LEAST


def test_a_domain_without_a_token_waits_and_others_go_on(at: FakeClock, limit: Limit) -> None:
    limit(per_domain_per_minute=120)
    pacer = a_pacer()
    assert pacer.domain_is_slow(GMAIL)
    assert not pacer.take(GMAIL)
    pacer.expect([GMAIL, GMAIL, OTHER])
    pacer.turn()
    assert [pacer.take(GMAIL) for _ in range(3)] == [True, True, False]
    assert pacer.domain_is_slow(GMAIL)
    assert not pacer.domain_is_slow(OTHER)
    assert pacer.take(OTHER)
    assert pacer.put_off(GMAIL, 10) == timedelta(seconds=0.5)
    assert pacer.put_off(GMAIL, 10) == timedelta(seconds=5)


def test_a_provider_counts_no_domains_for_us(at: FakeClock, limit: Limit) -> None:
    limit(per_domain_per_minute=1)
    assert taken(a_pacer(per_domain=False), 50) == 50


def test_a_domains_tokens_that_nobody_takes_go_back(at: FakeClock, limit: Limit) -> None:
    limit(per_domain_per_minute=60)
    pacer = a_pacer()
    pacer.take(GMAIL)
    for _ in range(3):
        pacer.turn()
    assert pacer.domain_is_slow(GMAIL)
    assert store.grant_domains("smtp", {"gmail.example": 1})["gmail.example"][0] == 1


def test_after_a_throttling_nothing_leaves_until_all_workers_know(
    at: FakeClock, limit: Limit
) -> None:
    limit(per_second=10)
    pacer, other = a_pacer(), Pacer("smtp", per_domain=True)
    assert taken(pacer, 3) == 3
    pacer.throttled()
    assert not pacer.take(OTHER)
    pacer.turn()
    at.go_on(1)
    other.turn()
    assert taken(other) == 5
    assert "5 a second" in other.why_waiting()


def test_the_speed_of_before_is_halved_where_none_is_set(at: FakeClock) -> None:
    pacer = a_pacer()
    taken(pacer, 40)
    pacer.throttled(timedelta(seconds=30))
    pacer.turn()
    assert standing("smtp").per_second == pytest.approx(20, rel=0.2)
    assert standing("smtp").held_until == TEN + timedelta(seconds=30)


def test_a_database_that_is_away_grants_nothing_and_is_asked_again(
    at: FakeClock, limit: Limit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(transport: str, want: int) -> None:
        raise OperationalError("the server closed the connection")

    pacer = a_pacer()
    with monkeypatch.context() as patch:
        patch.setattr(store, "grant", away)
        patch.setattr("posts.delivery.rate.pacer.connection.close", lambda: None)  # of this test
        assert 0 < pacer.turn() <= 5
        assert not pacer.take(OTHER)
    assert "the server closed the connection" in caplog.text
    pacer.turn()
    assert pacer.take(OTHER)


def test_a_fault_of_ours_is_logged_and_does_not_hold_mail_for_ever(
    at: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(transport: str, want: int) -> None:
        raise ZeroDivisionError

    pacer = a_pacer()
    monkeypatch.setattr(store, "grant", broken)
    with caplog.at_level(logging.ERROR):
        assert pacer.turn_whatever_comes() > 0
    assert "ZeroDivisionError" in caplog.text


def simulate(
    pacers: list[Pacer], at: FakeClock, seconds: float, each: int
) -> list[tuple[datetime, int, int]]:
    """Let processes have their rounds when they want them; each takes up to `each` a round.
    What left, when, and by whom."""
    end, left = at.now + timedelta(seconds=seconds), []
    queue = [(at.now + timedelta(seconds=n / 100), n) for n in range(len(pacers))]
    while queue[0][0] < end:
        at.now, number = heapq.heappop(queue)
        pause = pacers[number].turn()
        left.append((at.now, number, taken(pacers[number], each)))
        heapq.heappush(queue, (at.now + timedelta(seconds=pause), number))
    return left


def test_ten_processes_share_a_slow_bucket_fairly(at: FakeClock, limit: Limit) -> None:
    random.seed(7)
    limit(per_second=5)
    left = simulate([Pacer("smtp", per_domain=False) for _ in range(10)], at, 45, each=50)
    shares = [sum(n for _, who, n in left if who == number) for number in range(10)]
    assert 5 * 43 <= sum(shares) <= 5 * 46
    assert min(shares) > 8  # a tenth each would be 22
    assert max(shares) < 45


def test_two_processes_keep_to_every_limit_while_an_hour_turns(at: FakeClock, limit: Limit) -> None:
    random.seed(7)
    limit(per_second=0.5, per_hour=200)
    at.go_on(minutes=55)
    left = simulate([Pacer("smtp", per_domain=False) for _ in range(2)], at, 13 * 60, each=30)
    moments = [(when, n) for when, _, n in left if n]
    first_hour = sum(n for when, n in moments if when < TEN + timedelta(hours=1))
    second_hour = sum(n for when, n in moments if when >= TEN + timedelta(hours=1))
    assert 147 <= first_hour <= 151  # five minutes at half a mail a second
    assert second_hour == 180  # twenty are kept for mails of our own
    for start, _ in moments[::10]:
        window = [n for when, n in moments if start <= when < start + timedelta(seconds=60)]
        assert sum(window) <= 0.5 * 60 + 2
    assert Allowance.objects.get().hour_used == 180
