"""From what was told to the ledger, and to whom we may still write."""

import json
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery import ledger, queries
from posts.delivery.actions import resume, settle_doubts
from posts.delivery.events import applying, finding
from posts.delivery.events.applying import apply_pending, forget_old
from posts.delivery.events.finding import Found
from posts.delivery.events.models import ProviderEvent
from posts.delivery.events.news import News
from posts.delivery.events.storing import store
from posts.delivery.letters import message_id
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Answer, Outcome
from subscribers.addresses import normalise
from subscribers.models import SoftBounces, Subscriber, Subscription, Suppression
from subscribers.queries import is_suppressed
from tests.delivery.events import payloads
from tests.delivery.events.making import (
    delivery,
    events,
    handed_over,
    metadata_of,
    readers_of,
    state_of,
    status_of,
    tell,
    tell_brevo,
)
from tests.delivery.making import claim, make_mailing, states
from tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db
State = Delivery.State


def one_reader(state: Delivery.State = State.ACCEPTED) -> tuple[Mailing, Subscriber]:
    mailing = handed_over(1, state=state)
    [person] = readers_of(mailing)
    return mailing, person


# --- States --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "event", "after"),
    [
        (State.ATTEMPTING, "request", "accepted"),
        (State.IN_DOUBT, "request", "accepted"),
        (State.IN_DOUBT, "delivered", "delivered"),
        (State.IN_DOUBT, "hard_bounce", "bounced"),
        (State.IN_DOUBT, "spam", "complained"),
        (State.ATTEMPTING, "delivered", "delivered"),
        (State.RETRYING, "delivered", "delivered"),
        (State.ACCEPTED, "delivered", "delivered"),
        (State.ACCEPTED, "deferred", "accepted"),
        (State.ACCEPTED, "unique_opened", "accepted"),
        (State.ACCEPTED, "soft_bounce", "bounced"),
        (State.REFUSED, "request", "refused"),
        (State.REFUSED, "delivered", "delivered"),
        (State.DELIVERED, "request", "delivered"),
        (State.DELIVERED, "soft_bounce", "bounced"),
        (State.DELIVERED, "spam", "complained"),
        (State.BOUNCED, "delivered", "bounced"),
        (State.BOUNCED, "spam", "complained"),
        (State.COMPLAINED, "delivered", "complained"),
        (State.COMPLAINED, "hard_bounce", "complained"),
        (State.LEFT_OUT, "delivered", "left_out"),
    ],
)
def test_a_state_only_moves_forward(before: Delivery.State, event: str, after: str) -> None:
    mailing, person = one_reader(before)
    tell_brevo(event, mailing, person)
    assert state_of(mailing, person) == after
    assert queries.report(mailing).accounted


@pytest.mark.parametrize(
    "order", list(permutations(["request", "delivered", "soft_bounce", "spam"]))
)
def test_whatever_the_order_the_end_is_the_same(order: tuple[str, ...]) -> None:
    mailing, person = one_reader(State.IN_DOUBT)
    for event in order:
        tell_brevo(event, mailing, person)
    assert state_of(mailing, person) == "complained"


def test_told_all_at_once_the_weightiest_wins() -> None:
    mailing, person = one_reader()
    ids = metadata_of(mailing, person)
    body = [
        payloads.sparkpost_event("bounce", person.address, ids, bounce_class="10"),
        payloads.sparkpost_event("delivery", person.address, ids),
        payloads.sparkpost_event("bounce", person.address, ids, bounce_class="22"),
    ]
    tell("sparkpost", json.dumps(body).encode())
    assert (state_of(mailing, person), delivery(mailing, person).reason) == ("bounced", "hard")


def test_a_bounce_says_of_which_kind_it_is_and_what_the_server_said() -> None:
    mailing, person = one_reader()
    tell_brevo("soft_bounce", mailing, person, reason="452 mailbox full")
    row = delivery(mailing, person)
    assert (row.reason, row.detail) == ("soft", "452 mailbox full")
    tell_brevo("hard_bounce", mailing, person, reason="550 gone")
    row = delivery(mailing, person)
    assert (row.reason, row.detail) == ("hard", "550 gone")
    tell_brevo("soft_bounce", mailing, person, reason="once more")
    assert delivery(mailing, person).reason == "hard"


def test_a_delay_is_noted_and_forgotten_when_the_mail_arrives() -> None:
    mailing, person = one_reader()
    tell_brevo("deferred", mailing, person, reason="421 later")
    assert delivery(mailing, person).detail == "421 later"
    tell_brevo("delivered", mailing, person, reason="250 OK")
    assert delivery(mailing, person).detail is None


