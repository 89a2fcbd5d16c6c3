"""Who was announced before a host was lost, and so who may have got a letter."""

import itertools
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone

from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import announcer as announcer_module
from posts.delivery.worker import batch_feed, ledger, recovery
from posts.delivery.worker.announced import WORDS_LOST, Announced, outcomes
from posts.delivery.worker.announcer import Announcer
from posts.delivery.worker.batch_feed import BatchFeed
from posts.delivery.worker.replay import Replay
from subscribers.models import Subscriber, Suppression
from tests.delivery.making import make_mailing, states
from tests.delivery.no_pace import NoPace
from tests.delivery.worker.test_batch_feed import Script

pytestmark = pytest.mark.django_db


def claim_announcing(first: int, *, safe: bool = False) -> ledger.Claim:
    claim = ledger.claim(transport="smtp", replay=Replay(safe), worker="test:1", announcing=first)
    assert claim is not None
    return claim


def feed_of(claim: ledger.Claim, pace: Script | NoPace | None = None) -> BatchFeed:
    return BatchFeed(claim, pace or NoPace(), stopped=lambda: False, most_refusals=20)


def lose_the_host(claim: ledger.Claim) -> None:
    claim.journal.delete()
    Batch.objects.filter(state="claimed").update(lease_until=timezone.now() - timedelta(seconds=1))
    recovery.take_over_expired()


def take_all(feed: BatchFeed) -> list[int]:
    taken = []
    while (message := feed.take()) is not None:
        taken.append(message.subscriber_id)
    return taken


def answer(claim: ledger.Claim, subscriber_id: int, said: ServerAnswer, words: str = "") -> None:
    claim.journal.attempt(subscriber_id)
    claim.journal.answer(Outcome(subscriber_id, said, words))


def test_nobody_is_given_who_was_not_announced() -> None:
    make_mailing(5)
    claim = claim_announcing(2)
    everybody = [person.id for person in claim.recipients]
    feed = feed_of(claim)
    assert (take_all(feed), feed.ended, feed.left) == (everybody[:2], False, 3)
    feed.announce(1)
    assert (take_all(feed), feed.ended) == (everybody[2:3], False)
    feed.announce(5)
    assert (take_all(feed), feed.ended, feed.left) == (everybody[3:], True, 0)
    claim.journal.delete()


def test_of_a_lost_host_only_who_was_announced_is_in_doubt() -> None:
    mailing = make_mailing(6)
    claim = claim_announcing(2)
    feed_of(claim).announce(1)
    lose_the_host(claim)
    assert states(mailing) == ["in_doubt"] * 3 + ["retrying"] * 3
    assert report(mailing).accounted
    [again] = Batch.objects.filter(state="waiting")
    assert len(again.ids()) == 3
    assert Batch.objects.get(state="finished").announced is None


def test_what_was_answered_before_the_last_announcement_is_known() -> None:
    mailing = make_mailing(6)
    claim = claim_announcing(4)
    feed = feed_of(claim)
    one, two, three, four, _, _ = [*take_all(feed), 0, 0]
    answer(claim, one, ServerAnswer.ACCEPTED)
    answer(claim, two, ServerAnswer.REFUSED, "550 no such mailbox")
    answer(claim, three, ServerAnswer.RETRY, "451 later")
    answer(claim, four, ServerAnswer.DOUBT, "the line went dead")
    feed.announce(1)
    lose_the_host(claim)
    assert states(mailing) == [
        *("accepted", "refused", "retrying", "in_doubt"),
        *("in_doubt", "retrying"),
    ]
    assert Delivery.objects.get(subscriber_id=two).detail == WORDS_LOST
    assert not Suppression.objects.exists(), "nobody is given up for words that nobody has read"
    assert Delivery.objects.get(subscriber_id=three).attempt == 1
    last = Delivery.objects.order_by("subscriber_id")[5]
    assert last.attempt == 0, "one that was not made does not count"


