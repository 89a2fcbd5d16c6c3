"""What the desk does for one person: asks her again, adds her, with or without her word."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from posts.content.actions import Foundation
from subscribers import actions, by_hand, mailer
from subscribers.addresses import normalise
from subscribers.by_hand import AddOutcome
from subscribers.models import ConsentEvent, Newsletter, Suppression, TransactionalMail
from tests.subscribers.making import ADA, confirm, mail_row, person, sign_up, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def add(newsletter: Newsletter, *, consent: str = "") -> AddOutcome:
    [(_, outcome)] = by_hand.add(
        address=normalise(ADA),
        name="Ada",
        newsletters=[newsletter],
        consent=consent,
        source="desk",
        by="ben",
    )
    return outcome


def an_hour_later() -> None:
    TransactionalMail.objects.update(mailed_at=timezone.now() - timedelta(hours=1))


def ask_again() -> bool:
    return by_hand.ask_again(person=person(), source="desk", by="ben")


def test_a_confirmation_is_sent_again_within_the_day_by_hand(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    mailer.mail_due()
    assert not ask_again(), "one went a moment ago"
    an_hour_later()
    assert ask_again()
    assert mailer.mail_due() == 1
    assert mail_row().times == 2
    assert person().changes.get().by == "ben"
    links = {str(message.body).split("/confirm/")[1][:22] for message in mail.outbox}
    assert len(links) == 1


def test_by_hand_an_unanswered_address_gets_six_and_no_more(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    mailer.mail_due()
    for _ in range(8):
        an_hour_later()
        ask_again()
        mailer.mail_due()
    assert len(mail.outbox) == by_hand.MOST
    assert confirm() is not None


def test_there_is_nothing_to_ask_whom_nobody_asked_for(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    an_hour_later()
    assert not ask_again()


def test_somebody_who_asked_by_mail_is_asked_to_confirm(newsletter: Newsletter) -> None:
    assert add(newsletter) is AddOutcome.ASKED
    mailer.mail_due()
    assert person().name == "Ada"
    assert add(newsletter) is AddOutcome.ASKED_LATELY
    confirm()
    assert add(newsletter) is AddOutcome.ALREADY


def test_somebody_whose_word_is_on_paper_gets_letters_at_once(newsletter: Newsletter) -> None:
    assert add(newsletter, consent="list at the reading, 3 May") is AddOutcome.ADDED
    event = ConsentEvent.objects.get()
    assert (event.kind, event.source, event.by) == ("imported", "list at the reading, 3 May", "ben")
    assert mailer.mail_due() == 0


def test_paper_does_not_undo_her_leaving(newsletter: Newsletter) -> None:
    row = subscribed(newsletter)
    actions.unsubscribe(subscription=row, source="test", by="test")
    assert add(newsletter, consent="an old sheet") is AddOutcome.LEFT
    assert add(newsletter) is AddOutcome.ASKED


@pytest.mark.parametrize(
    ("reason", "asking"),
    [
        (Suppression.Reason.MANUAL, AddOutcome.BLOCKED),
        (Suppression.Reason.BOUNCED, AddOutcome.ASKED),
    ],
)
def test_an_address_that_must_not_be_mailed_is_not_added(
    newsletter: Newsletter, reason: Suppression.Reason, asking: AddOutcome
) -> None:
    actions.suppress(address=normalise(ADA), reason=reason, source="test", by="test")
    assert add(newsletter, consent="a sheet") is AddOutcome.BLOCKED
    assert add(newsletter) is asking
