"""Erase me: gone, kept out of every list, and welcome back if she herself says so."""

import pytest
from django.core import mail
from django.test import Client

from subscribers import actions
from subscribers.addresses import normalise
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Suppression
from subscribers.preferences.models import Change
from subscribers.queries import is_suppressed
from tests.factories import make_newsletter
from tests.subscribers.making import ADA, confirm, person, sign_up, subscribed, subscription
from tests.subscribers.preferences.making import NEW, mails_to, own_page

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


@pytest.fixture
def mornings(site: object) -> Newsletter:
    newsletter = make_newsletter(name="Slow mornings", slug="slow-mornings")
    subscribed(newsletter)
    mail.outbox.clear()
    return newsletter


def erase(client: Client) -> None:
    client.post(own_page(person()), {"do": "erase for good"})


def import_her(newsletter: Newsletter, address: str = ADA) -> bool:
    added = actions.add_confirmed(
        address=normalise(address), newsletter=newsletter, source="old list", by="test"
    )
    return added is not None


def test_the_page_asks_once_more(client: Client, mornings: Newsletter) -> None:
    answer = client.post(own_page(person()), {"do": "erase"})
    assert "Yes, erase me" in answer.content.decode()
    assert person().address == ADA


def test_nothing_of_her_stays_but_the_hash(client: Client, mornings: Newsletter) -> None:
    page = own_page(person())
    answer = client.post(page, {"do": "erase for good"})
    assert "You’re forgotten" in answer.content.decode()
    assert not Subscriber.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert is_suppressed(ADA)
    assert not import_her(mornings)
    assert mails_to() == []
    assert client.post(page, {"do": "erase for good"}).status_code == 410


def test_her_former_address_stays_out_too(client: Client, mornings: Newsletter) -> None:
    moved = person()
    Subscriber.objects.filter(pk=moved.pk).update(address=NEW, email=NEW)
    Change.objects.create(subscriber=moved, what="address", before=ADA, after=NEW)
    client.post(own_page(person(NEW)), {"do": "erase for good"})
    assert not import_her(mornings)
    assert not import_her(mornings, NEW)


def test_a_former_address_that_is_somebody_elses_now_is_left_alone(
    client: Client, mornings: Newsletter
) -> None:
    moved = person()
    Subscriber.objects.filter(pk=moved.pk).update(address=NEW, email=NEW)
    Change.objects.create(subscriber=moved, what="address", before=ADA, after=NEW)
    subscribed(mornings)  # at the old address
    client.post(own_page(person(NEW)), {"do": "erase for good"})
    assert subscription(mornings).status == "active"


def test_she_comes_back_by_her_own_confirmation_only(client: Client, mornings: Newsletter) -> None:
    erase(client)
    sign_up(mornings)
    assert is_suppressed(ADA)  # asking is not yet she: anybody can type an address
    assert not import_her(mornings)
    assert [message.subject for message in mails_to()] == ["Please confirm: Slow mornings"]
    assert confirm() is not None
    assert subscription(mornings).status == "active"
    assert not is_suppressed(ADA)
    assert "Welcome" in str(mails_to()[-1].subject)


@pytest.mark.parametrize("reason", [Reason.BOUNCED, Reason.COMPLAINED, Reason.MANUAL])
def test_what_comes_after_she_asked_ends_that_wish(
    client: Client, mornings: Newsletter, reason: Reason
) -> None:
    erase(client)
    sign_up(mornings)
    mails_to()
    actions.suppress(address=normalise(ADA), reason=reason, source="t", by="t")
    assert {row.reason for row in Suppression.objects.all()} == {Reason.ERASED, reason}
    confirmed = confirm()
    assert confirmed is None or confirmed.newsletters == []
    assert is_suppressed(ADA)
    sign_up(mornings)
    assert subscription(mornings).status != "active"


def test_erasing_after_a_complaint_keeps_both_and_leaves_her_the_way_back(
    client: Client, mornings: Newsletter
) -> None:
    page = own_page(person())
    actions.suppress(address=normalise(ADA), reason=Reason.COMPLAINED, source="t", by="t")
    client.post(page, {"do": "erase for good"})
    assert {row.reason for row in Suppression.objects.all()} == {Reason.COMPLAINED, Reason.ERASED}
    assert not import_her(mornings)
    sign_up(mornings)
    mails_to()
    assert is_suppressed(ADA)
    assert confirm() is not None
    assert not is_suppressed(ADA)


def test_erasing_after_a_block_by_hand_makes_no_way_back(
    client: Client, mornings: Newsletter
) -> None:
    page = own_page(person())
    actions.suppress(address=normalise(ADA), reason=Reason.MANUAL, source="t", by="t")
    client.post(page, {"do": "erase for good"})
    sign_up(mornings)
    assert not Subscriber.objects.exists()
