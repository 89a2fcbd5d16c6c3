"""Another address: both mailboxes say yes, and nobody learns who is on the list."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from subscribers import actions
from subscribers.addresses import normalise
from subscribers.models import Newsletter, Subscriber, Suppression
from subscribers.preferences.models import AddressChange
from tests.factories import make_newsletter
from tests.subscribers.making import (
    ADA,
    a_day_later,
    body_token,
    person,
    subscribed,
    subscription,
)
from tests.subscribers.preferences.making import NEW, link_in, mails_to, own_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def mornings(site: object) -> Newsletter:
    newsletter = make_newsletter(name="Slow mornings", slug="slow-mornings")
    subscribed(newsletter)
    mail.outbox.clear()
    return newsletter


def ask(client: Client, address: str = NEW, *, status: int = 200) -> str:
    ada = person()
    form = {"do": "save", "part": "address", "new_email": address}
    answer = client.post(own_page(ada), form)
    assert answer.status_code == status
    return answer.content.decode()


def press(client: Client, message: EmailMessage) -> str:
    link = link_in(message, "preferences/address")
    for look in (client.get, client.head, client.get):
        assert look(link).status_code == 200
    return client.post(link).content.decode()


def test_the_same_mailbox_in_other_capitals_is_done_at_once(
    client: Client, mornings: Newsletter
) -> None:
    assert "Saved." in ask(client, "Ada@Example.org")
    ada = person()
    assert (ada.email, ada.address) == ("Ada@Example.org", ADA)
    assert list(ada.changes.values_list("what", "before", "after")) == [
        ("email", ADA, "Ada@Example.org")
    ]
    assert not AddressChange.objects.exists()
    assert "nothing changed" in ask(client, "Ada@Example.org")
    assert mails_to(ADA) == []


@pytest.mark.parametrize("first", ["old", "new"])
def test_it_moves_when_both_have_said_yes(client: Client, mornings: Newsletter, first: str) -> None:
    token = subscription(mornings).body_token
    assert NEW in ask(client)
    [old], [new] = mails_to(ADA), mails_to(NEW)
    assert NEW not in str(old.body)
    assert ADA not in str(new.body)
    one, two = (old, new) if first == "old" else (new, old)
    assert "One mailbox said yes" in press(client, one)
    assert "One mailbox said yes" in press(client, one)  # twice is as good as once
    assert person().address == ADA
    assert "Your mails have a new address" in press(client, two)
    moved = person(NEW)
    assert moved.email == NEW
    assert not Subscriber.objects.filter(address=ADA).exists()
    assert list(moved.changes.values_list("what", "before", "after")) == [("address", ADA, NEW)]
    # A mail in the old mailbox can still end it; that link is for ever.
    assert subscription(mornings, NEW).body_token == token


def test_who_presses_second_at_the_end_finds_it_done(client: Client, mornings: Newsletter) -> None:
    ask(client)
    [old], [new] = mails_to(ADA), mails_to(NEW)
    press(client, old)
    press(client, new)
    for message in (old, new):
        assert client.post(link_in(message, "preferences/address")).status_code == 410
    assert person(NEW).changes.count() == 1


def test_her_old_mailbox_opens_her_page_no_more(client: Client, mornings: Newsletter) -> None:
    page = own_page(person())
    ask(client)
    [old], [new] = mails_to(ADA), mails_to(NEW)
    press(client, old)
    press(client, new)
    assert client.get(page).status_code == 410


def test_after_seven_days_it_is_over(client: Client, mornings: Newsletter) -> None:
    ask(client)
    [old] = mails_to(ADA)
    change = AddressChange.objects.get()
    change.asked_at -= timedelta(days=7, minutes=1)
    change.save()
    link = link_in(old, "preferences/address")
    assert client.get(link).status_code == 410
    assert "seven days" in client.post(link).content.decode()
    assert person().address == ADA


@pytest.mark.parametrize("case", ["free", "taken", "suppressed"])
def test_the_page_says_the_same_whoever_has_the_new_address(
    client: Client, mornings: Newsletter, case: str
) -> None:
    if case != "free":
        subscribed(mornings, address=NEW)
    if case == "suppressed":
        actions.suppress(
            address=normalise(NEW), reason=Suppression.Reason.COMPLAINED, source="t", by="t"
        )
    mail.outbox.clear()
    shown = ask(client)
    assert "A mail went to the old and to the new mailbox" in shown
    assert "already" not in shown
    [old] = mails_to(ADA)
    told = [str(message.subject) for message in mails_to(NEW)]
    assert (
        told
        == {
            "free": ["Is this your address?"],
            "taken": ["This address is on the list already"],
            "suppressed": [],
        }[case]
    )
    assert "One mailbox said yes" in press(client, old)
    assert person().address == ADA


def test_an_address_that_was_taken_meanwhile_is_left_to_its_owner(
    client: Client, mornings: Newsletter
) -> None:
    ask(client)
    [old], [new] = mails_to(ADA), mails_to(NEW)
    other = subscribed(mornings, address=NEW)
    press(client, old)
    assert "There is nothing to change" in press(client, new)
    assert person().address == ADA
    assert person(NEW).pk == other.subscriber_id


def test_three_changes_a_day(client: Client, mornings: Newsletter) -> None:
    for number in range(3):
        ask(client, f"ada{number}@new.example")
        mails_to()
    before = len(mail.outbox)
    assert "three changes today" in ask(client, "ada3@new.example", status=422)
    assert AddressChange.objects.get().address == "ada2@new.example"
    mails_to()
    assert len(mail.outbox) == before == 6
    a_day_later()
    ask(client, "ada3@new.example")
    assert len(mails_to("ada3@new.example")) == 1


def test_a_new_wish_ends_the_links_of_the_one_before(client: Client, mornings: Newsletter) -> None:
    ask(client, "typo@new.example")
    [old] = mails_to(ADA)
    ask(client)
    assert client.get(link_in(old, "preferences/address")).status_code == 410


def test_an_unsubscribe_link_shows_no_address(client: Client, mornings: Newsletter) -> None:
    ask(client)
    shown = client.get(f"/unsubscribe/{body_token(subscription(mornings))}/").content.decode()
    assert ADA not in shown
    assert NEW not in shown
