"""The numbers of a report: each recipient is counted once in each table."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery.mailings.queries import count
from posts.delivery.models import Delivery, Mailing
from posts.delivery.reporting.tally import TAKEN, tally
from tests.delivery.making import add_waiting, make_mailing
from tests.delivery.reporting.making import begin_earlier, finish, make_settled, put

State = Delivery.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed() -> Mailing:
    """Every state, and two who wait."""
    mailing = make_settled(
        (State.ATTEMPTING, "", None),
        (State.ACCEPTED, "", None),
        (State.REFUSED, "", "550 5.1.1 <ada@example.org>: unknown"),
        (State.REFUSED, "", "550-5.1.1 <ben@example.org>: no mailbox"),
        (State.REFUSED, "", "552 5.2.2 full"),
        (State.RETRYING, "", "451 later"),
        (State.IN_DOUBT, "", "no answer"),
        (State.LEFT_OUT, "resting", None),
        (State.LEFT_OUT, "erased", None),
        (State.LEFT_OUT, "erased", None),
        (State.DELIVERED, "", None),
        (State.DELIVERED, "", None),
        (State.BOUNCED, "hard", "550 gone"),
        (State.BOUNCED, "soft", "452 full"),
        (State.COMPLAINED, "", None),
    )
    add_waiting(mailing, [9001, 9002])
    Mailing.objects.update(candidates=17)
    return mailing


def test_it_counts_what_the_accounting_counts(mixed: Mailing) -> None:
    found = tally(mixed).report
    assert found == count(mixed)
    assert found.accounted


def test_all_parts_add_up_to_their_whole(mixed: Mailing) -> None:
    found = tally(mixed)
    counts = found.report.deliveries
    assert sum(found.bounced.values()) == counts["bounced"] == 2
    assert sum(group.people for group in found.refused) == counts["refused"] == 3
    assert sum(found.report.left_out.values()) == counts["left_out"] == 3
    assert sum(found.attempts.values()) == found.report.candidates
    taken = sum(counts[str(state.label)] for state in TAKEN)
    assert sum(people for _, people in found.accepted) == taken == 6
    for name, moments in found.later.items():
        assert sum(people for _, people in moments) == counts[name]


def test_refusals_are_grouped_by_code_and_not_by_text(mixed: Mailing) -> None:
    most, rest = tally(mixed).refused
    assert (most.code, most.people) == ("5.1.1", 2)
    assert most.example in (
        "550 5.1.1 <ada@example.org>: unknown",
        "550-5.1.1 <ben@example.org>: no mailbox",
    )
    assert (rest.code, rest.people, rest.example) == ("5.2.2", 1, "552 5.2.2 full")


def test_who_was_never_attempted_counts_as_no_attempt() -> None:
    mailing = make_mailing(5)
    batch = mailing.batches.get()
    ids = batch.ids()
    put(batch, ids[0], State.ACCEPTED, attempt=3)
    put(batch, ids[1], State.LEFT_OUT, reason="resting")  # at the claim
    put(batch, ids[2], State.LEFT_OUT, reason="resting", attempt=2)  # when a retry was due
    put(batch, ids[3], State.RETRYING, attempt=0)  # claimed, and handed back
    finish(batch)
    add_waiting(mailing, ids[4:])
    found = tally(mailing)
    assert found.attempts == {0: 3, 1: 1, 3: 1}
    assert found.attempts_made == 4


def test_letters_are_accepted_when_their_batch_was_recorded() -> None:
    """Whoever was told to be delivered since has lost the time of her hand-over."""
    mailing = make_mailing(4, batch_size=2)
    start = begin_earlier(mailing, timedelta(hours=3))
    one, two = mailing.batches.order_by("pk")
    finished = start + timedelta(minutes=5)
    for subscriber_id in one.ids():
        put(one, subscriber_id, State.DELIVERED, at=start + timedelta(hours=1))
    put(two, two.ids()[0], State.ACCEPTED, at=start + timedelta(minutes=9))  # not done yet
    finish(one, at=finished)
    found = tally(mailing)
    assert found.started == start
    (first, both), (second, only) = sorted(found.accepted)
    assert (first, both) == (finished, 2)
    assert (only, abs(second - start - timedelta(minutes=9)) < timedelta(seconds=1)) == (1, True)
    [(delivered, two_people)] = found.later["delivered"]
    assert abs(delivered - start - timedelta(hours=1)) <= found.unit
    assert two_people == 2


@pytest.mark.parametrize("age", [timedelta(hours=2), timedelta(days=3)])
def test_an_old_mailing_is_looked_at_less_finely(age: timedelta) -> None:
    mailing = make_settled(*[(State.DELIVERED, "", None)] * 2)
    start = begin_earlier(mailing, age)
    for minutes, row in zip((30, 34), Delivery.objects.all(), strict=True):
        at = timezone.localtime(start).replace(minute=0, second=0) + timedelta(minutes=minutes)
        Delivery.objects.filter(mailing=mailing, subscriber_id=row.subscriber_id).update(
            changed_at=at
        )
    pieces = tally(mailing).later["delivered"]
    assert len(pieces) == (2 if age < timedelta(days=1) else 1)


def test_the_numbers_come_out_of_one_statement(mixed: Mailing) -> None:
    """Counted in two, somebody who is claimed in between would be counted twice or not at all."""
    with CaptureQueriesContext(connection) as queries:
        tally(mixed)
    counting = [query["sql"] for query in queries if "posts_delivery" in query["sql"]]
    assert len(counting) == 1


def test_another_mailing_is_not_counted(mixed: Mailing) -> None:
    before = tally(mixed)
    make_settled((State.BOUNCED, "hard", "550 gone"))
    after = tally(mixed)
    assert (after.report, after.bounced, after.accepted) == (
        before.report,
        before.bounced,
        before.accepted,
    )


def test_a_mailing_that_has_only_been_planned_counts_nobody() -> None:
    mailing = make_mailing(0)
    at = timezone.now() + timedelta(days=1)
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.SCHEDULED, starts_at=at)
    found = tally(mailing)
    assert found.report.accounted
    assert (found.started, found.attempts, found.accepted) == (at, {}, [])
