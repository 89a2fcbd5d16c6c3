"""What is forgotten by itself, and what stays."""

from datetime import timedelta

import pytest
from django.test import Client

from posts.content.actions import Foundation
from subscribers import housekeeping, mailer, tasks
from subscribers.limits import throttle
from subscribers.limits.models import Tally, WaitingSignUp
from subscribers.mailed_tokens import TokenPurpose, mailed_text
from subscribers.models import (
    ConsentEvent,
    ConsentNetwork,
    Newsletter,
    Subscriber,
    Subscription,
    TransactionalMail,
)
from tests.factories import make_newsletter, make_subscriber
from tests.subscribers.making import ADA, mail_row, sign_up, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def days_pass(days: int) -> None:
    """All that happened moves into the past."""
    ago = timedelta(days=days, minutes=1)
    for model, names in (
        (Subscriber, ["created_at"]),
        (Subscription, ["created_at", "asked_at"]),
        (TransactionalMail, ["mailed_at", "due_at"]),
        (ConsentNetwork, ["at"]),
        (Tally, ["window"]),
    ):
        for row in model._default_manager.all():
            moved = {name: at - ago for name in names if (at := getattr(row, name))}
            model._default_manager.filter(pk=row.pk).update(**moved)


def addresses() -> set[str]:
    return set(Subscriber.objects.values_list("address", flat=True))


def test_who_never_confirms_is_forgotten_after_14_days(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    mailer.mail_due()
    days_pass(13)
    assert housekeeping.purge_unconfirmed() == 0
    days_pass(1)
    assert housekeeping.purge_unconfirmed() == 1
    assert not Subscriber.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_whoever_has_any_other_tie_stays(newsletter: Newsletter) -> None:
    second = make_newsletter()
    subscribed(newsletter, "active@example.org")
    sign_up(second, address="active@example.org")
    mailer.mail_due()
    for status in ("unsubscribed", "bounced", "complained"):
        make_subscriber(newsletter, status=status, address=f"{status}@example.org")
    Subscriber.objects.create(email="alone@example.org", address="alone@example.org")
    before = addresses()
    days_pass(40)
    assert housekeeping.purge_unconfirmed() == 0
    assert addresses() == before


def test_who_came_with_a_list_lately_is_waited_for(newsletter: Newsletter) -> None:
    make_subscriber(newsletter, status="pending", address="old@example.org")
    days_pass(15)
    make_subscriber(newsletter, status="pending", address="new@example.org")
    person = Subscriber.objects.get(address="old@example.org")
    Subscription.objects.create(subscriber=person, newsletter=make_newsletter())
    assert housekeeping.purge_unconfirmed() == 0, "a list brought her here again today"
    days_pass(14)
    assert housekeeping.purge_unconfirmed() == 2


def test_who_asked_again_yesterday_can_still_press_the_link(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    mailer.mail_due()
    days_pass(15)
    sign_up(newsletter)
    assert housekeeping.purge_unconfirmed() == 0, "a mail is on its way to her"
    mailer.mail_due()
    assert housekeeping.purge_unconfirmed() == 0
    assert addresses() == {ADA}


def test_many_are_purged_in_chunks(newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "CHUNK", 2)
    for number in range(5):
        make_subscriber(newsletter, status="pending", address=f"a{number}@example.org")
    days_pass(15)
    make_subscriber(newsletter, status="active", address="stays@example.org")
    assert housekeeping.purge_unconfirmed() == 5
    assert addresses() == {"stays@example.org"}


def test_the_network_of_sign_up_and_confirmation_is_kept_for_30_days(
    newsletter: Newsletter,
) -> None:
    reader = Client(REMOTE_ADDR="203.0.113.77")
    reader.post("/subscribe/", {"email": ADA})
    tasks.mail_what_is_due()
    token = mail_row().token
    assert token is not None
    Client(REMOTE_ADDR="2001:db8:1:2::3").post(
        f"/confirm/{mailed_text(token, purpose=TokenPurpose.CONFIRM)}/"
    )
    kept = ConsentNetwork.objects.order_by("id")
    assert [(row.event.kind, row.network) for row in kept] == [
        ("signed_up", "203.0.113.0/24"),
        ("confirmed", "2001:db8:1::/48"),
    ]
    days_pass(29)
    assert housekeeping.drop_old_networks() == 0
    days_pass(1)
    tasks.keep_house()
    assert not ConsentNetwork.objects.exists()
    assert ConsentEvent.objects.count() == 2


def test_no_whole_address_of_a_machine_is_kept_anywhere(newsletter: Newsletter) -> None:
    Client(REMOTE_ADDR="203.0.113.77").post("/subscribe/", {"email": ADA})
    kept = [str(row) for row in WaitingSignUp.objects.values()]
    tasks.mail_what_is_due()
    for model in (ConsentEvent, ConsentNetwork, Subscriber, Tally):
        kept += [str(row) for row in model._default_manager.values()]
    assert not [row for row in kept if "203.0.113.77" in row]


def test_counts_go_when_their_window_is_over(newsletter: Newsletter) -> None:
    Client().post("/subscribe/", {"email": ADA})
    days_pass(1)
    tasks.keep_house()
    left = {bytes(key) for key in Tally.objects.values_list("key", flat=True)}
    assert left <= set(throttle.kept_keys()), "what is usual is told from a week of these"
    days_pass(8)
    tasks.keep_house()
    assert not Tally.objects.exists()
