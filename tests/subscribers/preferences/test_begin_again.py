"""Whoever's mailbox was gone gets letters again at the corrected address: if she had agreed, and if
nothing of hers says no."""

from collections.abc import Callable, Iterable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from posts.content.actions import Foundation
from subscribers import actions, by_hand, suppressions
from subscribers.addresses import normalise
from subscribers.lists.cells import More
from subscribers.lists.csv_file import ListRow
from subscribers.lists.importer import Import
from subscribers.models import Newsletter, Subscription, Suppression
from subscribers.preferences import addresses
from subscribers.preferences.models import AddressChange
from subscribers.queries import audience, is_suppressed, recipients
from tests.factories import make_newsletter
from tests.subscribers.making import (
    ADA,
    confirm,
    kinds_of_events,
    person,
    sign_up,
    subscribed,
    subscription,
)
from tests.subscribers.preferences.making import NEW, link_in, mails_to

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
Status = Subscription.Status


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def suppress(reason: Reason, address: str = ADA) -> None:
    actions.suppress(address=normalise(address), reason=reason, source="told by smtp", by="test")


def bring(newsletter: Newsletter, *, confirmed: bool, status: str = "") -> None:
    job = Import(newsletter, confirmed=confirmed, source="old-list.csv", by="test")
    more = More(status=status, never=status) if status else None
    job.run([ListRow(1, [ADA], ADA, ADA, more=more)], reject=lambda row: None)


def ask(address: str = NEW) -> AddressChange:
    addresses.ask(
        person=person(), address=normalise(address), source="desk", by="ada", correction=True
    )
    return AddressChange.objects.get()


def yes(change: AddressChange) -> addresses.Step:
    return addresses.agree(seed=change.new_token, source="/preferences/address/", by="the reader")


def gets_letters(newsletter: Newsletter) -> bool:
    """Both that she is counted among the readers, and that her turn does not leave her out."""
    ids = list(audience(newsletter.pk))
    assert [r.address for r in recipients(newsletter.pk, ids)] in ([], [NEW], [ADA])
    return [r.left_out for r in recipients(newsletter.pk, ids)] == [""]


def leave(newsletter: Newsletter) -> None:
    actions.unsubscribe(subscription=subscription(newsletter), source="mail", by="the reader")


def confirmed(newsletter: Newsletter) -> None:
    subscribed(newsletter)


def told_the_writer(newsletter: Newsletter) -> None:
    by_hand.add(
        address=normalise(ADA),
        newsletters=[newsletter],
        consent="at the reading",
        name="",
        source="desk",
        by="ada",
    )


def came_with_a_list_of_consent(newsletter: Newsletter) -> None:
    bring(newsletter, confirmed=True)