def test_the_last_doubt_resolved_the_mailing_is_finished() -> None:
    mailing, person = one_reader(State.ATTEMPTING)
    tell_brevo("delivered", mailing, person)
    assert Mailing.objects.get().state == "finished"


# --- Races with our own record and our own retry --------------------------------------------


def test_told_before_our_own_record_it_stays() -> None:
    mailing = make_mailing(2)
    held = claim("brevo")
    first, second = readers_of(mailing)
    tell_brevo("hard_bounce", mailing, first)
    outcomes = [Outcome(person.id, Answer.ACCEPTED) for person in held.recipients]
    ledger.record(
        batch_id=held.batch_id, epoch=held.epoch, outcomes=outcomes, replay=ledger.Replay()
    )
    held.journal.delete()
    assert states(mailing) == ["bounced", "accepted"]
    assert second.pk


@pytest.mark.parametrize("answer", [Answer.RETRY, Answer.DOUBT, Answer.REFUSED])
def test_no_answer_of_ours_undoes_what_was_told(answer: Answer) -> None:
    mailing = make_mailing(1)
    held = claim("brevo")
    [person] = readers_of(mailing)
    tell_brevo("delivered", mailing, person)
    outcomes = [Outcome(person.pk, answer, "no answer")]
    ledger.record(
        batch_id=held.batch_id, epoch=held.epoch, outcomes=outcomes, replay=ledger.Replay()
    )
    held.journal.delete()
    assert states(mailing) == ["delivered"]


def test_who_was_told_to_have_it_is_not_tried_again() -> None:
    mailing = make_mailing(2)
    held = claim("brevo")
    first, second = readers_of(mailing)
    ledger.record(batch_id=held.batch_id, epoch=held.epoch, outcomes=[], replay=ledger.Replay())
    held.journal.delete()
    assert states(mailing) == ["retrying", "retrying"]
    tell_brevo("delivered", mailing, first)
    again = claim("brevo")
    assert [person.id for person in again.recipients] == [second.pk]
    assert states(mailing) == ["delivered", "attempting"]
    again.journal.delete()


def test_a_doubt_that_a_person_resends_is_spared_when_its_answer_comes_first() -> None:
    mailing, person = one_reader(State.IN_DOUBT)
    settle_doubts(mailing=mailing, by="ada", resend=True)
    tell_brevo("delivered", mailing, person)
    again = claim("brevo")
    assert again.recipients == []
    assert states(mailing) == ["delivered"]
    again.journal.delete()


def test_a_takeover_leaves_alone_what_was_told() -> None:
    mailing = make_mailing(2)
    held = claim("brevo")
    held.journal.delete()
    first, _ = readers_of(mailing)
    tell_brevo("delivered", mailing, first)
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    ledger.take_over(batch_id=held.batch_id, epoch=held.epoch, replay=ledger.Replay())
    assert states(mailing) == ["delivered", "in_doubt"]


# --- Which delivery --------------------------------------------------------------------------


def test_without_metadata_our_message_id_says_which_delivery() -> None:
    mailing = handed_over(2, state=State.IN_DOUBT)
    handed_over(1)  # a later mailing
    _, person = readers_of(mailing)
    ours = message_id(mailing.pk, person.pk, "letters.example").strip("<>")
    message = {"headers": {"message-id": ours}}
    tell("mailgun", payloads.mailgun("delivered", person.address, {}, message=message))
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
    tell("brevo", payloads.brevo("delivered", person.address, {}))
    assert {state_of(mailing, person) for mailing in (earlier, later)} == {"accepted"}
    tell("brevo", payloads.brevo("hard_bounce", person.address, {}))
    assert [state_of(mailing, person) for mailing in (earlier, later)] == ["accepted", "bounced"]


def test_a_confirmation_mail_that_bounces_ends_the_asking() -> None:
    person = make_subscriber(make_newsletter(), status="pending")
    tell("brevo", payloads.brevo("hard_bounce", person.address, {}))
    assert status_of(person) == "bounced"
    assert is_suppressed(person.address)


def test_what_another_site_with_the_same_account_told_touches_nobody() -> None:
    tell("brevo", payloads.brevo("hard_bounce", "stranger@example.org", {}))
    other = {"mailing": 99, "subscriber": 99}
    tell("brevo", payloads.brevo("spam", "stranger@example.org", other))
    assert not Suppression.objects.exists()
    assert [event.problem for event in events()] == ["", ""]