def test_an_answer_that_no_announcement_took_along_is_a_doubt() -> None:
    mailing = make_mailing(2)
    claim = claim_announcing(1)
    answer(claim, claim.recipients[0].id, ServerAnswer.ACCEPTED)
    lose_the_host(claim)
    assert states(mailing) == ["in_doubt", "retrying"]


def test_who_was_left_out_needs_no_announcement() -> None:
    mailing = make_mailing(3)
    first = Subscriber.objects.order_by("pk")[0]
    first.subscriptions.update(status="unsubscribed")
    claim = claim_announcing(1)
    assert [message.subscriber_id for message in [feed_of(claim).take()] if message] == [
        claim.recipients[0].id
    ]
    lose_the_host(claim)
    assert states(mailing) == ["left_out", "in_doubt", "retrying"]


def test_a_worker_that_does_not_say_whom_it_begins_leaves_all_in_doubt() -> None:
    """One of an older version, beside us during an update."""
    mailing = make_mailing(3)
    lose_the_host(claim_announcing(0))
    assert states(mailing) == ["in_doubt"] * 3


def test_with_the_outbox_nothing_has_to_be_announced() -> None:
    mailing = make_mailing(3)
    claim = claim_announcing(1, safe=True)
    assert len(take_all(feed_of(claim))) == 3
    Batch.objects.update(transport="outbox")
    lose_the_host(claim)
    assert states(mailing) == ["retrying"] * 3


def test_who_lost_the_batch_announces_nobody_and_hands_over_nobody() -> None:
    make_mailing(4)
    claim = claim_announcing(1)
    feed = feed_of(claim)
    lose_the_host(claim)
    feed.announce(3)
    assert (feed.withdrawn, feed.take(), feed.ended) == (True, None, True)


def test_where_the_database_is_away_nobody_is_begun_and_nobody_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_mailing(4)
    claim = claim_announcing(1)
    feed = feed_of(claim)
    real = ledger.announce

    def away(*_: object) -> bool:
        raise OperationalError("the server is restarting")

    monkeypatch.setattr(ledger, "announce", away)
    with pytest.raises(OperationalError):
        feed.announce(2)
    assert len(take_all(feed)) == 1
    assert (feed.left, feed.told) == (3, 1)
    monkeypatch.setattr(ledger, "announce", real)
    feed.announce(3)
    assert len(take_all(feed)) == 3
    claim.journal.delete()


def test_a_call_is_announced_whole_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_feed, "PAUSE", 0.0)
    monkeypatch.setattr(batch_feed, "connection", SimpleNamespace(close=lambda: None))
    make_mailing(7)
    claim = claim_announcing(2)
    feed = feed_of(claim)
    written: list[int] = []
    real = ledger.announce

    def counting(held: ledger.Claim, announced: Announced) -> bool:
        written.append(announced.open)
        if len(written) == 1:
            raise OperationalError("away for a moment")
        return real(held, announced)

    monkeypatch.setattr(ledger, "announce", counting)
    assert [len(feed.chunk(3)) for _ in range(4)] == [3, 3, 1, 0]
    assert written[:2] == [4, 4], "a call of three, two ahead, tried again"
    claim.journal.delete()


def test_who_is_set_aside_for_a_slow_domain_is_not_in_doubt_and_is_announced_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch_feed, "LOOK_AGAIN", 0.0)
    mailing = make_mailing(3)
    slow = Subscriber.objects.order_by("pk")[0]
    Subscriber.objects.filter(pk=slow.pk).update(address="ada@slow.example")
    pace = Script(domains={"slow.example": 0})
    claim = claim_announcing(2)
    feed = feed_of(claim, pace)
    assert len(take_all(feed)) == 1
    feed.announce(1)
    assert len(take_all(feed)) == 1
    pace.domains["slow.example"] = 1
    assert (feed.take(), feed.ended, feed.left) == (None, False, 1)
    feed.announce(0)
    marks = bytes(Batch.objects.get().announced or b"")
    assert list(marks) == [0, 1, 1]
    feed.announce(1)
    assert take_all(feed) == [slow.pk]
    assert feed.ended
    lose_the_host(claim)
    assert states(mailing) == ["in_doubt"] * 3


