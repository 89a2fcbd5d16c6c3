"""Everybody in a mailing, each exactly once, whatever workers do meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.delivery.models import Delivery, Mailing
from posts.delivery.reporting import export
from posts.delivery.reporting.export import RecipientRow, everybody
from posts.delivery.worker import ledger
from posts.delivery.worker.replay import Replay
from subscribers.models import Subscriber, Subscription
from tests.delivery.making import add_waiting, claim, make_mailing
from tests.delivery.reporting.making import make_settled, put

State = Delivery.State

pytestmark = pytest.mark.django_db


def lines(mailing: Mailing) -> list[RecipientRow]:
    return [line for chunk in everybody(mailing) for line in chunk]


def test_each_state_with_its_reason_words_and_attempts() -> None:
    mailing = make_settled(
        (State.ACCEPTED, "", None),
        (State.BOUNCED, "hard", "550 gone"),
        (State.LEFT_OUT, "resting", None),
    )
    accepted, bounced, left_out = lines(mailing)
    assert (accepted.state, accepted.attempts, accepted.reply) == ("accepted", 1, "")
    assert (bounced.state, bounced.reason, bounced.reply) == ("bounced", "hard", "550 gone")
    assert (left_out.state, left_out.reason, left_out.attempts) == ("left_out", "resting", 0)
    assert accepted.changed_at is not None
    assert timezone.now() - accepted.changed_at < timedelta(minutes=1)


def test_the_address_is_as_it_was_typed() -> None:
    mailing = make_mailing(1)
    Subscriber.objects.update(email="Ada@Example.org")
    assert lines(mailing) == [RecipientRow("Ada@Example.org", "waiting", "", 0, None, "")]


def test_the_erased_stand_there_without_an_address() -> None:
    mailing = make_settled((State.ACCEPTED, "", None), (State.ACCEPTED, "", None))
    Subscription.objects.all().delete()
    Subscriber.objects.all().delete()
    assert [(line.address, line.state) for line in lines(mailing)] == [("", "accepted")] * 2


def test_the_waiting_stand_between_the_others() -> None:
    mailing = make_mailing(6, batch_size=2)
    first, second, third = mailing.batches.order_by("pk")
    for subscriber_id in second.ids():
        put(second, subscriber_id, State.ACCEPTED)
    second.delete()
    states = ["waiting", "waiting", "accepted", "accepted", "waiting", "waiting"]
    assert [line.state for line in lines(mailing)] == states
    assert first.pk < third.pk


def test_lists_that_are_not_in_order_are_served_too() -> None:
    mailing = make_mailing(0)
    add_waiting(mailing, [7, 3])
    add_waiting(mailing, [5])
    assert list(export._waiting(mailing)) == [3, 5, 7]


def test_it_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "CHUNK", 2)
    mailing = make_mailing(5, batch_size=3)
    batch = mailing.batches.order_by("pk")[0]
    for subscriber_id in batch.ids():
        put(batch, subscriber_id, State.ACCEPTED)
    batch.delete()
    assert [len(chunk) for chunk in everybody(mailing)] == [2, 2, 1]


@pytest.mark.parametrize("given_before", [0, 2, 4, 6])
def test_claims_in_the_middle_lose_nobody_and_give_nobody_twice(
    monkeypatch: pytest.MonkeyPatch, given_before: int
) -> None:
    """Two batches are claimed and recorded when so many have been given already."""
    monkeypatch.setattr(export, "CHUNK", 2)
    mailing = make_mailing(8, batch_size=2)
    everyone = sorted(Subscriber.objects.values_list("email", flat=True))
    given = []
    stream = (line for chunk in everybody(mailing) for line in chunk)
    for _ in range(given_before):
        given.append(next(stream))
    for _ in range(2):
        claimed = claim()
        ledger.record(
            batch_id=claimed.batch_id,
            epoch=claimed.epoch,
            outcomes=[],
            replay=Replay(safe=True),
        )
        claimed.journal.delete()
    given += stream
    assert sorted(line.address for line in given) == everyone
