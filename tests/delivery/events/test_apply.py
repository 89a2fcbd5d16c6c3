"""From what was reported to the ledger, and to whom we may still write."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery.events import apply, bounce_mails, match
from posts.delivery.events.apply import apply_pending, forget_old
from posts.delivery.events.event import Event
from posts.delivery.events.inbox import store
from posts.delivery.events.match import Found
from posts.delivery.events.models import ProviderEvent
from posts.delivery.mailings.control import settle_doubts
from posts.delivery.models import Batch, Delivery
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import ledger
from posts.delivery.worker.replay import Replay
from subscribers.addresses import normalise
from subscribers.models import SoftBounces, Subscription, Suppression
from subscribers.queries import is_suppressed
from tests.delivery.events import payloads
from tests.delivery.events.making import (
    brevo_reports,
    events,
    handed_over,
    metadata_of,
    one_reader,
    readers_of,
    report,
    state_of,
    status_of,
)
from tests.delivery.making import claim, make_mailing, states
from tests.factories import make_newsletter

pytestmark = pytest.mark.django_db
State = Delivery.State


# --- Races with our own record and our own retry --------------------------------------------


def test_told_before_our_own_record_it_stays() -> None:
    mailing = make_mailing(2)
    held = claim("brevo")
    first, second = readers_of(mailing)
    brevo_reports("hard_bounce", mailing, first)
    outcomes = [Outcome(person.id, ServerAnswer.ACCEPTED) for person in held.recipients]
    ledger.record(batch_id=held.batch_id, epoch=held.epoch, outcomes=outcomes, replay=Replay())
    held.journal.delete()
    assert states(mailing) == ["bounced", "accepted"]
    assert second.pk


@pytest.mark.parametrize("answer", [ServerAnswer.RETRY, ServerAnswer.DOUBT, ServerAnswer.REFUSED])
def test_no_answer_of_ours_undoes_what_was_told(answer: ServerAnswer) -> None:
    mailing = make_mailing(1)
    held = claim("brevo")
    [person] = readers_of(mailing)
    brevo_reports("delivered", mailing, person)
    outcomes = [Outcome(person.pk, answer, "no answer")]
    ledger.record(batch_id=held.batch_id, epoch=held.epoch, outcomes=outcomes, replay=Replay())
    held.journal.delete()
    assert states(mailing) == ["delivered"]


def test_who_was_told_to_have_it_is_not_tried_again() -> None:
    mailing = make_mailing(2)
    held = claim("brevo")
    first, second = readers_of(mailing)
    ledger.record(batch_id=held.batch_id, epoch=held.epoch, outcomes=[], replay=Replay())
    held.journal.delete()
    assert states(mailing) == ["retrying", "retrying"]
    brevo_reports("delivered", mailing, first)
    again = claim("brevo")
    assert [person.id for person in again.recipients] == [second.pk]
    assert states(mailing) == ["delivered", "attempting"]
    again.journal.delete()


def test_a_doubt_that_a_person_resends_is_spared_when_its_answer_comes_first() -> None:
    mailing, person = one_reader(State.IN_DOUBT)
    settle_doubts(mailing=mailing, by="ada", resend=True)
    brevo_reports("delivered", mailing, person)
    again = claim("brevo")
    assert again.recipients == []
    assert states(mailing) == ["delivered"]
    again.journal.delete()


def test_a_takeover_leaves_alone_what_was_told() -> None:
    mailing = make_mailing(2)
    held = claim("brevo")
    held.journal.delete()
    first, _ = readers_of(mailing)
    brevo_reports("delivered", mailing, first)
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    ledger.take_over(batch_id=held.batch_id, epoch=held.epoch, replay=Replay())
    assert states(mailing) == ["delivered", "in_doubt"]


# --- What follows for people -------------------------------------------------------------------


def test_a_hard_bounce_suppresses_at_once() -> None:
    mailing, person = one_reader()
    brevo_reports("hard_bounce", mailing, person)
    assert Suppression.objects.get().reason == "bounced"
    assert status_of(person) == "bounced"


def test_a_complaint_suppresses_everywhere() -> None:
    mailing, person = one_reader()
    Subscription.objects.create(subscriber=person, newsletter=make_newsletter(), status="active")
    brevo_reports("spam", mailing, person)
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
    report("ses", body)
    assert state_of(mailing, person) == "bounced"
    assert Suppression.objects.get().reason == "complained"


def test_blocked_says_nothing_about_the_reader() -> None:
    mailing, person = one_reader()
    brevo_reports("blocked", mailing, person)
    assert state_of(mailing, person) == "bounced"
    assert status_of(person) == "active"
    assert not SoftBounces.objects.exists()


def test_a_soft_bounce_is_counted_once_however_often_it_is_told() -> None:
    mailing, person = one_reader()
    for attempt in range(3):
        brevo_reports("soft_bounce", mailing, person, attempt=attempt)
    assert SoftBounces.objects.get().count == 1
    assert status_of(person) == "active"


def test_what_arrives_clears_the_soft_bounces() -> None:
    mailing, person = one_reader()
    brevo_reports("soft_bounce", mailing, person)
    second = make_mailing(0)
    Delivery.objects.create(
        mailing=second,
        subscriber_id=person.pk,
        batch_id=0,
        state=State.ACCEPTED,
        changed_at=timezone.now(),
    )
    brevo_reports("delivered", second, person)
    assert not SoftBounces.objects.exists()


def test_an_unsubscribe_at_the_provider_ends_that_newsletter_only() -> None:
    mailing, person = one_reader()
    other = make_newsletter()
    Subscription.objects.create(subscriber=person, newsletter=other, status="active")
    brevo_reports("unsubscribe", mailing, person)
    now = dict(person.subscriptions.values_list("newsletter_id", "status"))
    assert now == {mailing.newsletter_id: "unsubscribed", other.pk: "active"}
    assert state_of(mailing, person) == "accepted"


# --- Trouble ------------------------------------------------------------------------------------


def test_what_was_applied_is_not_kept_but_known_when_it_comes_again() -> None:
    mailing, person = one_reader()
    body = payloads.brevo("delivered", person.address, metadata_of(mailing, person))
    report("brevo", body)
    [event] = events()
    assert (bytes(event.body), event.headers, event.problem) == (b"", {}, "")
    assert event.applied_at is not None
    assert not store(provider="brevo", headers={}, body=body)


def test_one_that_cannot_be_read_stops_no_other() -> None:
    mailing, person = one_reader()
    for body in (b"{", b"[5]", b'{"event": "hard_bounce", "email": 5}'):
        store(provider="brevo", headers={}, body=body)
    brevo_reports("delivered", mailing, person)
    assert state_of(mailing, person) == "delivered"
    first, second, third, last = events()
    assert "cannot be read" in first.problem
    assert bytes(first.body) == b"{"
    assert second.problem
    assert (third.problem, last.problem) == ("", "")
    assert not ProviderEvent.objects.filter(applied_at=None).exists()


def test_a_webhook_for_incoming_mail_is_told_apart() -> None:
    report("postmark", b'{"FromFull": {"Email": "ada@example.org"}, "RecordType": "Inbound"}')
    assert "inbound" in events()[0].problem


def test_a_mail_of_too_many_parts_in_parts_stops_no_other() -> None:
    mailing, person = one_reader()
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(2_000)
    )
    store(provider="mailbox", headers={}, body=deep)
    brevo_reports("delivered", mailing, person)
    assert state_of(mailing, person) == "delivered"
    assert "set aside" in events()[0].problem.lower()


def test_a_mail_that_is_set_aside_is_kept_and_what_came_with_it_is_applied() -> None:
    mailing, person = one_reader()
    crowd = b"Content-Type: message/delivery-status\n\nA: b\n\n" + b"Action: failed\n\n" * 6_000
    store(provider="mailbox", headers={}, body=crowd)
    brevo_reports("delivered", mailing, person)
    aside, applied = events()
    assert aside.problem == "Set aside unread: it has more than 1,000 recipients."
    assert bytes(aside.body) == crowd
    assert (state_of(mailing, person), bytes(applied.body)) == ("delivered", b"")


def test_of_many_mails_that_nobody_can_read_the_last_are_kept_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apply, "MOST_UNREAD", 2)
    for number in range(4):
        store(provider="mailbox", headers={}, body=b"A: b\n" * (600 + number))
        store(provider="brevo", headers={}, body=b"{" * (1 + number))
    apply_pending()
    forget_old()
    assert [bool(event.body) for event in events() if event.provider == "mailbox"] == [
        *(False, False, True, True)
    ]
    assert all(event.body for event in events() if event.provider == "brevo")
    assert all(event.problem for event in events())


def test_large_ones_are_taken_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "CHUNK_BYTES", 1_000)
    for number in range(5):
        store(provider="brevo", headers={}, body=b"[]" + b" " * (400 + number))
    store(provider="brevo", headers={}, body=b"[]" + b" " * 5_000)
    together: list[int] = []
    apply_chunk = apply._apply_chunk

    def noted(numbers: Sequence[int]) -> None:
        together.append(len(numbers))
        apply_chunk(numbers)

    monkeypatch.setattr(apply, "_apply_chunk", noted)
    assert apply_pending() == 6
    assert together == [2, 2, 1, 1]


def test_nobody_has_to_wait_for_the_database_while_a_mail_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Within a transaction of SQLite's no lease could be renewed."""
    outer = len(connection.savepoint_ids)
    depths: list[int] = []

    def noted(body: bytes, envelope_to: str) -> list[Event]:
        depths.append(len(connection.savepoint_ids))
        return []

    monkeypatch.setattr(bounce_mails, "read", noted)
    store(provider="mailbox", headers={}, body=b"From: a")
    apply_pending()
    assert depths == [outer]


