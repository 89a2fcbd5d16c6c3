"""Two buttons at the same moment: one change, one record, and the address is one person's."""

import uuid

import pytest
from django.utils import timezone

from subscribers.models import Subscriber
from subscribers.preferences import addresses
from subscribers.preferences.models import AddressChange, Change
from tests.delivery.clerk import at_once
from tests.factories import make_newsletter, make_subscriber

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),  # SQLite has one writer at a time
]
NEW = "one@new.example"


def wish(address: str = NEW) -> AddressChange:
    return AddressChange.objects.create(
        subscriber=make_subscriber(make_newsletter()),
        email=address,
        address=address,
        asked_at=timezone.now(),
    )


def agree(token: uuid.UUID) -> addresses.Step:
    return addresses.agree(seed=token, source="test", by="test")


def test_both_mailboxes_at_once_move_her_once() -> None:
    for number in range(8):
        change = wish(f"{number}@new.example")
        tokens = [change.old_token, change.new_token] * 2
        steps = at_once(*(lambda token=token: agree(token) for token in tokens))
        assert steps.count(addresses.Step.DONE) == 1, steps
        assert Change.objects.filter(after=f"{number}@new.example").count() == 1


def test_two_people_who_want_one_address_at_once() -> None:
    wishes = [wish(), wish()]
    for change in wishes:
        agree(change.old_token)
    steps = at_once(*(lambda token=w.new_token: agree(token) for w in wishes))
    assert set(steps) == {addresses.Step.DONE, addresses.Step.OVER}
    assert Subscriber.objects.filter(address=NEW).count() == 1
    assert Change.objects.count() == 1
