"""Two beats at the same moment: only PostgreSQL lets them overlap."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from posts.delivery.mailings import after_rest, digests
from posts.delivery.models import Batch, Digest, Mailing
from posts.delivery.reporting import retention
from subscribers.models import Subscriber
from tests.delivery.mailings.test_after_rest import TODAY, published, rested
from tests.delivery.mailings.test_digests import MONDAY, in_the_week
from tests.delivery.reporting.test_retention import finished
from tests.factories import make_newsletter, make_subscriber

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),  # SQLite has one writer at a time
]


def at_once(act: Callable[[], int], beats: int = 4) -> list[int]:
    """What each answers, none of them having failed."""
    together = threading.Barrier(beats)
    answers: list[int] = []

    def beat() -> None:
        together.wait()
        try:
            answers.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=beat) for _ in range(beats)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_beats_at_once_make_one_digest() -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    in_the_week(newsletter)

    assert at_once(lambda: digests.make_due(MONDAY)) == [0, 0, 0, 1]
    assert Mailing.objects.count() == Digest.objects.count() == 1


def test_beats_at_once_plan_one_mail_for_each_whose_rest_is_over() -> None:
    newsletter = make_newsletter()
    readers = [rested(newsletter).pk for _ in range(20)]
    published(newsletter, 10)

    assert at_once(lambda: after_rest.welcome_back(TODAY)) == [0, 0, 0, 20]
    assert (
        sorted(subscriber_id for batch in Batch.objects.all() for subscriber_id in batch.ids())
        == readers
    )
    assert not Subscriber.objects.filter(resting_since__isnull=False).exists()


def test_beats_at_once_fold_to_the_same_numbers(monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    mailing = finished(20)

    assert sum(at_once(retention.fold_old)) == 1
    mailing.refresh_from_db()
    assert mailing.totals is not None
    assert mailing.totals["deliveries"]["accepted"] == 20
