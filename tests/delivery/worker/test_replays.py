"""Calls whose answer was lost: made again only as they were, only while they are known, and only
to whoever knows them."""

from datetime import timedelta

import pytest
from django.db.models import F

from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import ledger, recovery
from posts.delivery.worker.journal import Journal, Name
from posts.delivery.worker.ledger import Claim
from posts.delivery.worker.replay import Replay
from subscribers.models import Subscriber
from tests.delivery.making import make_mailing, states

pytestmark = pytest.mark.django_db

KEYED = Replay(key_lives=timedelta(hours=24))
KEY = "5-1-0"


def claim(transport: str = "resend") -> Claim | None:
    return ledger.claim(transport=transport, replay=KEYED, worker="test:1")


def claimed(transport: str = "resend") -> Claim:
    held = claim(transport)
    assert held is not None
    return held


def call(held: Claim, *, key: str = KEY, of: list[int] | None = None) -> list[int]:
    """All of a batch (or these) in one call that was noted, in an order of its own."""
    subscriber_ids = of or [person.id for person in reversed(held.recipients)]
    held.journal.attempt_call(subscriber_ids, key)
    return subscriber_ids


def lose_the_answer(held: Claim, subscriber_ids: list[int], *, key: str = KEY) -> None:
    held.journal.answer_call(
        [
            Outcome(subscriber_id, ServerAnswer.DOUBT, "timed out", 0, key)
            for subscriber_id in subscriber_ids
        ]
    )


def finish(held: Claim) -> None:
    ledger.record(
        batch_id=held.batch_id,
        epoch=held.epoch,
        outcomes=held.journal.outcomes(),
        replay=held.replay,
    )
    held.journal.delete()


def call_again() -> Batch:
    """The batch that is to be replayed, due now."""
    batch = Batch.objects.get(state=Batch.State.WAITING)
    Batch.objects.filter(pk=batch.pk).update(not_before=F("not_before") - timedelta(minutes=1))
    return batch


def lost_call(readers: int = 3) -> tuple[Mailing, list[int]]:
    mailing = make_mailing(readers)
    held = claimed()
    subscriber_ids = call(held)
    lose_the_answer(held, subscriber_ids)
    finish(held)
    return mailing, subscriber_ids


def test_a_doubt_with_a_living_key_becomes_a_batch_of_that_call_in_its_order() -> None:
    mailing, subscriber_ids = lost_call()
    batch = call_again()
    assert (batch.key, batch.ids(), batch.transport) == (KEY, subscriber_ids, "resend")
    assert batch.key_until is not None
    assert states(mailing) == ["retrying"] * 3
    again = claimed()
    assert (again.key, [person.id for person in again.recipients]) == (KEY, subscriber_ids)
    again.journal.delete()


def test_the_first_call_gets_time_to_end_before_it_is_made_again() -> None:
    lost_call()
    assert claim() is None


def test_each_call_of_a_batch_is_a_batch_of_its_own() -> None:
    make_mailing(4)
    held = claimed()
    one, two, three, four = [person.id for person in held.recipients]
    for key, subscriber_ids in (("5-1-0", [one, two]), ("5-1-1", [four, three])):
        held.journal.attempt_call(subscriber_ids, key)
        lose_the_answer(held, subscriber_ids, key=key)
    finish(held)
    batches = Batch.objects.filter(state=Batch.State.WAITING).order_by("key")
    assert [(batch.key, batch.ids()) for batch in batches] == [
        ("5-1-0", [one, two]),
        ("5-1-1", [four, three]),
    ]


@pytest.mark.parametrize("key", ["", KEY])
def test_without_a_key_or_with_a_dead_one_it_stays_a_doubt(key: str) -> None:
    mailing = make_mailing(2)
    held = claimed()
    subscriber_ids = [person.id for person in held.recipients]
    long_ago = 1_000_000_000 if key else 0
    outcomes = [
        Outcome(subscriber_id, ServerAnswer.DOUBT, "timed out", 0, key, long_ago)
        for subscriber_id in subscriber_ids
    ]
    ledger.record(batch_id=held.batch_id, epoch=held.epoch, outcomes=outcomes, replay=KEYED)
    held.journal.delete()
    assert states(mailing) == ["in_doubt"] * 2
    assert not Batch.objects.filter(state=Batch.State.WAITING).exists()


def nobody_is_mailed(mailing: Mailing, *, transport: str = "resend", others: int = 3) -> None:
    held = claimed(transport)
    assert held.recipients == []
    finish(held)
    now = report(mailing)
    assert now.accounted
    assert now.deliveries["in_doubt"] == others
    assert now.deliveries["retrying"] == now.deliveries["attempting"] == 0


def test_where_somebody_left_meanwhile_nobody_is_mailed() -> None:
    mailing, subscriber_ids = lost_call()
    Subscriber.objects.filter(pk=subscriber_ids[0]).delete()
    call_again()
    nobody_is_mailed(mailing)


