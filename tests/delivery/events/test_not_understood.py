"""What comes back and is not understood: kept, and counted by what we signed ourselves."""

import pytest
from pytest_django import Settings

from posts.delivery.events.bounce_mails import read
from posts.delivery.events.models import ProviderEvent
from posts.delivery.models import Mailing
from subscribers.models import Subscriber
from tests.delivery.events import returned_mails as mails
from tests.delivery.events.making import (
    VERP,
    delivery,
    envelope,
    mail_arrives,
    state_of,
    status_of,
)

pytestmark = pytest.mark.django_db


def test_a_mail_that_comes_back_without_a_word_we_know_is_kept_and_counts_as_passing(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    mail_arrives(mails.plain("Qwertz.", to=envelope(mailing, person), charset="us-ascii"))
    assert (state_of(mailing, person), delivery(mailing, person).reason) == ("bounced", "soft")
    [event] = ProviderEvent.objects.all()
    assert event.problem.startswith("Not understood")
    assert b"Qwertz" in bytes(event.body)


def test_where_nothing_shows_whose_it_is_it_is_kept_and_changes_nothing(
    mailing: Mailing, person: Subscriber
) -> None:
    mail_arrives(mails.plain("No such user."))
    assert ProviderEvent.objects.get().problem.startswith("Not understood")
    assert state_of(mailing, person) == "accepted"


def test_a_mail_that_names_nobody_is_understood_by_the_envelope_it_came_back_to(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    words = "The email account that you tried to reach does not exist."
    mail_arrives(mails.plain(words, to=envelope(mailing, person)))
    assert status_of(person) == "bounced"
    assert ProviderEvent.objects.get().problem == ""


def test_a_report_that_says_nothing_of_what_became_of_it_is_kept() -> None:
    odd = "Final-Recipient: rfc822; a@host.example\nAction: teleported\nStatus: 5.1.1"
    assert read(mails.report(odd)).problem.startswith("Not understood")
