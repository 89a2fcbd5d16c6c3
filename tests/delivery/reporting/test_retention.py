"""Who got what is forgotten after some time; the numbers stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.delivery.mailings import control, finish, followups
from posts.delivery.mailings.audit import DeliveryRefused, audit
from posts.delivery.mailings.queries import report
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Mailing
from posts.delivery.rate.models import SendingSettings
from posts.delivery.reporting import retention
from posts.delivery.reporting.tally import tally
from posts.delivery.worker import recovery
from tests.delivery.making import drain, make_mailing
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db


def finished(readers: int = 5, days_ago: int = 400) -> Mailing:
    mailing = make_mailing(readers)
    drain()
    finish.finish_done()
    _age(mailing, days_ago)
    return mailing


def _age(mailing: Mailing, days: int) -> None:
    ended = timezone.now() - timedelta(days=days)
    Mailing.objects.filter(pk=mailing.pk).update(finished_at=ended)


def test_old_rows_become_the_same_numbers(db: None) -> None:
    mailing = finished()
    rows = Delivery.objects.filter(mailing=mailing).order_by("subscriber_id")
    left, bounced = rows[0].subscriber_id, rows[1].subscriber_id
    rows.filter(subscriber_id=left).update(state=Delivery.State.LEFT_OUT, reason="resting")
    rows.filter(subscriber_id=bounced).update(state=Delivery.State.BOUNCED, reason="hard")
    before, counted = report(mailing), tally(mailing)

    assert retention.fold_old() == 1

    after, recounted = report(mailing), tally(mailing)
    assert not rows.exists()
    assert (after.deliveries, after.left_out) == (before.deliveries, before.left_out)
    assert after.accounted
    assert after.left_out == {"resting": 1}
    assert recounted.bounced == counted.bounced == {"hard": 1}
    assert recounted.attempts == counted.attempts
    assert after.mailing.folded_at is not None


def test_young_ones_are_kept_as_long_as_the_writer_says(db: None) -> None:
    mailing = finished(days_ago=20)

    assert retention.fold_old() == 0
    SendingSettings.objects.create(keep_days=19)
    assert retention.fold_old() == 1
    assert not Delivery.objects.filter(mailing=mailing).exists()


def test_a_worker_that_dies_in_between_is_continued_and_the_numbers_hold_meanwhile(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    mailing = finished(5)
    before = report(mailing).deliveries

    assert retention.fold_old(seconds=-1) == 0

    assert Delivery.objects.filter(mailing=mailing).count() == 3
    assert report(mailing).deliveries == before
    assert retention.fold_old() == 1
    assert report(mailing).deliveries == before


def test_what_is_still_going_on_is_never_folded(db: None) -> None:
    mailing = make_mailing(2)
    _age(mailing, 400)

    assert retention.fold_old() == 0


def test_a_row_that_moves_after_the_count_changes_no_number(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 1)
    mailing = finished(3)
    retention.fold_old(seconds=-1)
    before = report(mailing).deliveries

    Delivery.objects.filter(mailing=mailing).update(state=Delivery.State.COMPLAINED)

    assert report(mailing).deliveries == before


def test_no_catch_up_and_no_correction_where_nobody_knows_who_got_it(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter)
    mailing, _ = start_mailing(post=make_post(newsletter=newsletter), by="ada")
    drain()
    finish.finish_done()
    _age(mailing, 400)
    retention.fold_old()

    with pytest.raises(DeliveryRefused, match="no longer known"):
        followups.catch_up(first=mailing, by="ada")
    with pytest.raises(DeliveryRefused, match="no longer known"):
        followups.correct(first=mailing, note="Tuesday.", by="ada")
    with pytest.raises(DeliveryRefused, match="no longer known"):
        control.retry_failed(mailing=mailing, by="ada")


def test_addresses_in_the_audit_are_forgotten_with_the_rows(db: None) -> None:
    mailing = finished()
    audit(mailing, by="machine", action="paused", detail="550 <ada@example.org> may not send")

    retention.fold_old()

    assert not mailing.events.filter(detail__contains="ada@").exists()
    assert mailing.events.filter(action="paused").exists()


def test_rows_that_do_not_add_up_are_kept_as_evidence(db: None) -> None:
    mailing = finished(3)
    Mailing.objects.filter(pk=mailing.pk).update(candidates=4)

    assert retention.fold_old() == 0
    assert Delivery.objects.filter(mailing=mailing).count() == 3


def test_a_cancelled_mailing_is_folded_too(db: None) -> None:
    mailing = make_mailing(2)
    control.cancel(mailing=mailing, by="ada")
    recovery.leave_out_cancelled(worker="test:1")
    long_ago = timezone.now() - timedelta(days=400)
    Mailing.objects.filter(pk=mailing.pk).update(created_at=long_ago, starts_at=long_ago)

    assert retention.fold_old() == 1
    assert report(mailing).left_out == {"cancelled": 2}
