"""Growth, counted ahead and always in agreement with the rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers import actions
from subscribers.addresses import normalise
from subscribers.figures.actions import count_anew
from subscribers.figures.queries import counted_at, growth, standings
from subscribers.figures.tasks import count_figures
from subscribers.models import ConsentEvent, Newsletter, Subscription
from tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db


def add(newsletter: Newsletter, name: str) -> Subscription:
    row = actions.add_confirmed(
        address=normalise(f"{name}@example.org"), newsletter=newsletter, source="list", by="ada"
    )
    assert row is not None
    return row


def test_nothing_is_claimed_before_the_first_count() -> None:
    assert counted_at() is None
    assert growth(days=30).joined == 0


def test_who_came_and_who_left_is_counted_by_day_and_newsletter() -> None:
    one, two = make_newsletter(), make_newsletter()
    rows = [add(one, name) for name in ("ada", "ben", "ida")]
    add(two, "ada")
    actions.unsubscribe(subscription=rows[0], source="desk", by="ada")
    count_figures()
    both = growth(days=30)
    assert (both.joined, both.left, both.net) == (4, 1, 3)
    assert len(both.pieces) == 30
    assert both.pieces[-1].begins == timezone.localdate()
    assert growth(days=30, newsletter=two.pk).joined == 1
    assert counted_at() is not None
    numbers = {newsletter.pk: found for newsletter, found in standings()}
    assert numbers[one.pk]["active"] == 2
    assert numbers[one.pk]["unsubscribed"] == 1


def test_counting_again_counts_nobody_twice() -> None:
    add(make_newsletter(), "ada")
    count_anew()
    count_anew()
    assert growth(days=30).joined == 1


def test_somebody_imported_unconfirmed_came_when_she_confirmed() -> None:
    newsletter = make_newsletter()
    person = make_subscriber(newsletter, status="pending")
    event = {"subscriber": person, "newsletter": newsletter}
    ConsentEvent.objects.create(kind=ConsentEvent.Kind.IMPORTED, **event)
    count_anew()
    assert growth(days=30).joined == 0
    ConsentEvent.objects.create(kind=ConsentEvent.Kind.CONFIRMED, **event)
    Subscription.objects.update(status="active")
    count_anew()
    assert growth(days=30).joined == 1


def test_over_a_year_the_pieces_are_weeks_that_begin_on_a_monday() -> None:
    add(make_newsletter(), "ada")
    count_anew()
    year = growth(days=365)
    assert year.weekly
    assert {piece.begins.weekday() for piece in year.pieces} == {0}
    assert year.joined == 1
    assert 52 <= len(year.pieces) <= 54
    assert year.pieces[1].begins - year.pieces[0].begins == timedelta(days=7)
