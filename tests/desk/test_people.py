"""Newsletters and subscribers in the desk."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from posts.content.actions import Foundation
from posts.desk import search
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription
from tests.factories import make_newsletter, make_post, make_subscriber

LIST = "/admin/subscribers/"


def shown(client: Client, address: str) -> set[str]:
    """The addresses of the subscribers that a list shows."""
    html = client.get(address).content.decode()
    return {a for a in Subscriber.objects.values_list("address", flat=True) if a in html}


@pytest.fixture
def people(site: Foundation) -> tuple[Newsletter, Newsletter]:
    one, two = make_newsletter(name="Quiet hours"), make_newsletter(name="Long walks")
    make_subscriber(one, address="ada@example.org")
    make_subscriber(one, address="ben@example.org", status="unsubscribed")
    make_subscriber(two, address="ida@example.org")
    return one, two


# --- The list -----------------------------------------------------------------------------


def test_an_empty_list_shows_where_readers_sign_up(desk: Client) -> None:
    html = desk.get(LIST).content.decode()
    assert "Nobody has subscribed yet" in html
    assert 'href="/subscribe/"' in html


def test_the_list_says_to_what_each_is_subscribed(desk: Client, people: object) -> None:
    html = desk.get(LIST).content.decode()
    assert "Quiet hours: Subscribed" in html
    assert "Quiet hours: Unsubscribed" in html


def test_the_search_looks_at_how_an_address_begins(desk: Client, people: object) -> None:
    assert shown(desk, f"{LIST}?q=AD") == {"ada@example.org"}
    assert shown(desk, f"{LIST}?q=example.org") == set()


def test_newsletter_and_status_are_of_the_same_subscription(
    desk: Client, people: tuple[Newsletter, Newsletter]
) -> None:
    one, two = people
    both = Subscriber.objects.get(address="ben@example.org")
    Subscription.objects.create(subscriber=both, newsletter=two, status="active")
    assert shown(desk, f"{LIST}?newsletter={one.pk}") == {"ada@example.org", "ben@example.org"}
    assert shown(desk, f"{LIST}?newsletter={one.pk}&status=active") == {"ada@example.org"}
    assert shown(desk, f"{LIST}?status=unsubscribed") == {"ben@example.org"}


def test_the_list_costs_the_same_for_one_and_for_three(desk: Client, site: Foundation) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        return len(queries)

    newsletter = make_newsletter()
    make_subscriber(newsletter)
    desk.get(LIST)
    one = count()
    make_subscriber(newsletter)
    Subscription.objects.create(
        subscriber=make_subscriber(newsletter), newsletter=make_newsletter()
    )
    assert count() == one


def test_counting_stops_where_it_no_longer_pays(
    desk: Client, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "COUNTED", 1)
    html = desk.get(LIST).content.decode()
    assert "More than 1 people" in html


def test_counting_stops_sooner_where_each_is_looked_up_twice(
    desk: Client, site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKED_UP", 2)
    for _ in range(3):
        make_subscriber(site.newsletter, pace="weekly")
    assert "More than 2 people" in desk.get(f"{LIST}?pace=weekly&status=active").content.decode()
    assert "3 people" in desk.get(f"{LIST}?pace=weekly").content.decode()


# --- One person ---------------------------------------------------------------------------


def test_a_person_has_a_page_with_what_they_agreed_to(
    desk: Client, people: tuple[Newsletter, Newsletter]
) -> None:
    person = Subscriber.objects.get(address="ada@example.org")
    ConsentEvent.objects.create(
        subscriber=person,
        newsletter=people[0],
        kind=ConsentEvent.Kind.CONFIRMED,
        wording="Yes, send me letters.",
        source="/confirm/",
    )
    html = desk.get(f"{LIST}{person.pk}/").content.decode()
    assert "Yes, send me letters." in html
    assert "Confirmed" in html
    assert "<dd>English</dd>" in html
    assert "Unsubscribe ada@example.org" in html


def test_somebody_is_taken_off_a_list(desk: Client, people: object) -> None:
    subscription = Subscription.objects.get(subscriber__address="ada@example.org")
    response = desk.post(f"/admin/subscriptions/{subscription.pk}/end/", follow=True)
    assert "no longer gets “Quiet hours”" in response.content.decode()
    subscription.refresh_from_db()
    assert subscription.status == Subscription.Status.UNSUBSCRIBED
    event = ConsentEvent.objects.get()
    assert event.kind == ConsentEvent.Kind.UNSUBSCRIBED


def test_taking_off_is_no_address_to_look_at(desk: Client, people: object) -> None:
    subscription = Subscription.objects.get(subscriber__address="ada@example.org")
    assert desk.get(f"/admin/subscriptions/{subscription.pk}/end/").status_code == 405


def test_an_editor_sees_no_readers(editor: Client, people: object) -> None:
    person = Subscriber.objects.get(address="ada@example.org")
    subscription = Subscription.objects.get(subscriber=person)
    assert editor.get(f"{LIST}{person.pk}/")["Location"] == "/admin/"
    assert editor.get(f"{LIST}growth/")["Location"] == "/admin/"
    assert editor.post(f"/admin/subscriptions/{subscription.pk}/end/")["Location"] == "/admin/"
    subscription.refresh_from_db()
    assert subscription.status == Subscription.Status.ACTIVE


# --- Newsletters --------------------------------------------------------------------------


@pytest.fixture
def fields() -> dict[str, Any]:
    return {
        "name": "Long walks",
        "slug": "long-walks",
        "description": "One walk a week.",
        "from_name": "Ada Fern",
        "from_email": "ada@letters.example",
        "reply_to": "",
        "postal_address": "Fern House, 1 Quiet Lane, Ghent",
    }


def test_a_newsletter_is_made_and_changed(desk: Client, fields: dict[str, Any]) -> None:
    assert desk.post("/admin/newsletters/new/", fields).status_code == 302
    made = Newsletter.objects.get(slug="long-walks")
    assert made.postal_address == fields["postal_address"]
    desk.post(f"/admin/newsletters/edit/{made.pk}/", {**fields, "name": "Longer walks"})
    made.refresh_from_db()
    assert made.name == "Longer walks"


def test_a_missing_postal_address_is_warned_of(desk: Client, site: Foundation) -> None:
    without = make_newsletter(postal_address="")
    page = desk.get(f"/admin/newsletters/edit/{without.pk}/").content.decode()
    assert "Without a postal address nothing leaves this machine" in page
    assert "Missing" in desk.get("/admin/newsletters/").content.decode()


def test_a_newsletter_with_readers_or_posts_stays(desk: Client, site: Foundation) -> None:
    read, written = make_newsletter(name="Has readers"), make_newsletter(name="Has posts")
    make_subscriber(read)
    make_post(newsletter=written)
    for newsletter in (read, written):
        response = desk.post(f"/admin/newsletters/delete/{newsletter.pk}/", follow=True)
        assert "so it stays" in response.content.decode()
        assert Newsletter.objects.filter(pk=newsletter.pk).exists()


def test_an_unused_newsletter_can_go(desk: Client, site: Foundation) -> None:
    unused = make_newsletter()
    desk.post(f"/admin/newsletters/delete/{unused.pk}/")
    assert not Newsletter.objects.filter(pk=unused.pk).exists()


def test_an_editor_changes_no_newsletter(editor: Client, site: Foundation) -> None:
    address = f"/admin/newsletters/edit/{site.newsletter.pk}/"
    assert editor.get(address)["Location"] == "/admin/"
