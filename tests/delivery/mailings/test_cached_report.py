"""Counting for pages that ask every two seconds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery.mailings import cached_report
from posts.delivery.mailings.cached_report import recent
from posts.delivery.models import Delivery, Mailing
from tests.delivery.making import make_mailing
from tests.delivery.reporting.making import put

State = Delivery.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing() -> Mailing:
    cached_report._kept.clear()
    return make_mailing(3)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each count took a minute."""
    monkeypatch.setattr(cached_report, "WORTH_KEEPING", 0.0)
    monkeypatch.setattr(cached_report, "AS_LONG_AS", 1_000_000)


def accept_one(mailing: Mailing) -> None:
    batch = mailing.batches.get()
    put(batch, batch.ids()[0], State.ACCEPTED)


def accepted(mailing: Mailing) -> int:
    return recent(Mailing.objects.get(pk=mailing.pk)).report.deliveries["accepted"]


def test_what_is_quickly_counted_is_counted_each_time(
    mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_report, "WORTH_KEEPING", 60.0)
    assert accepted(mailing) == 0
    accept_one(mailing)
    assert accepted(mailing) == 1
    assert recent(mailing).as_of is None


def test_a_slow_count_is_told_again_with_its_time(mailing: Mailing, slow: None) -> None:
    assert recent(mailing).as_of is None
    accept_one(mailing)
    with CaptureQueriesContext(connection) as queries:
        again = recent(mailing)
    assert [query["sql"] for query in queries if "posts_delivery" in query["sql"]] == []
    assert again.report.deliveries["accepted"] == 0
    assert again.as_of is not None
    assert timezone.now() - again.as_of < timedelta(minutes=1)


def test_after_ten_times_as_long_it_is_counted_anew(
    mailing: Mailing, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_report, "AS_LONG_AS", 0)
    recent(mailing)
    accept_one(mailing)
    assert accepted(mailing) == 1


@pytest.mark.parametrize(
    "change", [{"state": Mailing.State.FINISHED}, {"problem": "535 who are you?"}]
)
def test_what_somebody_changed_is_counted_anew_at_once(
    mailing: Mailing, slow: None, change: dict[str, str]
) -> None:
    recent(mailing)
    accept_one(mailing)
    Mailing.objects.update(**change)
    fresh = recent(Mailing.objects.get())
    assert fresh.report.deliveries["accepted"] == 1
    assert fresh.as_of is None


def test_each_mailing_has_its_own_count(mailing: Mailing, slow: None) -> None:
    other = make_mailing(1)
    accept_one(other)
    assert (accepted(mailing), accepted(other), accepted(mailing)) == (0, 1, 0)


def test_no_more_is_kept_than_a_process_has_use_for(
    mailing: Mailing, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_report, "MOST_KEPT", 2)
    for _ in range(3):
        recent(make_mailing(1))
    assert len(cached_report._kept) <= 2
