from datetime import timedelta

import pytest
from django.utils import timezone

from posts.content.actions import Foundation
from posts.delivery import batches
from posts.delivery.mailings import control, schedule
from posts.delivery.mailings import spread as spread_room
from posts.delivery.mailings.queries import count
from posts.delivery.mailings.spread import _size
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import BATCH_SIZE, Batch, Mailing
from posts.delivery.rate.models import SendingSettings
from posts.delivery.transports.base import ServerAnswer
from posts.delivery.worker.retries import GIVE_UP_AFTER, is_old
from tests.delivery.clerk import hand_over
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db

HOUR = 3600


def spread(readers: int, seconds: int, *, hold: int = 0) -> Mailing:
    post = make_post()
    for _ in range(readers):
        make_subscriber(post.newsletter)
    return start_mailing(post=post, by="ada", spread=seconds, hold=hold)[0]


def waits(mailing: Mailing) -> list[float]:
    """How long after the first each batch is due, in minutes."""
    times = list(mailing.batches.order_by("pk").values_list("not_before", flat=True))
    return [(at - times[0]).total_seconds() / 60 for at in times]


def test_a_mailing_is_due_at_once_unless_it_is_spread(site: Foundation) -> None:
    assert waits(spread(3, 0)) == [0]


def test_batches_become_due_evenly_over_the_window(site: Foundation) -> None:
    mailing = spread(4, HOUR)
    assert waits(mailing) == [0, 15, 30, 45]
    assert batches.due().count() == 1
    assert count(mailing).accounted


@pytest.mark.parametrize(
    ("people", "hours", "size"),
    [(120, 1, 2), (10, 1, 1), (119, 1, 1), (1_000_000, 4, 500), (6_000, 1, 100)],
)
def test_there_is_about_one_batch_a_minute(people: int, hours: int, size: int) -> None:
    assert _size(people, hours * HOUR) == size


def test_a_window_shorter_than_a_minute_is_no_window() -> None:
    assert _size(10_000, 30) == BATCH_SIZE


@pytest.mark.parametrize(
    ("readers", "limits", "sizes"),
    [
        (7, {}, [2, 2, 2, 1]),
        (8, {}, [4, 4]),
        (8, {"per_hour": 1_000}, [2, 2, 2, 2]),
        (8, {"per_domain_per_minute": 10}, [2, 2, 2, 2]),
    ],
    ids=["few", "very many", "an hour has a limit", "a domain has a limit"],
)
def test_very_many_are_cut_into_large_batches_unless_these_would_be_long_in_hand(
    site: Foundation,
    monkeypatch: pytest.MonkeyPatch,
    readers: int,
    limits: dict[str, int],
    sizes: list[int],
) -> None:
    for name, value in {"BATCH_SIZE": 2, "LARGE_BATCH_SIZE": 4, "MANY": 8}.items():
        monkeypatch.setattr(spread_room, name, value)
    SendingSettings.objects.create(**limits)
    mailing = spread(readers, 0)
    assert [batch.size for batch in mailing.batches.order_by("pk")] == sizes


def test_after_a_pause_the_window_moves_on(site: Foundation) -> None:
    mailing = spread(4, HOUR)
    assert len(hand_over()) == 1
    control.pause(mailing=mailing, by="ada")
    two_hours_ago = timedelta(hours=2)
    for batch in Batch.objects.filter(state="waiting"):
        batch.not_before -= two_hours_ago
        batch.save()
    control.resume(mailing=mailing, by="ada")
    assert batches.due().count() == 1
    assert waits(mailing)[1:] == pytest.approx([w + waits(mailing)[1] for w in (0, 15, 30)])


def test_a_short_pause_changes_no_time(site: Foundation) -> None:
    mailing = spread(4, HOUR)
    hand_over()
    before = list(Batch.objects.order_by("pk").values_list("not_before", flat=True))
    control.pause(mailing=mailing, by="ada")
    control.resume(mailing=mailing, by="ada")
    assert list(Batch.objects.order_by("pk").values_list("not_before", flat=True)) == before


def test_a_retry_keeps_the_time_that_the_mail_server_asked_for(site: Foundation) -> None:
    mailing = spread(2, HOUR)
    hand_over(answer=ServerAnswer.RETRY, most=1)
    retry = Batch.objects.get(purpose="retry")
    control.pause(mailing=mailing, by="ada")
    Batch.objects.filter(purpose="first", state="waiting").update(
        not_before=timezone.now() - timedelta(hours=1)
    )
    control.resume(mailing=mailing, by="ada")
    assert Batch.objects.get(purpose="retry").not_before == retry.not_before
    assert Batch.objects.get(purpose="first", state="waiting").not_before > (
        timezone.now() - timedelta(minutes=1)
    )


def test_starting_now_moves_the_whole_window(site: Foundation) -> None:
    mailing = spread(4, HOUR, hold=600)
    assert not batches.due().exists()
    schedule.start_now(mailing=mailing, by="ada")
    assert batches.due().count() == 1
    assert waits(mailing) == [0, 15, 30, 45]


def test_whoever_is_due_last_is_waited_for_as_long_as_the_first(site: Foundation) -> None:
    mailing = spread(2, 12 * HOUR)
    a_day_ago = timezone.now() - GIVE_UP_AFTER - timedelta(hours=1)
    Mailing.objects.update(created_at=a_day_ago - timedelta(days=9), starts_at=a_day_ago)
    assert not is_old(mailing.pk)
    Mailing.objects.update(starts_at=a_day_ago - timedelta(hours=12))
    assert is_old(mailing.pk)