def test_who_changed_her_address_meanwhile_keeps_the_new_one() -> None:
    mailing, person = one_reader()
    Subscriber.objects.filter(pk=person.pk).update(address="new@example.org")
    tell_brevo("hard_bounce", mailing, person)
    assert state_of(mailing, person) == "bounced"
    assert is_suppressed(person.address)
    assert not is_suppressed("new@example.org")
    assert status_of(person) == "active"


def test_strange_ids_in_the_metadata_are_no_ids() -> None:
    mailing, person = one_reader()
    strange: list[Any] = [{"mailing": "x", "subscriber": "²"}, {"mailing": "9" * 30}, [], None, 5]
    for ids in strange:
        tell("brevo", payloads.brevo("delivered", person.address, ids))
    assert state_of(mailing, person) == "accepted"
    assert {event.problem for event in events()} == {""}


# --- What follows for people -------------------------------------------------------------------


def test_a_hard_bounce_suppresses_at_once() -> None:
    mailing, person = one_reader()
    tell_brevo("hard_bounce", mailing, person)
    assert Suppression.objects.get().reason == "bounced"
    assert status_of(person) == "bounced"


def test_a_complaint_suppresses_everywhere() -> None:
    mailing, person = one_reader()
    Subscription.objects.create(subscriber=person, newsletter=make_newsletter(), status="active")
    tell_brevo("spam", mailing, person)
    assert Suppression.objects.get().reason == "complained"
    assert set(Subscription.objects.values_list("status", flat=True)) == {"complained"}


def test_whom_the_provider_no_longer_mails_since_she_complained_is_not_mailed_again() -> None:
    mailing, person = one_reader()
    body = payloads.ses(
        "Complaint",
        person.address,
        metadata_of(mailing, person),
        complaint={
            "complainedRecipients": [{"emailAddress": person.address}],
            "complaintSubType": "OnAccountSuppressionList",
        },
    )
    tell("ses", body)
    assert state_of(mailing, person) == "bounced"
    assert Suppression.objects.get().reason == "complained"


def test_blocked_says_nothing_about_the_reader() -> None:
    mailing, person = one_reader()
    tell_brevo("blocked", mailing, person)
    assert state_of(mailing, person) == "bounced"
    assert status_of(person) == "active"
    assert not SoftBounces.objects.exists()


def test_a_soft_bounce_is_counted_once_however_often_it_is_told() -> None:
    mailing, person = one_reader()
    for attempt in range(3):
        tell_brevo("soft_bounce", mailing, person, attempt=attempt)
    assert SoftBounces.objects.get().count == 1
    assert status_of(person) == "active"


def test_what_arrives_clears_the_soft_bounces() -> None:
    mailing, person = one_reader()
    tell_brevo("soft_bounce", mailing, person)
    second = make_mailing(0)
    Delivery.objects.create(
        mailing=second,
        subscriber_id=person.pk,
        batch_id=0,
        state=State.ACCEPTED,
        changed_at=timezone.now(),
    )
    tell_brevo("delivered", second, person)
    assert not SoftBounces.objects.exists()


def test_an_unsubscribe_at_the_provider_ends_that_newsletter_only() -> None:
    mailing, person = one_reader()
    other = make_newsletter()
    Subscription.objects.create(subscriber=person, newsletter=other, status="active")
    tell_brevo("unsubscribe", mailing, person)
    now = dict(person.subscriptions.values_list("newsletter_id", "status"))
    assert now == {mailing.newsletter_id: "unsubscribed", other.pk: "active"}
    assert state_of(mailing, person) == "accepted"


# --- The watch ----------------------------------------------------------------------------------


def complain(mailing: Mailing, numbers: range) -> None:
    people = readers_of(mailing)
    for number in numbers:
        tell_brevo("spam", mailing, people[number])


def test_three_complaints_of_few_readers_pause_the_mailing_and_say_what_to_look_at() -> None:
    mailing = handed_over(5)
    complain(mailing, range(2))
    assert Mailing.objects.get().state == "sending"
    complain(mailing, range(2, 3))
    mailing.refresh_from_db()
    assert mailing.state == "paused"
    assert "3 of 5" in mailing.problem
    assert "resume" in mailing.problem


def test_a_writer_who_resumed_is_not_stopped_by_the_very_next_complaint() -> None:
    mailing = handed_over(8)
    complain(mailing, range(3))
    resume(mailing=mailing, by="ada")
    complain(mailing, range(3, 5))
    assert Mailing.objects.get().state == "sending"
    complain(mailing, range(5, 6))
    assert Mailing.objects.get().state == "paused"


