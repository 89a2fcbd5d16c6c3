"""Two at the same moment, each in a transaction of its own: only PostgreSQL lets them overlap."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from posts.delivery import batches
from posts.delivery.mailings import finish, queries
from posts.delivery.mailings.queries import Report
from posts.delivery.models import Batch, Mailing
from posts.delivery.worker import ledger
from posts.delivery.worker.replay import Replay
from tests.delivery.making import claim, make_mailing, states

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),  # SQLite has one writer at a time
]


def test_evidence_that_turns_up_while_a_mailing_is_being_finished_keeps_it_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else its retries would wait for ever in a mailing that nobody claims from."""
    mailing = make_mailing(3)
    claimed = claim()
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    ledger.take_over(batch_id=claimed.batch_id, epoch=claimed.epoch, replay=Replay())
    told = threading.Event()

    def tell() -> None:
        ledger.apply_evidence(batch_id=claimed.batch_id, outcomes=[], replay=Replay())
        told.set()
        connections.close_all()

    witness = threading.Thread(target=tell)

    def count_while_the_witness_speaks(of: Mailing) -> Report:
        counted = queries.count(of)
        witness.start()
        told.wait(timeout=1)
        return counted

    monkeypatch.setattr(finish, "count", count_while_the_witness_speaks)
    finish.finish_if_done(mailing.pk)
    witness.join()
    assert states(mailing) == ["retrying"] * 3
    assert Mailing.objects.get().state == "sending"
    assert batches.due().exists()
    claimed.journal.delete()


def test_the_counts_add_up_at_every_look_while_workers_claim_and_record() -> None:
    mailing = make_mailing(300, batch_size=3)
    over = threading.Event()

    def work() -> None:
        while (
            held := ledger.claim(transport="smtp", replay=Replay(), worker="test:1")
        ) is not None:
            ledger.record(batch_id=held.batch_id, epoch=held.epoch, outcomes=[], replay=Replay())
            held.journal.delete()
            if over.is_set():
                break
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    looks = [queries.count(mailing) for _ in range(150)]
    over.set()
    for worker in workers:
        worker.join()
    assert all(look.accounted for look in looks)
    assert len({look.deliveries["waiting"] for look in looks}) > 1
