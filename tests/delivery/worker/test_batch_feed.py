"""The messages of one batch, at a pace that the test dictates."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from posts.delivery.models import Batch, Mailing
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import batch_feed as feed_module
from posts.delivery.worker.batch_feed import BatchFeed
from posts.delivery.worker.ledger import Claim
from subscribers.models import Subscriber
from tests.delivery.making import claim, make_mailing
from tests.delivery.no_pace import NoPace

pytestmark = pytest.mark.django_db

FAST, SLOW = "fast.example", "slow.example"


class Script:
    """A pace with so many tokens for everybody, and for each domain."""

    def __init__(self, *, tokens: int = 1_000, domains: dict[str, int] | None = None) -> None:
        self.tokens = tokens
        self.domains = domains or {}
        self.used_up: datetime | None = None
        self.asked_to_slow_down: list[timedelta | None] = []
        self.reserved: list[tuple[str, int]] = []

    def expect(self, addresses: Iterable[str]) -> None:
        self.expected = list(addresses)

    def take(self, address: str) -> bool:
        if not self.tokens or self.domain_is_slow(address):
            return False
        self.tokens -= 1
        domain = address.rpartition("@")[2]
        if domain in self.domains:
            self.domains[domain] -= 1
        return True

    def domain_is_slow(self, address: str) -> bool:
        return self.domains.get(address.rpartition("@")[2], 1) < 1

    def used_up_until(self) -> datetime | None:
        return self.used_up

    def throttled(self, retry_after: timedelta | None) -> None:
        self.asked_to_slow_down.append(retry_after)

    def put_off(self, address: str, recipients: int) -> timedelta:
        self.reserved.append((address.rpartition("@")[2], recipients))
        return timedelta(minutes=recipients)


@contextmanager
def claimed(*domains: str) -> Iterator[Claim]:
    """A claim of one reader at each of these domains, in this order."""
    make_mailing(len(domains))
    for person, domain in zip(Subscriber.objects.order_by("pk"), domains, strict=True):
        Subscriber.objects.filter(pk=person.pk).update(address=f"r{person.pk}@{domain}")
    held = claim()
    yield held
    held.journal.delete()


def feed_of(
    held: Claim, pace: Script | NoPace, *, stopped: Callable[[], bool] = lambda: False
) -> BatchFeed:
    return BatchFeed(held, pace, stopped=stopped, most_refusals=20)


def taken(feed: BatchFeed) -> list[int]:
    """Whoever may leave now."""
    subscriber_ids = []
    while (message := feed.take()) is not None:
        subscriber_ids.append(message.subscriber_id)
    return subscriber_ids


def ids(held: Claim) -> list[int]:
    return [person.id for person in held.recipients]


def test_without_a_pace_everybody_leaves_in_the_order_of_the_batch() -> None:
    with claimed(FAST, SLOW, FAST) as held:
        feed = feed_of(held, NoPace())
        assert (feed.left, feed.ended) == (3, False)
        assert taken(feed) == ids(held)
        assert (feed.left, feed.ended) == (0, True)
        assert feed.put_off() == {}


def test_where_the_pace_has_no_token_nobody_is_skipped_and_the_feed_goes_on_later() -> None:
    pace = Script(tokens=1)
    with claimed(FAST, FAST, FAST) as held:
        feed = feed_of(held, pace)
        one, two, three = ids(held)
        assert taken(feed) == [one]
        assert (feed.left, feed.ended) == (2, False)
        pace.tokens = 2
        assert taken(feed) == [two, three]
        assert feed.ended


def test_readers_of_a_slow_domain_are_set_aside_and_come_back_when_it_bears_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_module, "LOOK_AGAIN", 0.0)
    pace = Script(domains={SLOW: 1})
    with claimed(SLOW, SLOW, FAST, SLOW) as held:
        feed = feed_of(held, pace)
        first, second, other, last = ids(held)
        assert taken(feed) == [first, other]
        assert (feed.left, feed.ended) == (2, False)
        pace.domains[SLOW] = 1
        assert taken(feed) == [second]
        pace.domains[SLOW] = 1
        assert taken(feed) == [last]
        assert taken(feed) == []
        assert feed.ended
        assert feed.put_off() == {}


def test_a_feed_with_slow_domains_only_is_put_off_when_its_patience_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_module, "PATIENCE", 0.0)
    pace = Script(domains={SLOW: 0, "slower.example": 0})
    with claimed(SLOW, FAST, "slower.example", SLOW) as held:
        feed = feed_of(held, pace)
        one, fast, slower, two = ids(held)
        assert taken(feed) == [fast]
        assert taken(feed) == []
        assert (feed.left, feed.ended) == (0, True)
        minutes = {
            subscriber_id: int(wait.total_seconds() // 60)
            for subscriber_id, wait in feed.put_off().items()
        }
        assert minutes == {one: 2, two: 2, slower: 1}
        assert sorted(pace.reserved) == [(SLOW, 2), ("slower.example", 1)]


def test_chunks_take_what_may_leave_now_and_wait_for_the_first_only() -> None:
    pace = Script(tokens=3)
    with claimed(*[FAST] * 5) as held:
        feed = feed_of(held, pace)
        assert len(feed.chunk(2)) == 2
        assert len(feed.chunk(2)) == 1
        pace.tokens = 10
        assert len(feed.chunk(10)) == 2
        assert feed.chunk(10) == []
        assert feed.ended


def test_the_pace_is_told_beforehand_who_will_be_asked_for() -> None:
    """So that tokens of all their domains are there when the first of each is asked for."""
    with claimed("a.example", "b.example") as held:
        pace = Script()
        feed_of(held, pace)
        assert [address.rpartition("@")[2] for address in pace.expected] == [
            "a.example",
            "b.example",
        ]


def test_one_by_one_it_gives_all() -> None:
    with claimed(FAST, FAST) as held:
        found = [message.subscriber_id for message in feed_of(held, Script())]
        assert found == ids(held)


def test_the_feed_passes_on_that_the_server_wants_less() -> None:
    pace = Script()
    with claimed(FAST) as held:
        feed_of(held, pace).slow_down(timedelta(seconds=9))
    assert pace.asked_to_slow_down == [timedelta(seconds=9)]


# --- What stops it ---


def refuse_twenty(held: Claim, _: Script) -> None:
    for subscriber_id in range(20):
        held.journal.answer(Outcome(subscriber_id, ServerAnswer.REFUSED, "550 no"))


def use_up(_: Claim, pace: Script) -> None:
    pace.used_up = datetime.now(UTC)


@pytest.mark.parametrize(
    ("stop", "ours"),
    [(lambda held, _: held.stop(), False), (refuse_twenty, True), (use_up, True)],
    ids=["the lease ends", "refusals in a row", "the hour is used up"],
)
def test_it_ends_for_good_when(stop: Callable[[Claim, Script], None], ours: bool) -> None:
    pace = Script()
    with claimed(FAST, FAST, FAST) as held:
        feed = feed_of(held, pace)
        assert feed.take() is not None
        assert (feed.halted, feed.withdrawn) == (False, False)
        stop(held, pace)
        # What was said ahead may be ended, unless the batch is no longer ours.
        assert (feed.halted, feed.withdrawn) == (True, not ours)
        assert (feed.take(), feed.ended, feed.left) == (None, True, 0)
        assert feed.chunk(5) == []


def test_a_worker_asked_to_end_takes_no_more_and_puts_off_only_who_was_aside() -> None:
    asked = False
    with claimed(SLOW, FAST, FAST) as held:
        feed = feed_of(held, Script(domains={SLOW: 0}), stopped=lambda: asked)
        assert feed.take() is not None
        asked = True
        assert feed.take() is None
        assert feed.ended
        assert set(feed.put_off()) == {ids(held)[0]}


# --- Replays ---


@contextmanager
def replay(count: int = 3) -> Iterator[Claim]:
    mailing: Mailing = make_mailing(count)
    held = claim()
    held.key = "5-1-0"
    yield held
    held.journal.delete()
    assert Batch.objects.get(mailing=mailing).size == count


def test_a_replay_is_one_call_whatever_the_pace_and_the_size_of_a_call() -> None:
    with replay() as held:
        feed = feed_of(held, Script(tokens=0, domains={"example.org": 0}))
        assert feed.key == "5-1-0"
        assert [message.subscriber_id for message in feed.chunk(1)] == ids(held)
        assert (feed.chunk(1), feed.ended, feed.left) == ([], True, 0)
        assert feed.put_off() == {}


def test_a_replay_that_must_stop_is_nothing() -> None:
    with replay() as held:
        feed = feed_of(held, Script(), stopped=lambda: True)
        assert feed.chunk(100) == []
        assert (feed.ended, feed.left, feed.put_off()) == (True, 0, {})
