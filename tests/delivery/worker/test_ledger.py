import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery import batches
from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import ledger
from posts.delivery.worker.journal import folder
from posts.delivery.worker.replay import Replay
from posts.delivery.worker.retries import FIRST_RETRY, GIVE_UP_ATTEMPTS
from subscribers.models import Subscriber, Subscription, Suppression
from subscribers.queries import address_hash
from tests.delivery.making import claim, make_mailing, states

pytestmark = pytest.mark.django_db


def finish(claimed: ledger.Claim, *outcomes: Outcome, final: bool = True) -> None:
    ledger.record(
        batch_id=claimed.batch_id,
        epoch=claimed.epoch,
        outcomes=outcomes,
        replay=claimed.replay,
        final=final,
    )


def accounted(mailing: Mailing) -> dict[str, int]:
    """The counts that are not zero, having checked that they add up."""
    now = report(mailing)
    assert now.accounted
    return {state: count for state, count in now.deliveries.items() if count}


def test_before_the_claim_everybody_is_waiting_and_has_no_row() -> None:
    mailing = make_mailing(3)
    assert accounted(mailing) == {"waiting": 3}
    assert states(mailing) == []


def test_a_claim_writes_a_row_for_each_recipient() -> None:
    mailing = make_mailing(3)
    claimed = claim()
    assert accounted(mailing) == {"attempting": 3}
    assert len(claimed.recipients) == 3
    assert claimed.journal.path.exists()
    claimed.journal.delete()


def test_a_batch_is_claimed_once() -> None:
    make_mailing(2)
    claim().journal.delete()
    assert ledger.claim(transport="smtp", replay=Replay(), worker="test:2") is None


def test_who_left_since_the_plan_is_left_out_with_the_reason() -> None:
    mailing = make_mailing(5)
    people = list(Subscriber.objects.order_by("pk"))
    Subscription.objects.filter(subscriber=people[0]).update(status="unsubscribed")
    Suppression.objects.create(address_hash=address_hash(people[1].address), reason="complained")
    Subscriber.objects.filter(pk=people[2].pk).update(
        resting_until=timezone.localdate() + timedelta(days=3)
    )
    people[3].delete()
    claimed = claim()
    assert [person.id for person in claimed.recipients] == [people[4].pk]
    assert report(mailing).left_out == {
        "unsubscribed": 1,
        "suppressed": 1,
        "resting": 1,
        "erased": 1,
    }
    assert accounted(mailing) == {"attempting": 1, "left_out": 4}
    claimed.journal.delete()


def test_each_kind_of_answer_leads_to_its_state() -> None:
    mailing = make_mailing(5)
    claimed = claim()
    one, two, three, four, _ = [person.id for person in claimed.recipients]
    finish(
        claimed,
        Outcome(one, ServerAnswer.ACCEPTED),
        Outcome(two, ServerAnswer.REFUSED, "550 no such mailbox"),
        Outcome(three, ServerAnswer.RETRY, "451 later"),
        Outcome(four, ServerAnswer.DOUBT, "the line went dead"),
    )
    # The fifth was never attempted, and is tried again at once.
    assert states(mailing) == ["accepted", "refused", "retrying", "in_doubt", "retrying"]
    assert Delivery.objects.get(subscriber_id=two).detail == "550 no such mailbox"
    assert sum(accounted(mailing).values()) == 5
    retries = Batch.objects.filter(purpose="retry").order_by("not_before")
    assert [batch.ids() for batch in retries] == [[_], [three]]
    claimed.journal.delete()


def test_a_retry_that_is_not_due_is_not_claimed() -> None:
    make_mailing(1)
    claimed = claim()
    finish(claimed, Outcome(claimed.recipients[0].id, ServerAnswer.RETRY, "451 later"))
    claimed.journal.delete()
    assert not batches.due().exists()
    Batch.objects.filter(purpose="retry").update(not_before=Now())
    again = claim()
    assert Delivery.objects.get().attempt == 2
    again.journal.delete()