def undid_an_unsubscribe(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    leave(newsletter)
    actions.undo_unsubscribe(subscription=subscription(newsletter), source="page", by="the reader")


def bounced_before_and_confirmed_again(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    suppress(Reason.BOUNCED)
    sign_up(newsletter)
    assert confirm()


def asked_for_more_and_did_not_answer(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    sign_up(make_newsletter())


AGREED = [
    confirmed,
    told_the_writer,
    came_with_a_list_of_consent,
    undid_an_unsubscribe,
    bounced_before_and_confirmed_again,
    asked_for_more_and_did_not_answer,
]


def never_answered(newsletter: Newsletter) -> None:
    sign_up(newsletter)


def came_with_a_list_without_consent(newsletter: Newsletter) -> None:
    bring(newsletter, confirmed=False)


def unsubscribed(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    leave(newsletter)


def unsubscribed_and_was_asked_again(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    leave(newsletter)
    sign_up(newsletter)


def bounced_in_an_old_list(newsletter: Newsletter) -> None:
    bring(newsletter, confirmed=True, status="bounced")


def has_no_consent_on_record(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    events = person().consent_events
    events.model._base_manager.filter(pk__in=events.values("pk"))._raw_delete("default")


NOT_AGREED = [
    never_answered,
    came_with_a_list_without_consent,
    unsubscribed,
    unsubscribed_and_was_asked_again,
    bounced_in_an_old_list,
    has_no_consent_on_record,
]


@pytest.mark.parametrize("story", AGREED)
def test_who_had_agreed_gets_letters_again(
    newsletter: Newsletter, story: Callable[[Newsletter], None]
) -> None:
    story(newsletter)
    assert gets_letters(newsletter)
    suppress(Reason.BOUNCED)
    assert not gets_letters(newsletter)
    change = ask()
    assert not gets_letters(newsletter)  # not on the writer's word alone
    assert yes(change) is addresses.Step.DONE
    assert gets_letters(newsletter)
    assert kinds_of_events(NEW)[-1] == "confirmed"
    assert person(NEW).consent_events.last().wording == "Yes, change the address"  # type: ignore[union-attr]
    assert is_suppressed(ADA)
    events = kinds_of_events(NEW)
    assert yes(change) is addresses.Step.OVER  # pressed twice is pressed once
    assert kinds_of_events(NEW) == events


@pytest.mark.parametrize("story", NOT_AGREED)
def test_who_had_not_agreed_gets_none(
    newsletter: Newsletter, story: Callable[[Newsletter], None]
) -> None:
    story(newsletter)
    suppress(Reason.BOUNCED)
    assert yes(ask()) is addresses.Step.DONE
    assert subscription(newsletter, NEW).status != Status.ACTIVE
    assert not gets_letters(newsletter)


def said_no(reasons: Iterable[Reason]) -> None:
    for reason in reasons:
        suppress(reason)


NO = [
    [Reason.COMPLAINED],
    [Reason.MANUAL],
    [Reason.BOUNCED, Reason.COMPLAINED],
    [Reason.COMPLAINED, Reason.BOUNCED],
    [Reason.BOUNCED, Reason.MANUAL],
    [Reason.MANUAL, Reason.BOUNCED],
]


@pytest.mark.parametrize("reasons", NO)
@pytest.mark.parametrize("when", ["before she is asked", "before she answers"])
def test_who_said_no_stays_where_she_is(
    newsletter: Newsletter, reasons: list[Reason], when: str
) -> None:
    subscribed(newsletter)
    if when == "before she is asked":
        said_no(reasons)
        change = ask()
        assert mails_to(NEW) == []
    else:
        suppress(Reason.BOUNCED)
        change = ask()
        said_no(reasons)
    assert yes(change) is addresses.Step.OVER
    assert subscription(newsletter).status != Status.ACTIVE
    assert not gets_letters(newsletter)


def test_who_was_erased_is_gone(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    suppress(Reason.BOUNCED)
    change = ask()
    actions.erase(address=normalise(ADA), source="desk", by="ada")
    assert yes(change) is addresses.Step.OVER
    assert not gets_letters(newsletter)
    assert is_suppressed(ADA)


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("when", ["before she is asked", "before she answers"])
def test_a_new_address_that_must_not_be_mailed_is_neither_asked_nor_moved_to(
    newsletter: Newsletter, reason: Reason, when: str
) -> None:
    subscribed(newsletter)
    suppress(Reason.BOUNCED)
    if when == "before she is asked":
        suppress(reason, NEW)
    change = ask()
    if when == "before she answers":
        suppress(reason, NEW)
    mail.outbox.clear()
    assert mails_to(NEW) == []
    assert yes(change) is addresses.Step.OVER
    assert person().address == ADA
    assert is_suppressed(NEW)
    assert not gets_letters(newsletter)


def test_each_newsletter_is_looked_at_by_itself(newsletter: Newsletter) -> None:
    left, waited = make_newsletter(), make_newsletter()
    for one in (newsletter, left):
        subscribed(one)
    leave(left)
    sign_up(waited)
    suppress(Reason.BOUNCED)
    yes(ask())
    assert [gets_letters(one) for one in (newsletter, left, waited)] == [True, False, False]


def test_after_the_desk_lifted_the_bounce_it_is_the_same(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    suppress(Reason.BOUNCED)
    suppressions.lift(person=person(), why="a slip", source="desk", by="ada")
    assert not gets_letters(newsletter)
    yes(ask())
    assert gets_letters(newsletter)


def test_rests_and_choices_stay_as_they_are(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    until = timezone.localdate().replace(year=timezone.localdate().year + 1, day=1)
    type(person()).objects.update(resting_until=until, edition="short")
    suppress(Reason.BOUNCED)
    yes(ask())
    assert not gets_letters(newsletter)
    assert (person(NEW).resting_until, person(NEW).edition) == (until, "short")


def test_a_letter_to_the_new_mailbox_says_what_its_button_does(
    client: Client, newsletter: Newsletter
) -> None:
    subscribed(newsletter)
    suppress(Reason.BOUNCED)
    ask()
    [asked] = mails_to(NEW)
    assert "Then mails come here at once." in asked.body
    assert "old mailbox" not in asked.body
    assert mails_to(ADA)[-1].subject != "Your mails will go to another address"
    link = link_in(asked, "preferences/address")
    assert "when you say yes" in client.get(link).content.decode()
    assert not gets_letters(newsletter)  # looking changes nothing
    assert "From now on your mails go to" in client.post(link).content.decode()
    assert gets_letters(newsletter)
