"""Held for undo, scheduled for later: what happens before anybody is mailed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.delivery import batches, tasks
from posts.delivery.mailings import control, schedule
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.queries import count, first_mailing
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Batch, Letter, LetterVariant, Mailing
from posts.delivery.rate.models import SendingSettings
from tests.delivery.clerk import hand_over, state_of
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db

SOON = timedelta(hours=1)


@pytest.fixture
def post(site: Foundation) -> PostPage:
    newsletter = make_newsletter()
    for _ in range(3):
        make_subscriber(newsletter)
    return make_post(title="Slow tea", newsletter=newsletter)


@pytest.fixture
def held(post: PostPage) -> Mailing:
    return start_mailing(post=post, by="ada", hold=60)[0]


@pytest.fixture
def scheduled(post: PostPage) -> Mailing:
    return schedule.schedule_mailing(post=post, at=timezone.now() + SOON, by="ada")[0]


def its_time_comes(mailing: Mailing, *, late: timedelta = timedelta(seconds=1)) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(starts_at=timezone.now() - late)


def audit(mailing: Mailing) -> list[tuple[str, str]]:
    return [(event.action, event.by) for event in mailing.events.all()]


def problem(mailing: Mailing) -> str:
    return str(Mailing.objects.get(pk=mailing.pk).problem)


# --- Held ---------------------------------------------------------------------------------


def test_the_time_to_undo_is_a_minute_unless_the_writer_says_otherwise() -> None:
    assert schedule.undo_seconds() == 60
    SendingSettings.objects.create(undo_seconds=5)
    assert schedule.undo_seconds() == 5


def test_content_and_audience_are_frozen_at_the_press_and_nobody_is_mailed(held: Mailing) -> None:
    make_subscriber(held.newsletter)
    assert (held.state, held.candidates) == ("held", 3)
    assert count(held).deliveries["waiting"] == 3
    assert count(held).accounted
    assert schedule.release_held() == 0
    assert hand_over() == []
    assert audit(held) == [("held", "ada")]


def test_when_the_time_is_over_it_goes_out_by_itself(held: Mailing) -> None:
    its_time_comes(held)
    tasks.sweep()
    assert state_of(held) == "sending"
    assert audit(held) == [("held", "ada"), ("released", "machine")]
    assert schedule.release_held() == 0
    Batch.objects.update(not_before=timezone.now())
    assert len(hand_over()) == 3
    assert state_of(held) == "finished"


def test_undone_it_is_as_if_never_asked_for(held: Mailing, post: PostPage) -> None:
    assert schedule.undo(mailing=held, by="ben") == 3
    held.refresh_from_db()
    assert (held.state, held.candidates, held.letter) == ("cancelled", 0, None)
    assert held.undone_at is not None
    assert count(held).accounted
    assert not Batch.objects.exists()
    assert not Letter.objects.exists()
    assert not LetterVariant.objects.exists()
    last = held.events.last()
    assert last is not None
    assert (last.action, last.by) == ("undone", "ben")
    assert last.detail.startswith("3 people")
    assert first_mailing(post.slug) is None


def test_an_undone_post_may_be_emailed_anew_and_undone_again(held: Mailing, post: PostPage) -> None:
    schedule.undo(mailing=held, by="ada")
    second, created = start_mailing(post=post, by="ada", hold=60)
    assert created
    schedule.undo(mailing=second, by="ada")
    third, created = start_mailing(post=post, by="ada")
    assert created
    assert len(hand_over()) == 3
    assert start_mailing(post=post, by="ada") == (third, False)


def test_what_has_started_cannot_be_undone(held: Mailing) -> None:
    its_time_comes(held)
    schedule.release_held()
    with pytest.raises(DeliveryRefused, match="too late to undo"):
        schedule.undo(mailing=held, by="ada")
    assert state_of(held) == "sending"
    assert Batch.objects.exists()


def test_what_was_undone_cannot_be_undone_or_started(held: Mailing) -> None:
    schedule.undo(mailing=held, by="ada")
    with pytest.raises(DeliveryRefused, match="nothing to undo"):
        schedule.undo(mailing=held, by="ada")
    with pytest.raises(DeliveryRefused, match="does not wait"):
        schedule.start_now(mailing=held, by="ada")


def test_cancelling_before_the_start_takes_all_of_it_back(held: Mailing, post: PostPage) -> None:
    control.cancel(mailing=held, by="ada")
    assert held.undone_at is not None
    assert audit(held)[-1] == ("cancelled", "ada")
    assert start_mailing(post=post, by="ada")[1]


def test_who_will_not_wait_starts_it_at_once(held: Mailing) -> None:
    schedule.start_now(mailing=held, by="ada")
    assert held.state == "sending"
    assert audit(held)[-1] == ("started now", "ada")
    assert len(hand_over()) == 3


# --- Scheduled ----------------------------------------------------------------------------


def test_a_scheduled_mailing_freezes_nothing_before_its_time(scheduled: Mailing) -> None:
    assert (scheduled.state, scheduled.letter, scheduled.candidates) == ("scheduled", None, 0)
    assert count(scheduled).accounted
    schedule.start_due()
    assert state_of(scheduled) == "scheduled"


def test_at_its_time_it_goes_to_whoever_is_subscribed_then(
    scheduled: Mailing, post: PostPage
) -> None:
    make_subscriber(post.newsletter)
    its_time_comes(scheduled)
    tasks.sweep()
    assert state_of(scheduled) == "sending"
    assert audit(scheduled) == [("scheduled", "ada"), ("started", "machine")]
    assert len(hand_over()) == 4
    assert count(scheduled).accounted


def test_a_post_that_is_emailed_by_hand_meanwhile_is_not_emailed_twice(
    scheduled: Mailing, post: PostPage
) -> None:
    assert start_mailing(post=post, by="ben") == (scheduled, False)
    again = schedule.schedule_mailing(post=post, at=timezone.now() + SOON, by="ben")
    assert again == (scheduled, False)


def test_a_post_that_will_not_be_public_by_then_is_not_scheduled(site: Foundation) -> None:
    draft = make_post(live=False)
    with pytest.raises(DeliveryRefused, match="will not be published by"):
        schedule.schedule_mailing(post=draft, at=timezone.now() + SOON, by="ada")
    assert not Mailing.objects.exists()


def test_an_hour_late_it_asks_first(scheduled: Mailing) -> None:
    its_time_comes(scheduled, late=timedelta(minutes=61))
    tasks.sweep()
    assert state_of(scheduled) == "scheduled"
    assert "more than an hour late" in problem(scheduled)
    assert audit(scheduled)[-1] == ("waits", "machine")
    tasks.sweep()
    assert [action for action, _ in audit(scheduled)].count("waits") == 1
    schedule.start_now(mailing=scheduled, by="ada")
    assert (scheduled.state, scheduled.problem) == ("sending", "")
    assert len(hand_over()) == 3


def test_half_an_hour_late_it_goes(scheduled: Mailing) -> None:
    its_time_comes(scheduled, late=timedelta(minutes=30))
    schedule.start_due()
    assert state_of(scheduled) == "sending"


def test_another_time_is_another_chance(scheduled: Mailing) -> None:
    its_time_comes(scheduled, late=timedelta(minutes=61))
    schedule.start_due()
    at = timezone.now() + SOON
    schedule.reschedule(mailing=scheduled, at=at, by="ben")
    assert (scheduled.starts_at, scheduled.problem) == (at, "")
    assert audit(scheduled)[-1] == ("rescheduled", "ben")
    schedule.start_due()
    assert state_of(scheduled) == "scheduled"


def test_what_goes_out_has_no_other_time(scheduled: Mailing) -> None:
    schedule.start_now(mailing=scheduled, by="ada")
    with pytest.raises(DeliveryRefused, match="cannot be changed"):
        schedule.reschedule(mailing=scheduled, at=timezone.now() + SOON, by="ada")


def unpublish(post: PostPage) -> None:
    post.unpublish()


def delete(post: PostPage) -> None:
    post.delete()


def lose_everybody(post: PostPage) -> None:
    post.newsletter.subscriptions.all().delete()


def write_too_much(post: PostPage) -> None:
    post.body = [("paragraph", "<p>" + "rest " * 25_000 + "</p>")]
    post.save_revision().publish()


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (unpublish, "is not published"),
        (delete, "was deleted"),
        (lose_everybody, "Nobody is subscribed"),
        (write_too_much, "Shorten the post"),
    ],
)
def test_what_cannot_start_says_why_and_waits_for_a_person(
    scheduled: Mailing, post: PostPage, happens: Any, said: str
) -> None:
    happens(post)
    its_time_comes(scheduled)
    tasks.sweep()
    assert state_of(scheduled) == "scheduled"
    assert said in problem(scheduled)
    assert count(scheduled).accounted
    with pytest.raises(DeliveryRefused, match=said):
        schedule.start_now(mailing=scheduled, by="ada")
    control.cancel(mailing=scheduled, by="ada")
    assert scheduled.undone_at is not None
    assert not Letter.objects.exists()


def test_a_way_out_that_is_shut_is_said_too(scheduled: Mailing, settings: Settings) -> None:
    settings.EMAIL_URL = "pigeon://loft"
    its_time_comes(scheduled)
    schedule.start_due()
    assert "smtp://" in problem(scheduled)


def test_a_fault_of_ours_is_shown_and_is_not_tried_for_ever(
    scheduled: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(schedule, "plan", broken)
    its_time_comes(scheduled)
    with pytest.raises(ZeroDivisionError):
        schedule.start_due()
    assert "A fault in Passalong" in problem(scheduled)
    schedule.start_due()


def test_the_letter_waits_for_the_page_that_goes_live_with_it(site: Foundation) -> None:
    """Else it would have in it what the page had before."""
    draft = make_post(live=False, title="Before noon")
    make_subscriber(draft.newsletter)
    at = timezone.now() + SOON
    draft.go_live_at = at
    draft.save_revision().publish()
    draft.refresh_from_db()
    mailing, _ = schedule.schedule_mailing(post=draft, at=at, by="ada")
    just_now = timezone.now() - timedelta(seconds=1)
    its_time_comes(mailing)
    draft.revisions.update(approved_go_live_at=just_now)
    schedule.start_due()
    assert (state_of(mailing), problem(mailing)) == ("scheduled", "")
    revision = draft.get_latest_revision()
    revision.content["go_live_at"] = None
    revision.publish()
    schedule.start_due()
    assert state_of(mailing) == "sending"


def test_a_scheduled_mailing_can_be_spread(post: PostPage) -> None:
    mailing, _ = schedule.schedule_mailing(
        post=post, at=timezone.now() + SOON, by="ada", spread=3600
    )
    its_time_comes(mailing)
    schedule.start_due()
    assert mailing.batches.count() == 3
    assert batches.due().count() == 1