def test_refused_for_now_becomes_refused_after_a_day_of_trying() -> None:
    mailing = make_mailing(1)
    subscriber_id = Subscriber.objects.get().pk
    for attempt in range(1, GIVE_UP_ATTEMPTS + 1):
        if attempt == GIVE_UP_ATTEMPTS:
            Mailing.objects.update(created_at=timezone.now() - timedelta(hours=25))
        Batch.objects.exclude(state="finished").update(not_before=Now())
        claimed = claim()
        finish(claimed, Outcome(subscriber_id, ServerAnswer.RETRY, "451 later"))
        claimed.journal.delete()
    assert states(mailing) == ["refused"]
    assert "451 later" in str(Delivery.objects.get().detail)


def test_recording_twice_changes_nothing_more() -> None:
    mailing = make_mailing(2)
    claimed = claim()
    one, two = [person.id for person in claimed.recipients]
    finish(claimed, Outcome(one, ServerAnswer.ACCEPTED), final=False)
    finish(claimed, Outcome(one, ServerAnswer.ACCEPTED), final=False)
    assert accounted(mailing) == {"attempting": 1, "accepted": 1}
    finish(claimed, Outcome(one, ServerAnswer.ACCEPTED), Outcome(two, ServerAnswer.ACCEPTED))
    assert accounted(mailing) == {"accepted": 2}
    assert bytes(Batch.objects.get().recipients) == b""
    claimed.journal.delete()


def test_a_worker_that_lost_its_batch_can_change_nothing() -> None:
    mailing = make_mailing(1)
    claimed = claim()
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert ledger.take_over(batch_id=claimed.batch_id, epoch=claimed.epoch, replay=Replay())
    with pytest.raises(ledger.LeaseLost):
        finish(claimed, Outcome(claimed.recipients[0].id, ServerAnswer.ACCEPTED))
    assert states(mailing) == ["in_doubt"]
    assert not ledger.renew(claimed)
    assert claimed.expired()
    claimed.journal.delete()


def test_a_lease_that_was_renewed_is_not_taken_over() -> None:
    make_mailing(1)
    claimed = claim()
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert ledger.renew(claimed)
    assert not ledger.take_over(batch_id=claimed.batch_id, epoch=claimed.epoch, replay=Replay())
    claimed.journal.delete()


def test_taking_over_from_a_replay_safe_transport_tries_again() -> None:
    mailing = make_mailing(2)
    claimed = claim("outbox")
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    ledger.take_over(batch_id=claimed.batch_id, epoch=claimed.epoch, replay=Replay(safe=True))
    assert accounted(mailing) == {"retrying": 2}
    claimed.journal.delete()


def test_a_journal_that_turns_up_late_resolves_doubts_and_nothing_else() -> None:
    mailing = make_mailing(4)
    claimed = claim()
    one, two, three, four = [person.id for person in claimed.recipients]
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    ledger.take_over(batch_id=claimed.batch_id, epoch=claimed.epoch, replay=Replay())
    # Meanwhile the writer decided to send to the first again: that is another attempt.
    Delivery.objects.filter(subscriber_id=one).update(state=Delivery.State.RETRYING, batch_id=999)
    ledger.apply_evidence(
        batch_id=claimed.batch_id,
        outcomes=[
            Outcome(one, ServerAnswer.ACCEPTED),
            Outcome(two, ServerAnswer.ACCEPTED),
            Outcome(three, ServerAnswer.DOUBT),
        ],
        replay=Replay(),
    )
    assert states(mailing) == ["retrying", "accepted", "in_doubt", "retrying"]
    assert Batch.objects.get(state="waiting").ids() == [four]
    claimed.journal.delete()


def test_a_paused_mailing_is_not_claimed_and_a_claim_notices_the_pause() -> None:
    mailing = make_mailing(2, batch_size=1)
    claimed = claim()
    Mailing.objects.filter(pk=mailing.pk).update(state="paused")
    assert not batches.due().exists()
    assert not ledger.renew(claimed)
    assert claimed.expired()
    claimed.journal.delete()


