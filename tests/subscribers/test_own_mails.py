"""One rule says how often a mail of ours may become due, whatever its kind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers import own_mails
from subscribers.models import Subscriber, TransactionalMail
from tests.subscribers.making import ADA, mail_row

pytestmark = pytest.mark.django_db

Kind = TransactionalMail.Kind


@pytest.fixture
def ada() -> Subscriber:
    return Subscriber.objects.create(email=ADA, address=ADA)


def leaves(kind: Kind, *, ago: timedelta = timedelta(0)) -> None:
    """What the mailer writes when it hands one over."""
    row = mail_row(kind)
    row.mailed_at, row.due_at, row.times = timezone.now() - ago, None, row.times + 1
    row.save()


@pytest.mark.parametrize("kind", Kind)
def test_the_first_of_each_kind_becomes_due(ada: Subscriber, kind: Kind) -> None:
    assert own_mails.ask(ada, kind)
    assert mail_row(kind).due_at is not None


@pytest.mark.parametrize("kind", Kind)
def test_she_is_left_alone_for_a_while_after_one(ada: Subscriber, kind: Kind) -> None:
    wait = timedelta(minutes=10)
    own_mails.ask(ada, kind)
    leaves(kind, ago=timedelta(minutes=9))
    assert not own_mails.ask(ada, kind, again_after=wait, most=2)
    assert mail_row(kind).due_at is None
    TransactionalMail.objects.update(mailed_at=timezone.now() - wait)
    assert own_mails.ask(ada, kind, again_after=wait, most=2)


def test_of_most_kinds_there_are_so_many_until_a_day_passes_without_one(ada: Subscriber) -> None:
    kind, at_once = Kind.PREFERENCES, timedelta(0)
    for _ in range(3):
        assert own_mails.ask(ada, kind, again_after=at_once, most=3)
        leaves(kind)
    assert not own_mails.ask(ada, kind, again_after=at_once, most=3)
    TransactionalMail.objects.update(mailed_at=timezone.now() - own_mails.A_DAY)
    assert own_mails.ask(ada, kind, again_after=at_once, most=3)
    assert mail_row(kind).times == 0


def test_those_that_ask_to_confirm_are_counted_until_she_answers(ada: Subscriber) -> None:
    for _ in range(2):
        assert own_mails.ask(ada, Kind.CONFIRM, most=2)
        leaves(Kind.CONFIRM, ago=timedelta(days=2))
    token = mail_row().token
    assert not own_mails.ask(ada, Kind.CONFIRM, most=2), "however many days pass"
    TransactionalMail.objects.update(answered_at=timezone.now(), mailed_at=timezone.now())
    assert own_mails.ask(ada, Kind.CONFIRM, most=2), "at once: it is for another newsletter"
    assert mail_row().token not in (None, token)


def test_the_link_under_way_stays_good_when_she_asks_again(ada: Subscriber) -> None:
    own_mails.ask(ada, Kind.CONFIRM, most=3)
    token = mail_row().token
    leaves(Kind.CONFIRM, ago=own_mails.A_DAY)
    assert own_mails.ask(ada, Kind.CONFIRM, most=3)
    assert mail_row().token == token


def test_a_link_that_was_used_counts_no_more(ada: Subscriber) -> None:
    own_mails.ask(ada, Kind.PREFERENCES)
    leaves(Kind.PREFERENCES)
    own_mails.note_used(ada, Kind.PREFERENCES)
    row = mail_row(Kind.PREFERENCES)
    assert row.times == 0
    assert row.answered_at is not None


def test_a_new_mailbox_need_not_wait_for_what_went_to_the_old_one(ada: Subscriber) -> None:
    own_mails.ask(ada, Kind.PREFERENCES)
    leaves(Kind.PREFERENCES)
    assert not own_mails.ask(ada, Kind.PREFERENCES)
    own_mails.allow_again(ada, Kind.PREFERENCES)
    assert own_mails.ask(ada, Kind.PREFERENCES)
