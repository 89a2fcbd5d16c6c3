"""Mail that a reader has forwarded to other addresses, and what comes back from there."""

import pytest
from pytest_django import Settings

from posts.delivery.models import Mailing
from subscribers.models import Subscriber
from subscribers.queries import is_suppressed
from tests.delivery.events import returned_mails as mails
from tests.delivery.events.making import (
    VERP,
    delivery,
    envelope,
    letter_to,
    mail_arrives,
    state_of,
    status_of,
)

pytestmark = pytest.mark.django_db


def test_whose_mail_is_forwarded_to_an_address_that_is_gone_has_bounced(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    bare = letter_to(mailing, person, identity="<other@mx.example>", to="list@host.example")
    mail_arrives(mails.dsn(bare, address="inner@host.example", to=envelope(mailing, person)))
    assert (state_of(mailing, person), status_of(person)) == ("bounced", "bounced")
    assert is_suppressed(person.address)
    assert not is_suppressed("inner@host.example")


GONE = "Final-Recipient: rfc822; {}\nAction: failed\nStatus: 5.1.1"
FULL = "Final-Recipient: rfc822; {}\nAction: failed\nStatus: 5.2.2"


def test_forwarded_to_several_one_of_whom_is_gone_she_is_not(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    blocks = (GONE.format("first@host.example"), FULL.format("second@host.example"))
    mail_arrives(mails.report(*blocks), **{"Envelope-To": envelope(mailing, person)})
    assert delivery(mailing, person).reason == "soft"
    assert status_of(person) == "active"


def test_of_a_mail_about_several_each_has_her_own(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    blocks = (GONE.format("other@host.example"), FULL.format(person.address))
    mail_arrives(mails.report(*blocks), **{"Envelope-To": envelope(mailing, person)})
    assert (state_of(mailing, person), delivery(mailing, person).reason) == ("bounced", "soft")
    assert status_of(person) == "active"


def test_a_complaint_from_where_it_was_forwarded_to_is_hers(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    bare = letter_to(mailing, person, identity="<other@mx.example>", to="inner@host.example")
    complaint = mails.feedback(bare, address="inner@host.example")
    mail_arrives(complaint, **{"Envelope-To": envelope(mailing, person)})
    assert state_of(mailing, person) == "complained"
    assert is_suppressed(person.address)