def test_a_mark_of_a_newer_version_is_a_doubt() -> None:
    [first, second] = outcomes([7, 8, 9], bytes([99, 2, 0]))
    assert (first.subscriber_id, first.answer) == (7, ServerAnswer.DOUBT)
    assert second == Outcome(8, ServerAnswer.ACCEPTED)


# --- How far ahead ---


def in_doubt_if_lost() -> int:
    return sum(bytes(batch.announced or b"").count(1) for batch in Batch.objects.all())


def test_however_fast_it_goes_no_more_than_two_hundred_would_be_in_doubt() -> None:
    make_mailing(900, batch_size=300)
    announcer = Announcer(senders=3, connections=8)
    claims = [claim_announcing(announcer.first) for _ in range(3)]
    feeds = [feed_of(claim) for claim in claims]
    with (
        announcer.looking_after(feeds[0]),
        announcer.looking_after(feeds[1]),
        announcer.looking_after(feeds[2]),
    ):
        most = 0
        while not all(feed.ended for feed in feeds):
            for feed, claim in zip(feeds, claims, strict=True):
                for subscriber_id in take_all(feed):
                    answer(claim, subscriber_id, ServerAnswer.ACCEPTED)
                most = max(most, in_doubt_if_lost())
                announcer.announce()
                most = max(most, in_doubt_if_lost())
    assert 100 < most <= 200
    for claim in claims:
        assert len(claim.journal.outcomes()) == 300
        claim.journal.delete()


def test_where_nobody_waits_it_looks_no_further_ahead_than_it_has_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(announcer_module, "SLICE", 16)
    make_mailing(300)
    announcer = Announcer(senders=3, connections=4, clock=itertools.count().__next__)
    claim = claim_announcing(announcer.first)
    feed = feed_of(claim)
    with announcer.looking_after(feed):
        for _ in range(100):
            message = feed.take()
            assert message is not None
            answer(claim, message.subscriber_id, ServerAnswer.ACCEPTED)
            announcer.announce()
            assert in_doubt_if_lost() <= 16
    claim.journal.delete()


def test_doubts_that_were_answered_do_not_stand_in_the_way_of_others() -> None:
    """A server that hangs up on each of them: the batch comes to its end all the same."""
    mailing: Mailing = make_mailing(300)
    announcer = Announcer(senders=1, connections=1)
    claim = claim_announcing(announcer.first)
    feed = feed_of(claim)
    with announcer.looking_after(feed):
        while not feed.ended:
            for subscriber_id in take_all(feed):
                answer(claim, subscriber_id, ServerAnswer.DOUBT)
            announcer.announce()
    assert len(claim.journal.outcomes()) == mailing.candidates
    claim.journal.delete()


def test_a_batch_that_waits_for_its_record_counts_until_it_has_it() -> None:
    make_mailing(300, batch_size=150)
    announcer = Announcer(senders=2, connections=1)
    ended, going = (claim_announcing(announcer.first) for _ in range(2))
    first, second = feed_of(ended), feed_of(going)
    with announcer.looking_after(first), announcer.looking_after(second):
        first.announce_up_to(150)
        for subscriber_id in take_all(first)[:100]:
            answer(ended, subscriber_id, ServerAnswer.ACCEPTED)
        for _ in range(10):
            take_all(second)
            announcer.announce()
            assert in_doubt_if_lost() <= 200
        # What the first has heard of makes room for the second.
        assert (first.told, second.told) == (50, 150)
    for claim in (ended, going):
        claim.journal.delete()
