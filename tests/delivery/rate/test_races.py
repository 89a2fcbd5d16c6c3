"""Threads and their own connections, on the database's real clock."""

import threading
from collections.abc import Callable
from unittest.mock import Mock

import pytest
from django.db import connections

from posts.delivery.clock import exact_now
from posts.delivery.rate import store
from posts.delivery.rate.models import Allowance
from posts.delivery.rate.pacer import Pacer
from posts.delivery.rate.queries import standing
from tests.delivery.clerk import look
from tests.delivery.rate.conftest import Limit
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pacer_asked_to_end_asks_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its thread is granted after the goodbye would be given back by nobody."""
    pacer = Pacer("smtp", per_domain=False)
    pacer.start()
    turn = Mock(return_value=0.0)
    monkeypatch.setattr(pacer, "turn", turn)
    pacer.stop()
    turn.assert_not_called()


def at_once(work: Callable[[], int], threads: int) -> list[int]:
    """What each of so many answers, when all begin at the same moment."""
    answers: list[int] = []
    line = threading.Barrier(threads)

    def run() -> None:
        try:
            line.wait()
            answers.append(work())
        finally:
            connections.close_all()

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert len(answers) == threads
    return answers


@pytest.mark.only_on("postgresql")
def test_workers_that_meet_a_new_bucket_at_once_share_one(limit: Limit) -> None:
    limit(per_day=100)
    assert sum(at_once(lambda: store.grant("smtp", 30).tokens, 6)) == 100
    assert Allowance.objects.get().day_used == 100


@pytest.mark.only_on("postgresql")
def test_workers_that_ask_without_pause_never_get_more_than_time_brings(limit: Limit) -> None:
    limit(per_second=50)
    begun = exact_now()

    def ask() -> int:
        return sum(store.grant("smtp", 7).tokens for _ in range(100))

    left = sum(at_once(ask, 5))
    seconds = (exact_now() - begun).total_seconds()
    assert 50 <= left <= 50 * seconds + 50
    assert standing("smtp").day_used == left


@pytest.mark.only_on("postgresql")
def test_workers_that_give_back_and_ask_lose_and_win_nothing(limit: Limit) -> None:
    limit(per_day=40)

    def take_ten_and_return_five() -> int:
        grant = store.grant("smtp", 10)
        store.give_back("smtp", grant, grant.tokens // 2)
        return grant.tokens - grant.tokens // 2

    left = sum(at_once(take_ten_and_return_five, 6))
    assert standing("smtp").day_used == left <= 40


@pytest.mark.only_on("postgresql")
def test_workers_with_the_same_domains_in_another_order_do_not_block_each_other(
    limit: Limit,
) -> None:
    limit(per_domain_per_minute=1)
    names = [f"{number}.example" for number in range(30)]
    orders = iter([names, names[::-1], names[::2] + names[1::2]] * 4)
    lock = threading.Lock()

    def ask() -> int:
        with lock:
            order = next(orders)
        granted = store.grant_domains("smtp", dict.fromkeys(order, 1))
        return sum(number for number, _ in granted.values())

    assert sum(at_once(ask, 12)) == 30


@pytest.mark.only_on("postgresql")
def test_turns_that_are_reserved_at_once_do_not_overlap(limit: Limit) -> None:
    limit(per_domain_per_minute=1)
    waits = at_once(lambda: round(store.put_off("smtp", "a.example", 10).total_seconds() / 60), 4)
    assert sorted(waits) == [1, 10, 20, 30]


def test_a_pacer_fills_itself_and_gives_back_at_the_end(
    limit: Limit, open_to_all: Callable[[], None]
) -> None:
    limit(per_day=1_000)
    open_to_all()

    def send() -> bool:
        pacer = Pacer("smtp", per_domain=True)
        pacer.start()
        left = [until(lambda: pacer.take("ada@letters.example")) for _ in range(100)]
        pacer.stop()
        assert not pacer.take("ada@letters.example")
        return all(left)

    assert look(send) is True
    assert look(lambda: standing("smtp").day_used) == 100


@pytest.mark.only_on("postgresql")
def test_many_threads_of_two_pacers_take_what_the_day_has_and_no_more(limit: Limit) -> None:
    limit(per_day=300)
    pacers = [Pacer("smtp", per_domain=True) for _ in range(2)]
    for pacer in pacers:
        pacer.start()
    turns = iter(pacers * 3)
    lock = threading.Lock()

    def send() -> int:
        with lock:
            pacer = next(turns)
        left = 0

        def used_up() -> bool:
            nonlocal left
            while pacer.take("ada@letters.example"):
                left += 1
            return pacer.used_up_until() is not None

        assert until(used_up)
        return left

    left = sum(at_once(send, 6))
    for pacer in pacers:
        pacer.stop()
    assert left == standing("smtp").day_used <= 300
    assert left >= 260  # what one had in hand when the other found the day used up
