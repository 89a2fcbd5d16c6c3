"""Who left since a mailing, when nobody knows which letter it was that they had read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.delivery.models import Delivery, Mailing
from posts.delivery.reporting.leaving import WITHIN, Leaving, left_since
from tests.delivery.making import make_mailing
from tests.delivery.reporting.making import begin_earlier, leave, make_settled
from tests.factories import make_newsletter, make_subscriber

State = Delivery.State
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing() -> Mailing:
    """It went to two, twenty days ago; a third was left out."""
    mailing = make_settled(
        (State.ACCEPTED, "", None), (State.DELIVERED, "", None), (State.LEFT_OUT, "resting", None)
    )
    begin_earlier(mailing, timedelta(days=20))
    return mailing


def ids(mailing: Mailing) -> list[int]:
    rows = Delivery.objects.filter(mailing=mailing).order_by("subscriber_id")
    return list(rows.values_list("subscriber_id", flat=True))


def left(mailing: Mailing) -> Leaving:
    return left_since(mailing, started=mailing.created_at)


def follow(mailing: Mailing, *, after: timedelta, **fields: object) -> Mailing:
    """The next first mailing of the same newsletter."""
    following = make_mailing(0, newsletter=mailing.newsletter)
    at = mailing.created_at + after
    Mailing.objects.filter(pk=following.pk).update(**{"created_at": at, **fields})
    return following


def test_whoever_leaves_within_fourteen_days_is_counted(mailing: Mailing) -> None:
    one, two, _ = ids(mailing)
    leave(one, mailing.newsletter, at=mailing.created_at + HOUR)
    leave(two, mailing.newsletter, at=mailing.created_at + WITHIN + HOUR)
    found = left(mailing)
    assert found.times == [mailing.created_at + HOUR]
    assert (found.until, found.by_next_mailing) == (mailing.created_at + WITHIN, False)


def test_whoever_left_before_it_is_not(mailing: Mailing) -> None:
    leave(ids(mailing)[0], mailing.newsletter, at=mailing.created_at - HOUR)
    assert left(mailing).times == []


def test_the_next_first_mailing_ends_the_count(mailing: Mailing) -> None:
    one, two, _ = ids(mailing)
    leave(one, mailing.newsletter, at=mailing.created_at + HOUR)
    leave(two, mailing.newsletter, at=mailing.created_at + 3 * HOUR)
    follow(mailing, after=2 * HOUR)
    found = left(mailing)
    assert len(found.times) == 1
    assert (found.until, found.by_next_mailing) == (mailing.created_at + 2 * HOUR, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Mailing.Kind.CORRECTION},
        {"undone_at": timezone.now()},
        {"state": Mailing.State.SCHEDULED},
        {"starts_at": timezone.now()},
    ],
)
def test_what_is_no_first_mailing_under_way_ends_nothing(
    mailing: Mailing, fields: dict[str, object]
) -> None:
    follow(mailing, after=2 * HOUR, **fields)
    assert not left(mailing).by_next_mailing


def test_one_person_counts_once_however_often_she_changed_her_mind(mailing: Mailing) -> None:
    person = ids(mailing)[0]
    leave(person, mailing.newsletter, at=mailing.created_at + 2 * HOUR)
    leave(person, mailing.newsletter, at=mailing.created_at + HOUR)
    assert left(mailing).times == [mailing.created_at + HOUR]


def test_others_are_not_counted(mailing: Mailing) -> None:
    """Left out, not in the mailing, or gone from another newsletter."""
    one, _, left_out = ids(mailing)
    at = mailing.created_at + HOUR
    leave(left_out, mailing.newsletter, at=at)
    leave(make_subscriber(mailing.newsletter).pk, mailing.newsletter, at=at)
    leave(one, make_newsletter(), at=at)
    assert left(mailing).times == []