def test_a_claim_that_fails_leaves_no_journal_and_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = make_mailing(1)

    def broken(*_: object) -> object:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("posts.delivery.worker.claim.recipients", broken)
    with pytest.raises(RuntimeError):
        claim()
    assert accounted(mailing) == {"waiting": 1}
    assert not list(folder().glob("*.journal"))


def test_servers_that_name_the_recipient_make_one_retry_of_all_and_not_one_each() -> None:
    mailing = make_mailing(4)
    claimed = claim()
    outcomes = [
        Outcome(person.id, ServerAnswer.RETRY, f"450 <{person.address}> greylisted")
        for person in claimed.recipients
    ]
    finish(claimed, *outcomes)
    claimed.journal.delete()
    assert accounted(mailing) == {"retrying": 4}
    [retry] = Batch.objects.filter(purpose="retry")
    assert retry.size == 4
    details = Delivery.objects.order_by("subscriber_id").values_list("detail", flat=True)
    assert list(details) == [outcome.reply for outcome in outcomes]


def test_being_handed_back_is_no_attempt_and_brings_nobody_closer_to_giving_up() -> None:
    mailing = make_mailing(1)
    Mailing.objects.update(created_at=timezone.now() - timedelta(hours=25))
    for _ in range(GIVE_UP_ATTEMPTS + 1):
        claimed = claim()
        finish(claimed)
        claimed.journal.delete()
    claimed = claim()
    assert Delivery.objects.get().attempt == 1
    finish(claimed, Outcome(claimed.recipients[0].id, ServerAnswer.RETRY, "451 greylisted"))
    claimed.journal.delete()
    assert accounted(mailing) == {"retrying": 1}
    due = Batch.objects.get(state="waiting").not_before
    assert timedelta(0) < due - timezone.now() <= FIRST_RETRY + timedelta(seconds=1)


def test_who_is_not_in_incomplete_notes_is_in_doubt() -> None:
    """A power cut can take the last lines of a journal: no proof that nothing was attempted."""
    mailing = make_mailing(3)
    claimed = claim()
    ledger.record(
        batch_id=claimed.batch_id,
        epoch=claimed.epoch,
        outcomes=[Outcome(claimed.recipients[0].id, ServerAnswer.ACCEPTED)],
        replay=Replay(),
        complete=False,
    )
    assert states(mailing) == ["accepted", "in_doubt", "in_doubt"]
    ledger.apply_evidence(batch_id=claimed.batch_id, outcomes=[], replay=Replay(), complete=False)
    assert states(mailing) == ["accepted", "in_doubt", "in_doubt"]
    claimed.journal.delete()


def test_closing_a_batch_looks_only_at_its_own_recipients() -> None:
    """By the key, not through all rows of a mailing: with a million that would be quadratic."""
    make_mailing(4, batch_size=2)
    claimed = claim()
    with CaptureQueriesContext(connection) as queries:
        finish(claimed)
    claimed.journal.delete()
    touching = [sql["sql"] for sql in queries if '"posts_delivery"' in sql["sql"]]
    assert touching
    by_key = ('"subscriber_id" IN', '"subscriber_id" = ANY')
    assert all(any(condition in sql for condition in by_key) for sql in touching)


def test_a_call_is_dated_by_the_clock_of_the_database_however_wrong_that_of_the_host_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a clock that is ahead its key would seem to live when the provider has forgotten it."""
    make_mailing(1)
    right = time.time()
    monkeypatch.setattr(time, "time", lambda: right + 3600)
    claimed = claim("brevo")
    claimed.journal.attempt_call([person.id for person in claimed.recipients], "key")
    [outcome] = claimed.journal.outcomes()
    assert abs(outcome.at - right) < 60
    claimed.journal.delete()