def test_few_complaints_among_many_readers_pause_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("posts.delivery.events.watching.HIGHEST_RATE", 0.5)
    mailing = handed_over(8)
    complain(mailing, range(3))
    assert Mailing.objects.get().state == "sending"


def test_a_finished_mailing_is_not_paused() -> None:
    mailing = handed_over(3)
    Mailing.objects.update(state="finished")
    complain(mailing, range(3))
    assert Mailing.objects.get().state == "finished"


# --- Trouble ------------------------------------------------------------------------------------


def test_what_was_applied_is_not_kept_but_known_when_it_comes_again() -> None:
    mailing, person = one_reader()
    body = payloads.brevo("delivered", person.address, metadata_of(mailing, person))
    tell("brevo", body)
    [event] = events()
    assert (bytes(event.body), event.headers, event.problem) == (b"", {}, "")
    assert event.applied_at is not None
    assert not store(provider="brevo", headers={}, body=body)


def test_one_that_cannot_be_read_stops_no_other() -> None:
    mailing, person = one_reader()
    for body in (b"{", b"[]", b'{"event": "hard_bounce", "email": 5}'):
        store(provider="brevo", headers={}, body=body)
    tell_brevo("delivered", mailing, person)
    assert state_of(mailing, person) == "delivered"
    first, second, third, last = events()
    assert "cannot be read" in first.problem
    assert bytes(first.body) == b"{"
    assert second.problem
    assert (third.problem, last.problem) == ("", "")
    assert not ProviderEvent.objects.filter(applied_at=None).exists()


def test_a_webhook_for_incoming_mail_is_told_apart() -> None:
    tell("postmark", b'{"FromFull": {"Email": "ada@example.org"}, "RecordType": "Inbound"}')
    assert "inbound" in events()[0].problem


def test_a_mail_of_too_many_parts_in_parts_stops_no_other() -> None:
    mailing, person = one_reader()
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(2_000)
    )
    store(provider="mailbox", headers={}, body=deep)
    tell_brevo("delivered", mailing, person)
    assert state_of(mailing, person) == "delivered"
    assert "RecursionError" in events()[0].problem


def test_a_fault_of_ours_with_one_is_noted_at_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    mailing, person = one_reader()
    find = finding.find

    def find_or_fail(news: list[News]) -> list[Found]:
        if any("poison" in one.words for one in news):
            raise DatabaseError("this cannot be stored")
        return find(news)

    monkeypatch.setattr(applying, "find", find_or_fail)
    body = payloads.brevo("hard_bounce", person.address, {}, reason="poison")
    store(provider="brevo", headers={}, body=body)
    tell_brevo("delivered", mailing, person)
    assert state_of(mailing, person) == "delivered"
    assert ["report it" in event.problem for event in events()] == [True, False]


def test_while_the_database_is_away_everything_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    mailing, person = one_reader()
    store(
        provider="brevo",
        headers={},
        body=payloads.brevo("delivered", person.address, metadata_of(mailing, person)),
    )

    def fail(news: object) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(applying, "find", fail)
    with pytest.raises(OperationalError):
        apply_pending()
    monkeypatch.undo()
    apply_pending()
    assert state_of(mailing, person) == "delivered"


def test_what_was_told_long_ago_is_dropped_and_what_waits_is_not() -> None:
    mailing, person = one_reader()
    tell_brevo("delivered", mailing, person)
    store(provider="brevo", headers={}, body=b"{}")
    ProviderEvent.objects.update(received_at=timezone.now() - timedelta(days=31))
    assert forget_old() == 1
    assert [event.applied_at for event in events()] == [None]


@pytest.mark.parametrize("event", ["delivered", "hard_bounce", "soft_bounce", "spam"])
def test_a_thousand_told_at_once_cost_few_statements(event: str) -> None:
    mailing = handed_over(300)
    for person in readers_of(mailing):
        words = {"reason": f"the server says of {person.address}"}
        ids = metadata_of(mailing, person)
        ProviderEvent.objects.create(
            provider="brevo",
            digest=person.pk.to_bytes(32, "big"),
            body=payloads.brevo(event, person.address, ids, **words),
        )
    with CaptureQueriesContext(
        connection,
    ) as queries_made:
        assert apply_pending() == 300
    assert len(queries_made) < 45
    assert len(set(states(mailing))) == 1
    assert states(mailing)[0] != "accepted"


def test_normalising_finds_her_however_the_provider_spells_it() -> None:
    mailing, person = one_reader()
    tell(
        "brevo", payloads.brevo("hard_bounce", person.address.upper(), metadata_of(mailing, person))
    )
    assert is_suppressed(normalise(person.address).normalised)
    assert status_of(person) == "bounced"
