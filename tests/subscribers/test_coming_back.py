"""Her own later yes stands against foreign lists; what our mail learned, against all but her."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from posts.content.actions import Foundation
from subscribers import actions, mailer, returns, suppressions
from subscribers.addresses import normalise
from subscribers.lists.cells import More
from subscribers.lists.csv_file import ListRow
from subscribers.lists.importer import Import
from subscribers.models import (
    Newsletter,
    SoftBounces,
    Subscriber,
    Suppression,
    TransactionalMail,
)
from subscribers.preferences import addresses
from subscribers.preferences.models import AddressChange
from subscribers.queries import is_suppressed, may_come_back, recipients
from subscribers.timeline import timeline
from tests.factories import make_newsletter
from tests.subscribers.making import (
    ADA,
    a_day_later,
    confirm,
    person,
    sign_up,
    subscribed,
    subscription,
)

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def import_list(newsletter: Newsletter, rows: Iterable[tuple[str, str]]) -> None:
    """An old list, in which somebody else's program wrote what it knew."""
    job = Import(newsletter, confirmed=True, source="cleaned-2016.csv", by="test")
    job.run(
        [
            ListRow(number, [address], address, address, more=More(status=status, never=status))
            for number, (address, status) in enumerate(rows, 1)
        ],
        reject=lambda row: None,
    )


def suppress(reason: Reason) -> None:
    actions.suppress(address=normalise(ADA), reason=reason, source="told by smtp", by="test")


def left_out(newsletter: Newsletter) -> str:
    [recipient] = recipients(newsletter.pk, [person().pk])
    return recipient.left_out


@pytest.mark.parametrize("says", ["bounced", "complained"])
def test_an_old_list_does_not_ban_a_reader_who_confirmed_here(
    newsletter: Newsletter, says: str
) -> None:
    subscribed(newsletter)
    import_list(newsletter, [(ADA, says)])
    assert left_out(newsletter) == ""
    assert not Suppression.objects.exists()


