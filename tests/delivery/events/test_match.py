"""Which delivery is meant, whatever the provider sends along."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery.events.event import Event
from posts.delivery.events.match import find
from posts.delivery.letters.compose import MessageIds, message_id
from posts.delivery.models import Delivery
from posts.delivery.transports.verdict import EventKind, Verdict
from subscribers.models import Subscriber, Suppression
from subscribers.queries import is_suppressed
from tests.delivery.events import payloads
from tests.delivery.events.making import (
    brevo_reports,
    events,
    handed_over,
    one_reader,
    readers_of,
    report,
    state_of,
    status_of,
)
from tests.delivery.making import make_mailing, states
from tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db
State = Delivery.State


def test_without_metadata_our_message_id_says_which_delivery() -> None:
    mailing = handed_over(2, state=State.IN_DOUBT)
    handed_over(1)  # a later mailing
    _, person = readers_of(mailing)
    ours = message_id(mailing.pk, person.pk, "letters.example").strip("<>")
    message = {"headers": {"message-id": ours}}
    report("mailgun", payloads.mailgun("delivered", person.address, {}, message=message))
    assert states(mailing) == ["in_doubt", "delivered"]


def test_without_any_id_bad_news_is_about_the_latest_mailing_accepted_for_the_address() -> None:
    newsletter = make_newsletter()
    earlier, later = make_mailing(0, newsletter=newsletter), make_mailing(0, newsletter=newsletter)
    person = make_subscriber(newsletter)
    for mailing in (earlier, later):
        Delivery.objects.create(
            mailing=mailing,
            subscriber_id=person.pk,
            batch_id=0,
            state=State.ACCEPTED,
            changed_at=timezone.now(),
        )
    report("brevo", payloads.brevo("delivered", person.address, {}))
    assert {state_of(mailing, person) for mailing in (earlier, later)} == {"accepted"}
    report("brevo", payloads.brevo("hard_bounce", person.address, {}))
    assert [state_of(mailing, person) for mailing in (earlier, later)] == ["accepted", "bounced"]


def test_a_confirmation_mail_that_bounces_ends_the_asking() -> None:
    person = make_subscriber(make_newsletter(), status="pending")
    report("brevo", payloads.brevo("hard_bounce", person.address, {}))
    assert status_of(person) == "bounced"
    assert is_suppressed(person.address)


def test_what_another_site_with_the_same_account_told_touches_nobody() -> None:
    report("brevo", payloads.brevo("hard_bounce", "stranger@example.org", {}))
    other = {"mailing": 99, "subscriber": 99}
    report("brevo", payloads.brevo("spam", "stranger@example.org", other))
    assert not Suppression.objects.exists()
    assert [event.problem for event in events()] == ["", ""]


def test_who_changed_her_address_meanwhile_keeps_the_new_one() -> None:
    mailing, person = one_reader()
    Subscriber.objects.filter(pk=person.pk).update(address="new@example.org")
    brevo_reports("hard_bounce", mailing, person)
    assert state_of(mailing, person) == "bounced"
    assert is_suppressed(person.address)
    assert not is_suppressed("new@example.org")
    assert status_of(person) == "active"


def test_strange_ids_in_the_metadata_are_no_ids() -> None:
    mailing, person = one_reader()
    strange: list[Any] = [{"mailing": "x", "subscriber": "²"}, {"mailing": "9" * 30}, [], None, 5]
    for ids in strange:
        report("brevo", payloads.brevo("delivered", person.address, ids))
    assert state_of(mailing, person) == "accepted"
    assert {event.problem for event in events()} == {""}


def test_ids_are_made_once_for_each_person_however_many_a_mail_tells_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a mail about a thousand people, with twenty ids, after fifty mailings: a million."""
    newsletter = make_newsletter()
    for _ in range(6):
        make_mailing(0, newsletter=newsletter)
    people = [make_subscriber(newsletter).address for _ in range(8)]
    made: list[int] = []
    left_part = MessageIds.left_part

    def counted(ids: MessageIds, number: int) -> str:
        made.append(number)
        return left_part(ids, number)

    monkeypatch.setattr(MessageIds, "left_part", counted)
    ids = tuple(f"<{number:032x}@letters.example>" for number in range(20))
    events = [
        Event(
            Verdict(EventKind.BOUNCED, "hard"),
            "mailbox",
            addresses=(address, *people),
            message_ids=ids,
            trusted=False,
        )
        for address in people
    ]
    with CaptureQueriesContext(connection) as queries_made:
        assert find(events * 5) == []
    assert len(made) == 6 * 8
    assert len(queries_made) < 10


@pytest.mark.parametrize(
    "spelt", ["{0}@letters.example", "<<{0}@letters.example>>", "<{0}@x@letters.example>", "<{0}>"]
)
def test_an_id_that_is_not_written_as_ours_is_none(spelt: str) -> None:
    mailing, person = one_reader()
    ours = MessageIds(mailing.pk, "").left_part(person.pk)
    event = Event(
        Verdict(EventKind.BOUNCED, "hard"),
        "mailbox",
        addresses=(person.address,),
        message_ids=(spelt.format(ours),),
        trusted=False,
    )
    assert find([event]) == []
    right = replace(event, message_ids=(f" <{ours}@anywhere.example> ",))
    [found] = find([right])
    assert found.key == (mailing.pk, person.pk)