def test_what_another_worker_applied_meanwhile_is_not_applied_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailing, person = one_reader()
    read = apply._read

    def overtaken(stored: ProviderEvent) -> apply._Read:
        found = read(stored)
        ProviderEvent.objects.filter(pk=stored.pk).update(applied_at=timezone.now())
        return found

    monkeypatch.setattr(apply, "_read", overtaken)
    brevo_reports("hard_bounce", mailing, person)
    assert state_of(mailing, person) == "accepted"


def test_a_fault_of_ours_with_one_is_noted_at_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    mailing, person = one_reader()
    find = match.find

    def find_or_fail(events: list[Event]) -> list[Found]:
        if any("poison" in one.reply for one in events):
            raise DatabaseError("this cannot be stored")
        return find(events)

    monkeypatch.setattr(apply, "find", find_or_fail)
    body = payloads.brevo("hard_bounce", person.address, {}, reason="poison")
    store(provider="brevo", headers={}, body=body)
    brevo_reports("delivered", mailing, person)
    assert state_of(mailing, person) == "delivered"
    assert ["report it" in event.problem for event in events()] == [True, False]


def test_while_the_database_is_away_everything_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    mailing, person = one_reader()
    store(
        provider="brevo",
        headers={},
        body=payloads.brevo("delivered", person.address, metadata_of(mailing, person)),
    )

    def fail(events: object) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(apply, "find", fail)
    with pytest.raises(OperationalError):
        apply_pending()
    monkeypatch.undo()
    apply_pending()
    assert state_of(mailing, person) == "delivered"


def test_what_was_told_long_ago_is_dropped_and_what_waits_is_not() -> None:
    mailing, person = one_reader()
    brevo_reports("delivered", mailing, person)
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
    assert len(queries_made) < 48
    assert len(set(states(mailing))) == 1
    assert states(mailing)[0] != "accepted"


def test_normalising_finds_her_however_the_provider_spells_it() -> None:
    mailing, person = one_reader()
    report(
        "brevo", payloads.brevo("hard_bounce", person.address.upper(), metadata_of(mailing, person))
    )
    assert is_suppressed(normalise(person.address).normalised)
    assert status_of(person) == "bounced"
