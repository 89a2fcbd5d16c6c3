"""What is known of one address and one mailing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.reporting.lookup import RecipientFacts, look_up
from subscribers import actions
from subscribers.addresses import normalise
from subscribers.models import Subscriber, Suppression
from tests.delivery.making import claim, make_mailing
from tests.delivery.reporting.making import begin_earlier, finish, put
from tests.factories import make_subscriber

State = Delivery.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing() -> Mailing:
    return make_mailing(4, batch_size=2)


def ask(mailing: Mailing, subscriber_id: int) -> RecipientFacts:
    return look_up(mailing, normalise(Subscriber.objects.get(pk=subscriber_id).address))


def test_a_row_is_found_with_the_transport_it_went_by(mailing: Mailing) -> None:
    batch = mailing.batches.order_by("pk")[0]
    put(batch, batch.ids()[0], State.ACCEPTED)
    Batch.objects.filter(pk=batch.pk).update(transport="smtp")
    found = ask(mailing, batch.ids()[0])
    assert found.delivery is not None
    assert (found.delivery.state, found.transport, found.waiting) == (State.ACCEPTED, "smtp", False)


def test_whoever_waits_is_found_in_the_lists_with_her_time(mailing: Mailing) -> None:
    batch = mailing.batches.order_by("pk")[1]
    found = ask(mailing, batch.ids()[1])
    assert (found.delivery, found.waiting, found.due) == (None, True, batch.not_before)


def test_a_batch_that_is_claimed_between_two_looks_is_not_missed(
    mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lists are looked at after the rows; a worker comes in between."""
    subscriber_id = mailing.batches.order_by("pk")[0].ids()[0]
    held = []

    def claimed_meanwhile(batches: object, at_once: int) -> object:
        held.append(claim())
        return iter(())

    monkeypatch.setattr("django.db.models.QuerySet.iterator", claimed_meanwhile)
    found = ask(mailing, subscriber_id)
    monkeypatch.undo()
    held[0].journal.delete()
    assert found.delivery is not None
    assert found.delivery.state == State.ATTEMPTING


def test_a_retry_says_when_it_is_due(mailing: Mailing) -> None:
    batch = mailing.batches.order_by("pk")[0]
    subscriber_id = batch.ids()[0]
    put(batch, subscriber_id, State.RETRYING, reply="451 later")
    finish(batch)
    due = timezone.now() + timedelta(hours=1)
    for purpose, subscriber_ids in (
        (Batch.Purpose.RETRY, [subscriber_id]),
        (Batch.Purpose.RETRY, [999]),
    ):
        Batch.objects.create(
            mailing=mailing,
            purpose=purpose,
            recipients=Batch.pack(subscriber_ids),
            size=1,
            not_before=due,
        )
    assert ask(mailing, subscriber_id).due == due


def test_somebody_who_came_later_has_her_consent_and_no_place(mailing: Mailing) -> None:
    start = begin_earlier(mailing, timedelta(days=1))
    actions.add_confirmed(
        address=normalise("new@example.org"),
        newsletter=mailing.newsletter,
        source="a list",
        by="ada",
    )
    found = look_up(mailing, normalise("NEW@example.org"))
    assert found.consent is not None
    assert found.consent.at > found.started == start
    assert (found.delivery, found.waiting) == (None, False)


def test_nobody_at_all(mailing: Mailing) -> None:
    found = look_up(mailing, normalise("nobody@example.org"))
    assert (found.person, found.suppression) == (None, None)


def test_of_the_erased_only_that_is_known(mailing: Mailing) -> None:
    person = make_subscriber(mailing.newsletter)
    address = normalise(person.address)
    actions.erase(address=address, source="", by="ada")
    found = look_up(mailing, address)
    assert found.person is None
    assert found.suppression is not None
    assert found.suppression.reason == Suppression.Reason.ERASED
