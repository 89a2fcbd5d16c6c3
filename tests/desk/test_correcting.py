"""Another name or address for one person, as she told the writer."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from posts.content.actions import Foundation
from subscribers import suppressions
from subscribers.actions import record, suppress
from subscribers.addresses import normalise
from subscribers.models import ConsentEvent, Subscriber, Suppression
from tests.factories import make_subscriber
from tests.subscribers.preferences.making import link_in, mails_to

OLD, NEW = "marit@old.garden", "marit@new.garden"


@pytest.fixture
def reader(site: Foundation) -> Subscriber:
    return make_subscriber(site.newsletter, address=OLD, name="Marit")


def correct(desk: Client, reader: Subscriber, *, status: int = 200, **said: str) -> str:
    form = {"name": reader.name, "email": reader.email, **said}
    address = f"/admin/subscribers/{reader.pk}/correct/"
    assert f'value="{reader.email}"' in desk.get(address).content.decode()
    response = desk.post(address, form, follow=True)
    assert response.status_code == status
    reader.refresh_from_db()
    return response.content.decode()


def test_a_name_is_changed_at_once_and_stays_on_record(desk: Client, reader: Subscriber) -> None:
    assert "The name is changed." in correct(desk, reader, name=" Marit  Vale ")
    assert reader.name == "Marit Vale"
    assert list(reader.changes.values_list("what", "before", "after", "by")) == [
        ("name", "Marit", "Marit Vale", "ada")
    ]


def test_an_address_is_changed_when_the_new_mailbox_says_yes_and_the_old_one_is_told(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage]
) -> None:
    assert f"A mail asks {NEW}." in correct(desk, reader, email=NEW)
    assert reader.email == OLD
    assert (
        f"<strong>{NEW}</strong> was asked"
        in desk.get(f"/admin/subscribers/{reader.pk}/").content.decode()
    )
    [told] = mails_to(OLD)
    assert told.subject == "Your mails will go to another address"
    assert "/preferences/address/" not in told.body
    [asked] = mails_to(NEW)
    Client().post(link_in(asked, "preferences/address"))
    reader.refresh_from_db()
    assert (reader.email, reader.address) == (NEW, NEW)
    assert mails_to(OLD) == [told]


def test_the_old_mailbox_that_is_gone_is_not_written_to(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage]
) -> None:
    suppress(address=normalise(OLD), reason=Suppression.Reason.BOUNCED, source="tests", by="tests")
    correct(desk, reader, email=NEW)
    assert mails_to(OLD) == []
    [asked] = mails_to(NEW)
    Client().post(link_in(asked, "preferences/address"))
    reader.refresh_from_db()
    assert reader.address == NEW
    assert suppressions.of(reader.address) == []


def test_of_a_mailbox_that_is_gone_the_writer_learns_that_nothing_goes_there(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage]
) -> None:
    suppress(address=normalise(OLD), reason=Suppression.Reason.BOUNCED, source="tests", by="tests")
    assert f"Nothing goes to {OLD}" in correct(desk, reader, email=NEW)


@pytest.mark.parametrize(
    ("reason", "says"),
    [("bounced", "came back"), ("complained", "must not be mailed"), ("manual", "must not be")],
)
def test_a_new_address_that_must_not_be_mailed_is_refused_in_words(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage], reason: str, says: str
) -> None:
    reason = Suppression.Reason(reason)
    suppress(address=normalise(NEW), reason=reason, source="tests", by="tests")
    assert f"{NEW}" in (shown := correct(desk, reader, status=422, email=NEW))
    assert says in shown
    assert mails_to(NEW) == mails_to(OLD) == []


def test_why_a_corrected_address_gets_letters_again_stands_on_its_page(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage]
) -> None:
    record(
        reader.subscriptions.all(), ConsentEvent.Kind.CONFIRMED, source="/confirm/", by="the reader"
    )
    suppress(address=normalise(OLD), reason=Suppression.Reason.BOUNCED, source="tests", by="tests")
    correct(desk, reader, email=NEW)
    [asked] = mails_to(NEW)
    Client().post(link_in(asked, "preferences/address"))
    page = desk.get(f"/admin/subscribers/{reader.pk}/").content.decode()
    assert "whose old mailbox was gone, said yes here" in page


def test_of_who_said_no_no_other_mailbox_is_asked(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage]
) -> None:
    for reason in (Suppression.Reason.BOUNCED, Suppression.Reason.COMPLAINED):
        suppress(address=normalise(OLD), reason=reason, source="tests", by="tests")
    assert "must not be mailed" in correct(desk, reader, status=422, email=NEW)
    assert mails_to(NEW) == []


def test_another_spelling_is_done_at_once_and_nobody_is_mailed(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage]
) -> None:
    assert "is spelled Marit@old.garden" in correct(desk, reader, email="Marit@old.garden")
    assert mails_to(OLD) == []


@pytest.mark.parametrize(
    ("email", "says"),
    [("marit@", "address"), ("", "required"), ("ben@here.garden", "another person")],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(
    desk: Client, reader: Subscriber, mailoutbox: list[EmailMessage], email: str, says: str
) -> None:
    make_subscriber(reader.subscriptions.get().newsletter, address="ben@here.garden")
    assert says in correct(desk, reader, status=422, email=email, name="Else")
    assert reader.name == "Marit"
    assert mails_to(OLD) == []
