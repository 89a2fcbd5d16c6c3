"""Never again: suppression ends subscriptions and mails, erasure forgets all but the hash."""

import hmac
import json
from hashlib import sha256
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from posts.content.actions import Foundation
from subscribers import actions, keys, mailer, suppressions
from subscribers.addresses import normalise
from subscribers.models import (
    AppendOnlyError,
    ConsentEvent,
    Key,
    Newsletter,
    Subscriber,
    Suppression,
    TransactionalMail,
)
from subscribers.queries import audience, is_suppressed, may_come_back, recipients, suppressed_among
from tests.factories import make_newsletter
from tests.subscribers.making import ADA, kinds_of_events, person, sign_up, subscribed, subscription

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    subscribed(site.newsletter)
    return site.newsletter


def suppress(reason: Reason) -> None:
    actions.suppress(address=normalise(ADA), reason=reason, source="webhook", by="test")


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.BOUNCED, "bounced"),
        (Reason.COMPLAINED, "complained"),
        (Reason.MANUAL, "unsubscribed"),
    ],
)
def test_suppression_ends_every_subscription(
    newsletter: Newsletter, reason: Reason, status: str
) -> None:
    second = make_newsletter()
    subscribed(second)
    suppress(reason)
    for each in (newsletter, second):
        assert subscription(each).status == status
        assert not audience(each.pk)
    assert kinds_of_events()[-2:] == [status, status]
    assert is_suppressed(ADA)


def test_suppressing_twice_is_recorded_once(newsletter: Newsletter) -> None:
    suppress(Reason.BOUNCED)
    suppress(Reason.BOUNCED)
    suppress(Reason.COMPLAINED)
    found = Suppression.objects.order_by("pk").values_list("reason", "origin", "source")
    assert list(found) == [
        ("bounced", "delivery", "webhook"),
        ("complained", "delivery", "webhook"),
    ]
    assert kinds_of_events().count("bounced") == 1


def test_delivery_is_told_right_before_the_hand_over(newsletter: Newsletter) -> None:
    Suppression.objects.create(address_hash=b"x" * 32, reason=Reason.MANUAL)
    [recipient] = recipients(newsletter.pk, [person().pk])
    assert recipient.left_out == ""
    suppress(Reason.COMPLAINED)
    [recipient] = recipients(newsletter.pk, [person().pk])
    assert recipient.left_out == "suppressed"
    assert suppressed_among({ADA, "ben@example.org"}) == {ADA}


def test_what_was_due_does_not_leave(newsletter: Newsletter) -> None:
    mail.outbox.clear()
    sign_up(make_newsletter())
    suppress(Reason.BOUNCED)
    assert mailer.mail_due() == 0
    assert not TransactionalMail.objects.filter(due_at__isnull=False).exists()


def test_evidence_cannot_be_changed(newsletter: Newsletter) -> None:
    event = ConsentEvent.objects.first()
    assert event is not None
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        ConsentEvent.objects.update(wording="something else")


def erase(address: str, **options: bool) -> str:
    out = StringIO()
    call_command("erase_subscriber", address, stdout=out, **options)
    return out.getvalue()


def test_erasing_leaves_the_hash_only(newsletter: Newsletter) -> None:
    told = erase("ADA@example.org ", json=True)
    assert "Erased ada@example.org" in told
    assert json.loads(told.splitlines()[-1]) == {"erased": True}
    assert not Subscriber.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert not TransactionalMail.objects.exists()
    assert Suppression.objects.get().reason == Reason.ERASED
    assert is_suppressed(ADA)
    assert "was erased before" in erase(ADA)


def test_an_erased_reader_is_not_brought_back_by_hand(newsletter: Newsletter) -> None:
    erase(ADA)
    added = actions.add_confirmed(
        address=normalise(ADA), newsletter=newsletter, source="old list", by="test"
    )
    assert added is None
    assert not Subscriber.objects.exists()


def test_erasing_what_is_no_address_is_refused(newsletter: Newsletter) -> None:
    with pytest.raises(CommandError, match="@") as refused:
        erase("x")
    assert refused.value.returncode == 2
    assert not Suppression.objects.exists()


def test_somebody_unknown_who_objected_may_still_come_herself(newsletter: Newsletter) -> None:
    erase("nobody@example.org")
    assert is_suppressed("nobody@example.org")
    assert may_come_back("nobody@example.org"), "a slip of the finger bars no stranger for ever"


def test_a_person_added_with_consent_is_active(site: Foundation) -> None:
    row = actions.add_confirmed(
        address=normalise(ADA),
        newsletter=site.newsletter,
        name="Ada",
        source="sign-up sheet",
        by="Ben",
    )
    assert row is not None
    assert row.status == "active"
    event = ConsentEvent.objects.get()
    assert (event.kind, event.source, event.by) == ("imported", "sign-up sheet", "Ben")
    again = actions.add_confirmed(
        address=normalise(ADA), newsletter=site.newsletter, source="sign-up sheet", by="Ben"
    )
    assert again == row
    assert kinds_of_events() == ["imported"]


def test_somebody_who_left_is_not_added_again(newsletter: Newsletter) -> None:
    actions.unsubscribe(subscription=subscription(newsletter), source="test", by="test")
    added = actions.add_confirmed(
        address=normalise(ADA), newsletter=newsletter, source="old list", by="test"
    )
    assert added is None
    assert subscription(newsletter).status == "unsubscribed"


def _hashed_elsewhere(address: str, *, key: bytes = b"k" * 32) -> bytes:
    return hmac.new(key, address.encode(), sha256).digest()


def test_a_hash_under_the_key_of_another_place_counts_for_ever(newsletter: Newsletter) -> None:
    Suppression.objects.create(address_hash=_hashed_elsewhere(ADA), reason=Reason.COMPLAINED)
    assert not is_suppressed(ADA)
    assert keys.add_further("suppression", b"k" * 32)
    assert not keys.add_further("suppression", b"k" * 32)
    assert is_suppressed(ADA)
    assert suppressed_among([ADA, "bo@example.org"]) == {ADA}
    (row,) = recipients(newsletter.pk, [Subscriber.objects.get().pk])
    assert row.left_out == "suppressed"
    # What is entered from now on stands under our own key, and both are found.
    suppress(Reason.BOUNCED)
    assert {one.reason for one in suppressions.of(ADA)} == {Reason.COMPLAINED, Reason.BOUNCED}


def test_a_key_that_came_in_this_moment_counts_in_a_process_that_runs(site: Foundation) -> None:
    assert not is_suppressed(ADA)  # whatever it remembers of keys, it does now
    Suppression.objects.create(address_hash=_hashed_elsewhere(ADA), reason=Reason.ERASED)
    name = "suppression:of another process"
    Key.objects.create(name=name, secret=b"k" * 32)
    assert is_suppressed(ADA)


def test_our_own_key_is_no_further_one() -> None:
    assert not keys.add_further("suppression", keys.secret_of("suppression"))
    assert len(keys.all_secrets("suppression")) == 1


def test_who_confirms_lifts_what_the_other_place_knew_too(site: Foundation) -> None:
    keys.add_further("suppression", b"k" * 32)
    row = Suppression.objects.create(
        address_hash=_hashed_elsewhere(ADA), reason=Reason.BOUNCED, origin="delivery"
    )
    assert suppressions.hold_what_she_lifts(ADA) == [row.pk]
