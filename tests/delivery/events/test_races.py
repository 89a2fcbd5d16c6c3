"""What is reported while we claim, record or apply ourselves: only PostgreSQL lets them overlap."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from posts.delivery.events.apply import apply_pending
from posts.delivery.events.inbox import store
from posts.delivery.events.models import ProviderEvent
from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import ledger
from posts.delivery.worker.replay import Replay
from subscribers.models import SoftBounces, Subscriber
from tests.delivery.events import payloads
from tests.delivery.events.making import brevo_reports, handed_over, metadata_of, readers_of
from tests.delivery.making import claim, make_mailing, states

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),  # SQLite has one writer at a time
]


def in_a_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_who_is_told_to_have_it_while_her_retry_is_claimed_is_claimed_or_spared() -> None:
    """The claim locks whom it looks at: a "delivered" then comes after it, and stays."""
    mailing = make_mailing(1)
    first = claim("brevo")
    ledger.record(batch_id=first.batch_id, epoch=first.epoch, outcomes=[], replay=Replay())
    first.journal.delete()
    [person] = readers_of(mailing)
    reports: list[threading.Thread] = []

    def and_now_it_is_told(execute: Any, sql: str, *arguments: Any) -> Any:
        answer = execute(sql, *arguments)
        if sql.startswith("SELECT") and 'FROM "posts_delivery"' in sql and not reports:
            # Between the look at who is retrying and the update.
            reports.append(in_a_thread(lambda: brevo_reports("delivered", mailing, person)))
            reports[0].join(timeout=2)
        return answer

    with connection.execute_wrapper(and_now_it_is_told):
        again = claim("brevo")
    reports[0].join()
    # Either she was spared, or she was claimed and the event is on top of it.
    assert states(mailing) == ["delivered"]
    assert (Delivery.objects.get().batch_id == again.batch_id) == bool(again.recipients)
    outcomes = [Outcome(one.id, ServerAnswer.RETRY, "later") for one in again.recipients]
    ledger.record(batch_id=again.batch_id, epoch=again.epoch, outcomes=outcomes, replay=Replay())
    again.journal.delete()
    assert states(mailing) == ["delivered"]


def store_for(mailing: Mailing, people: Sequence[Subscriber], event: str) -> None:
    for person in people:
        ids = metadata_of(mailing, person)
        words = f"{event} of {person.address}"
        store(
            provider="brevo",
            headers={},
            body=payloads.brevo(event, person.address, ids, reason=words),
        )


def test_recording_and_applying_at_once_end_with_what_was_told() -> None:
    """Many rows each, in orders of their own: neither is stopped by a deadlock."""
    mailing = make_mailing(120, batch_size=40)
    held = [claim("brevo") for _ in range(3)]
    people = readers_of(mailing)
    store_for(mailing, people[::2], "delivered")
    store_for(mailing, people[::3], "soft_bounce")
    failures: list[BaseException] = []

    def record() -> None:
        try:
            for one in held:
                outcomes = [
                    Outcome(person.id, answer, f"words {number % 5}")
                    for number, person in enumerate(reversed(one.recipients))
                    for answer in [
                        (ServerAnswer.ACCEPTED, ServerAnswer.REFUSED, ServerAnswer.DOUBT)[
                            number % 3
                        ]
                    ]
                ]
                ledger.record(
                    batch_id=one.batch_id,
                    epoch=one.epoch,
                    outcomes=outcomes,
                    replay=Replay(),
                )
        except BaseException as error:
            failures.append(error)
            raise

    threads = [in_a_thread(record), in_a_thread(apply_pending), in_a_thread(apply_pending)]
    for thread in threads:
        thread.join()
    for one in held:
        one.journal.delete()
    apply_pending()
    assert failures == []
    now = dict(Delivery.objects.values_list("subscriber_id", "state"))
    assert {now[person.pk] for person in people[::3]} == {Delivery.State.BOUNCED}
    only_delivered = set(people[::2]) - set(people[::3])
    assert {now[person.pk] for person in only_delivered} == {Delivery.State.DELIVERED}
    assert report(mailing).accounted


def test_two_workers_that_apply_the_same_events_apply_them_once() -> None:
    mailing = handed_over(30)
    store_for(mailing, readers_of(mailing), "soft_bounce")
    threads = [in_a_thread(apply_pending) for _ in range(3)]
    for thread in threads:
        thread.join()
    apply_pending()
    assert set(SoftBounces.objects.values_list("count", flat=True)) == {1}
    assert not ProviderEvent.objects.filter(applied_at=None).exists()


def test_a_takeover_at_the_same_moment_leaves_no_one_uncounted() -> None:
    mailing = make_mailing(40)
    held = claim("brevo")
    held.journal.delete()
    store_for(mailing, readers_of(mailing), "delivered")
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    def take_over() -> None:
        ledger.take_over(batch_id=held.batch_id, epoch=held.epoch, replay=Replay())

    threads = [in_a_thread(apply_pending), in_a_thread(take_over)]
    for thread in threads:
        thread.join()
    apply_pending()
    assert set(states(mailing)) == {"delivered"}
    assert report(mailing).accounted