def test_where_one_of_them_is_known_to_have_got_it_nobody_is_mailed() -> None:
    mailing, subscriber_ids = lost_call()
    Delivery.objects.filter(subscriber_id=subscriber_ids[1]).update(state=Delivery.State.DELIVERED)
    call_again()
    nobody_is_mailed(mailing, others=2)


def test_where_the_key_died_meanwhile_nobody_is_mailed() -> None:
    mailing, _ = lost_call()
    Batch.objects.filter(key=KEY).update(key_until=F("key_until") - timedelta(hours=25))
    call_again()
    nobody_is_mailed(mailing)


@pytest.mark.parametrize("transport", ["smtp", "brevo", "outbox"])
def test_where_mail_goes_another_way_now_nobody_is_mailed(transport: str) -> None:
    """The new way knows nothing of the key: everybody would be mailed a second time."""
    mailing, _ = lost_call()
    call_again()
    nobody_is_mailed(mailing, transport=transport)


def test_a_replay_that_was_handed_back_untouched_keeps_key_and_order() -> None:
    mailing, subscriber_ids = lost_call()
    until = call_again().key_until
    finish(claimed())  # asked to stop before the call
    batch = call_again()
    assert (batch.key, batch.key_until, batch.ids()) == (KEY, until, subscriber_ids)
    assert batch.transport == "resend"
    assert set(Delivery.objects.values_list("attempt", flat=True)) == {1}
    assert states(mailing) == ["retrying"] * 3


def test_a_replay_whose_answer_is_lost_too_is_made_once_more_while_its_key_lives() -> None:
    _, subscriber_ids = lost_call()
    call_again()
    held = claimed()
    lose_the_answer(held, call(held, of=subscriber_ids))
    finish(held)
    assert call_again().ids() == subscriber_ids


def test_a_call_that_must_not_be_made_again_is_not() -> None:
    """The provider knows the key of another call: with it, it would say so for ever."""
    mailing = make_mailing(2)
    held = claimed()
    lose_the_answer(held, call(held), key="")
    finish(held)
    assert states(mailing) == ["in_doubt"] * 2
    assert not Batch.objects.filter(state=Batch.State.WAITING).exists()


# --- What a killed worker left ---


def test_an_orphaned_call_without_an_answer_is_made_again() -> None:
    mailing = make_mailing(4)
    held = claimed()
    one, two, three, four = [person.id for person in held.recipients]
    call(held, of=[two, one])
    held.journal.abandon()
    recovery.settle_orphans()
    keyed = Batch.objects.get(state=Batch.State.WAITING, key=KEY)
    others = Batch.objects.get(state=Batch.State.WAITING, key="")
    assert (keyed.ids(), others.ids()) == ([two, one], [three, four])
    assert states(mailing) == ["retrying"] * 4


def test_an_orphaned_doubt_that_must_not_be_repeated_stays_one() -> None:
    mailing = make_mailing(2)
    held = claimed()
    lose_the_answer(held, call(held), key="")
    held.journal.abandon()
    recovery.settle_orphans()
    assert states(mailing) == ["in_doubt"] * 2


def test_an_orphaned_call_over_a_way_without_keys_is_in_doubt() -> None:
    mailing = make_mailing(2)
    held = claimed("smtp")
    call(held)
    held.journal.abandon()
    recovery.settle_orphans()
    assert states(mailing) == ["in_doubt"] * 2


def test_a_journal_that_turns_up_late_settles_doubts_and_repeats_no_call() -> None:
    mailing = make_mailing(3)
    held = claimed()
    one, two, three = [person.id for person in held.recipients]
    call(held, of=[one, two])
    held.journal.answer(Outcome(one, ServerAnswer.ACCEPTED))
    held.journal.abandon()
    Batch.objects.update(lease_until=F("lease_until") - timedelta(minutes=5))
    recovery.take_over_expired()
    assert states(mailing) == ["in_doubt"] * 3
    recovery.settle_orphans()
    assert states(mailing) == ["accepted", "in_doubt", "retrying"]
    [batch] = Batch.objects.filter(state=Batch.State.WAITING)
    assert (batch.ids(), batch.key) == ([three], "")


def test_a_replay_of_a_cancelled_mailing_is_in_doubt_and_mails_nobody() -> None:
    mailing, _ = lost_call()
    Mailing.objects.update(state=Mailing.State.CANCELLED)
    call_again()
    recovery.leave_out_cancelled(worker="test:1")
    assert states(mailing) == ["in_doubt"] * 3
    assert report(mailing).accounted


def test_the_key_of_a_journal_survives_the_disk() -> None:
    journal = Journal(Name(7, 1))
    journal.attempt_call([3, 1], KEY)
    journal.answer_call([Outcome(3, ServerAnswer.DOUBT, "cut", 0, KEY)])
    from posts.delivery.worker.journal import read

    assert read(journal.path.read_bytes()) == (journal.outcomes(), True)
    assert {outcome.key for outcome in journal.outcomes()} == {KEY}
    journal.delete()