def test_nor_does_one_that_is_imported_into_another_newsletter(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    import_list(make_newsletter(), [(ADA, "bounced")])
    assert left_out(newsletter) == ""


@pytest.mark.parametrize("says", ["bounced", "complained"])
def test_whom_an_old_list_kept_out_comes_back_by_confirming(
    newsletter: Newsletter, says: str
) -> None:
    import_list(newsletter, [(ADA, says), ("ben@example.org", says)])
    row = Suppression.objects.order_by("pk").first()
    assert row is not None
    assert (row.origin, row.source) == ("list", "cleaned-2016.csv")
    sign_up(newsletter)
    assert mailer.mail_due() == 1, "the form said: look in your mailbox"
    assert left_out(newsletter) == "suppressed", "asking is not answering"
    confirm()
    assert left_out(newsletter) == ""
    assert is_suppressed("ben@example.org")


@pytest.mark.parametrize("reason", [Reason.BOUNCED, Reason.COMPLAINED, Reason.ERASED])
def test_what_we_learned_ourselves_she_alone_takes_back(
    newsletter: Newsletter, reason: Reason
) -> None:
    row = subscribed(newsletter)
    suppress(reason)
    import_list(newsletter, [(ADA, "active")])
    added = actions.add_confirmed(
        address=normalise(ADA), newsletter=newsletter, source="a sheet", by="ada"
    )
    assert added is None
    assert left_out(newsletter) == "suppressed"
    mail.outbox.clear()
    a_day_later()
    sign_up(newsletter)
    mailer.mail_due()
    assert [message.to for message in mail.outbox] == [[ADA]]
    confirm()
    row.refresh_from_db()
    assert (row.status, left_out(newsletter)) == ("active", "")


def test_a_block_that_somebody_made_here_by_hand_stands_against_the_form(
    newsletter: Newsletter,
) -> None:
    subscribed(newsletter)
    suppress(Reason.MANUAL)
    mail.outbox.clear()
    sign_up(newsletter)
    assert mailer.mail_due() == 0
    assert not may_come_back(ADA)


def test_a_mailbox_that_refused_us_is_asked_once_a_month_whoever_types_it(
    newsletter: Newsletter,
) -> None:
    subscribed(newsletter)
    suppress(Reason.COMPLAINED)
    mail.outbox.clear()
    for _ in range(4):
        a_day_later()
        sign_up(newsletter)
        mailer.mail_due()
    assert len(mail.outbox) == 1
    TransactionalMail.objects.update(mailed_at=timezone.now() - timedelta(days=30))
    sign_up(newsletter)
    mailer.mail_due()
    assert len(mail.outbox) == 2


def test_three_unanswered_mails_do_not_lock_a_former_reader_out_for_ever(
    newsletter: Newsletter,
) -> None:
    row = subscribed(newsletter)
    actions.unsubscribe(subscription=row, source="test", by="test")
    for _ in range(5):
        sign_up(newsletter)
        mailer.mail_due()
        a_day_later()
    mail.outbox.clear()
    sign_up(newsletter)
    assert mailer.mail_due() == 0
    TransactionalMail.objects.update(mailed_at=timezone.now() - timedelta(days=30))
    sign_up(newsletter)
    assert mailer.mail_due() == 1, "a month later she gets one"
    confirm()
    row.refresh_from_db()
    assert row.status == "active"


def test_coming_back_forgets_how_often_her_mailbox_was_full(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    long_ago = timezone.now() - timedelta(days=20)
    SoftBounces.objects.create(subscriber=person(), count=9, first_at=long_ago, last_at=long_ago)
    returns.note_soft_bounces(subscribers=[person().pk], source="smtp", by="smtp")
    assert is_suppressed(ADA)
    a_day_later()
    sign_up(newsletter)
    confirm()
    returns.note_soft_bounces(subscribers=[person().pk], source="smtp", by="smtp")
    assert not is_suppressed(ADA)


def test_the_desk_lifts_a_bounce_with_a_reason_that_stays(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    suppress(Reason.BOUNCED)
    assert suppressions.can_be_lifted(suppressions.of(ADA))
    assert suppressions.lift(person=person(), why="Her server is back", source="desk", by="ada")
    assert not is_suppressed(ADA)
    assert subscription(newsletter).status == "bounced", "it brings nobody back by itself"
    told = [entry for entry in timeline(person()) if "Her server is back" in entry.what]
    assert [(entry.by, entry.source) for entry in told] == [("ada", "desk")]
    assert not suppressions.lift(person=person(), why="again", source="desk", by="ada")


@pytest.mark.parametrize("reason", [Reason.COMPLAINED, Reason.ERASED])
def test_the_desk_lifts_no_complaint_and_no_erasure(newsletter: Newsletter, reason: Reason) -> None:
    subscribed(newsletter)
    suppress(reason)
    assert not suppressions.can_be_lifted(suppressions.of(ADA))
    assert not suppressions.lift(person=person(), why="please", source="desk", by="ada")
    assert is_suppressed(ADA)


@pytest.mark.parametrize("later", [Reason.BOUNCED, Reason.MANUAL])
def test_an_erasure_shows_again_when_what_came_after_it_is_lifted(
    newsletter: Newsletter, later: Reason
) -> None:
    subscribed(newsletter)
    actions.erase(address=normalise(ADA), source="test", by="test")
    sign_up(newsletter)
    suppress(later)
    suppressions.lift(person=person(), why="a mistake", source="desk", by="ada")
    assert [row.reason for row in suppressions.of(ADA)] == ["erased"]


def test_an_address_change_to_a_mailbox_that_an_old_list_bars_is_hers_to_confirm(
    newsletter: Newsletter,
) -> None:
    subscribed(newsletter)
    new = normalise("new@example.org")
    import_list(newsletter, [(new.normalised, "bounced")])
    Subscriber.objects.filter(address=new.normalised).delete()
    mail.outbox.clear()
    addresses.ask(person=person(), address=new, source="test", by="test")
    mailer.mail_due()
    assert sorted(message.to[0] for message in mail.outbox) == [ADA, new.normalised]
    change = AddressChange.objects.get()
    addresses.agree(seed=change.old_token, source="test", by="test")
    assert is_suppressed(new.normalised)
    step = addresses.agree(seed=change.new_token, source="test", by="test")
    assert step is addresses.Step.DONE
    assert not is_suppressed(new.normalised)
