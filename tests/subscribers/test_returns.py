"""Mail that keeps coming back for passing reasons: counted, forgiven, and at last given up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscribers.actions import suppress_all
from subscribers.addresses import normalise
from subscribers.models import ConsentEvent, SoftBounces, Subscriber, Subscription, Suppression
from subscribers.queries import is_suppressed
from subscribers.returns import forget_soft_bounces, note_soft_bounces
from tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Subscriber:
    return make_subscriber(make_newsletter())


def note(*people: Subscriber) -> None:
    note_soft_bounces(subscribers=[one.pk for one in people], source="brevo", by="brevo")


def earlier(days: int) -> None:
    """Let the days pass."""
    for row in SoftBounces.objects.all():
        row.first_at -= timedelta(days=days)
        row.last_at -= timedelta(days=days)
        row.save()


def test_each_one_counts() -> None:
    one, two = make_subscriber(make_newsletter()), make_subscriber(make_newsletter())
    note(one)
    earlier(1)
    note(one, two)
    counts = dict(SoftBounces.objects.values_list("subscriber_id", "count"))
    assert counts == {one.pk: 2, two.pk: 1}


def test_after_four_over_two_weeks_the_address_is_given_up(person: Subscriber) -> None:
    for _ in range(3):
        note(person)
        earlier(5)
    assert not is_suppressed(person.address)
    note(person)
    assert is_suppressed(person.address)
    assert Suppression.objects.get().reason == "bounced"
    assert Subscription.objects.get().status == "bounced"
    event = ConsentEvent.objects.get()
    assert (event.kind, event.by) == ("bounced", "brevo")


def test_many_within_a_few_days_are_one_trouble(person: Subscriber) -> None:
    for _ in range(10):
        note(person)
        earlier(1)
    assert not is_suppressed(person.address)


def test_few_over_a_long_time_are_forgiven(person: Subscriber) -> None:
    for _ in range(6):
        note(person)
        earlier(61)
    assert SoftBounces.objects.get().count == 1
    assert not is_suppressed(person.address)


def test_what_arrives_makes_all_of_it_forgotten(person: Subscriber) -> None:
    for _ in range(3):
        note(person)
        earlier(5)
    forget_soft_bounces(subscribers=[person.pk])
    note(person)
    assert SoftBounces.objects.get().count == 1
    assert not is_suppressed(person.address)


def test_who_was_erased_meanwhile_is_passed_over(person: Subscriber) -> None:
    other = make_subscriber(make_newsletter())
    number = person.pk
    person.delete()
    note_soft_bounces(subscribers=[number, other.pk], source="brevo", by="brevo")
    assert SoftBounces.objects.get().subscriber_id == other.pk


def test_nobody_is_nobody() -> None:
    note()
    forget_soft_bounces(subscribers=[])
    suppress_all(addresses=[], reason=Suppression.Reason.MANUAL, source="test", by="test")
    assert not Suppression.objects.exists()


def test_suppressing_many_costs_no_more_statements_than_one() -> None:
    newsletter = make_newsletter()
    people = [make_subscriber(newsletter) for _ in range(50)]
    addresses = [normalise(one.address) for one in people]

    def cost(some: slice) -> int:
        with CaptureQueriesContext(connection) as made:
            suppress_all(
                addresses=addresses[some],
                reason=Suppression.Reason.BOUNCED,
                source="test",
                by="test",
            )
        return len(made)

    cost(slice(0, 1))  # fetches the key
    assert cost(slice(1, 2)) == cost(slice(2, 50))
    assert set(Subscription.objects.values_list("status", flat=True)) == {"bounced"}
    assert ConsentEvent.objects.count() == 50


def test_each_reason_is_kept_and_the_first_stays() -> None:
    person = make_subscriber(make_newsletter())
    for reason in (Suppression.Reason.COMPLAINED, Suppression.Reason.BOUNCED):
        suppress_all(addresses=[normalise(person.address)], reason=reason, source="test", by="test")
    found = Suppression.objects.order_by("pk").values_list("reason", flat=True)
    assert list(found) == ["complained", "bounced"]
