from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from posts.delivery.mailings import finish
from posts.delivery.mailings.control import cancel
from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import journal, recovery
from posts.delivery.worker.journal import Journal, Name
from posts.delivery.worker.replay import Replay
from tests.delivery.making import claim, drain, make_mailing, outbox, states

pytestmark = pytest.mark.django_db


def die_after(transport: str, *, answered: int, attempted: int) -> Mailing:
    """A mailing of five whose worker was killed: its lock is gone, its journal lies there."""
    mailing = make_mailing(5)
    claimed = claim(transport)
    for number, person in enumerate(claimed.recipients[:attempted], start=1):
        claimed.journal.attempt(person.id)
        if number <= answered:
            claimed.journal.answer(Outcome(person.id, ServerAnswer.ACCEPTED))
    claimed.journal.abandon()
    return mailing


def test_a_killed_worker_leaves_one_doubt_and_the_rest_goes_on(journal_folder: Path) -> None:
    mailing = die_after("smtp", answered=2, attempted=3)
    recovery.settle_orphans()
    assert states(mailing) == ["accepted", "accepted", "in_doubt", "retrying", "retrying"]
    assert report(mailing).accounted
    assert list(journal_folder.iterdir()) == []


def test_on_the_outbox_nothing_is_in_doubt_and_a_replay_leaves_one_file() -> None:
    mailing = die_after("outbox", answered=2, attempted=3)
    recovery.settle_orphans()
    assert states(mailing) == ["accepted", "accepted", "retrying", "retrying", "retrying"]
    drain()
    # The killed worker of this test wrote no files; the three that were retried did.
    assert len(outbox()) == 3
    assert Mailing.objects.get().state == "finished"


def test_settling_twice_changes_nothing_more() -> None:
    mailing = die_after("smtp", answered=2, attempted=3)
    recovery.settle_orphans()
    before = states(mailing), Batch.objects.count()
    recovery.settle_orphans()
    assert (states(mailing), Batch.objects.count()) == before


def test_a_journal_whose_claim_never_committed_means_nothing() -> None:
    mailing = make_mailing(2)
    Journal(Name(Batch.objects.get().pk, epoch=1)).abandon()
    recovery.settle_orphans()
    assert report(mailing).deliveries["waiting"] == 2


def test_killed_between_record_and_deletion_changes_nothing() -> None:
    mailing = make_mailing(1)
    claimed = claim()
    outcome = Outcome(claimed.recipients[0].id, ServerAnswer.ACCEPTED)
    claimed.journal.attempt(outcome.subscriber_id)
    claimed.journal.answer(outcome)
    from posts.delivery.worker import ledger

    ledger.record(batch_id=claimed.batch_id, epoch=1, outcomes=[outcome], replay=Replay())
    claimed.journal.abandon()
    recovery.settle_orphans()
    assert states(mailing) == ["accepted"]


def test_on_a_host_that_is_gone_the_whole_batch_is_in_doubt() -> None:
    mailing = make_mailing(3)
    claimed = claim()
    claimed.journal.delete()  # the disk went with the host
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    recovery.take_over_expired()
    assert states(mailing) == ["in_doubt"] * 3
    finish.finish_done()
    assert Mailing.objects.get().state == "finished"


def test_a_live_lease_is_left_alone() -> None:
    mailing = make_mailing(3)
    claimed = claim()
    recovery.take_over_expired()
    assert states(mailing) == ["attempting"] * 3
    claimed.journal.delete()


def test_the_journal_of_a_host_that_came_back_resolves_the_doubts() -> None:
    mailing = die_after("smtp", answered=2, attempted=3)
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    recovery.take_over_expired()
    finish.finish_done()
    assert states(mailing) == ["in_doubt"] * 5
    recovery.settle_orphans()
    assert states(mailing) == ["accepted", "accepted", "in_doubt", "retrying", "retrying"]
    # It has work again, so it is not finished any more.
    assert Mailing.objects.get().state == "sending"


def test_cancelling_leaves_out_whoever_was_not_attempted() -> None:
    mailing = die_after("smtp", answered=2, attempted=3)
    recovery.settle_orphans()
    cancel(mailing=mailing, by="ada")
    recovery.leave_out_cancelled(worker="test:1")
    now = report(mailing)
    assert states(mailing) == ["accepted", "accepted", "in_doubt", "left_out", "left_out"]
    assert (now.state, now.left_out, now.accounted) == ("cancelled", {"cancelled": 2}, True)


def test_cancelling_needs_no_way_out_for_those_still_waiting() -> None:
    mailing = make_mailing(4, batch_size=2)
    cancel(mailing=mailing, by="ada")
    recovery.leave_out_cancelled(worker="test:1")
    assert report(mailing).left_out == {"cancelled": 4}
    assert not Delivery.objects.exclude(state=Delivery.State.LEFT_OUT).exists()


def test_a_claim_in_the_very_moment_of_settling_keeps_its_batch_and_its_journal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else two workers would hand over the same batch at once."""
    mailing = make_mailing(2)
    Journal(Name(Batch.objects.get().pk, epoch=1)).abandon()  # of a claim that never committed
    found = journal.orphans
    live = []

    def while_another_worker_claims() -> Iterator[journal.Orphan]:
        for orphan in found():
            live.append(claim())
            yield orphan

    monkeypatch.setattr(journal, "orphans", while_another_worker_claims)
    recovery.settle_orphans()
    assert states(mailing) == ["attempting"] * 2
    assert live[0].journal.path.exists()
    live[0].journal.delete()


def test_after_a_power_cut_nobody_is_tried_again_on_the_word_of_an_empty_journal() -> None:
    mailing = die_after("smtp", answered=2, attempted=3)
    [file] = journal.folder().glob("*.journal")
    file.write_bytes(b"")
    recovery.settle_orphans()
    assert states(mailing) == ["in_doubt"] * 5
    assert report(mailing).accounted


def test_a_strange_file_among_the_journals_stops_nothing(journal_folder: Path) -> None:
    mailing = die_after("smtp", answered=2, attempted=3)
    (journal_folder / "0-notes.journal").write_text("made by hand")
    recovery.settle_orphans()
    assert states(mailing)[2] == "in_doubt"
