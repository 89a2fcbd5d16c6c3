"""Two at the same moment, each on a connection of its own: one happens, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from posts.content.models import PostPage
from posts.delivery.mailings import followups, schedule
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Batch, Delivery, Mailing
from tests.delivery.clerk import at_once, hand_over, look
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)

TURNS = 5
Move = Callable[[], None]


@pytest.fixture
def post(transactional_db: None) -> PostPage:
    post = make_post()
    for _ in range(3):
        make_subscriber(post.newsletter)
    return post


@pytest.mark.parametrize("turn", range(TURNS))
def test_of_undo_and_release_exactly_one_happens(
    post: PostPage, open_to_all: Move, turn: int
) -> None:
    mailing, _ = start_mailing(post=post, by="ada", hold=60)
    Mailing.objects.update(starts_at=timezone.now() - timedelta(seconds=1))
    open_to_all()
    undone, released, again = at_once(
        lambda: schedule.undo(mailing=Mailing.objects.get(pk=mailing.pk), by="ada"),
        schedule.release_held,
        schedule.release_held,
    )
    went = [released, again].count(1)
    state = look(lambda: Mailing.objects.get(pk=mailing.pk).state)
    batches = look(Batch.objects.count)
    if undone == 3:
        assert (went, state, batches) == (0, "cancelled", 0)
    else:
        assert isinstance(undone, DeliveryRefused)
        assert (went, state, batches) == (1, "sending", 1)


@pytest.mark.parametrize("turn", range(TURNS))
def test_two_sweeps_start_a_scheduled_mailing_once(
    post: PostPage, open_to_all: Move, turn: int
) -> None:
    mailing, _ = schedule.schedule_mailing(
        post=post, at=timezone.now() + timedelta(hours=1), by="ada"
    )
    Mailing.objects.update(starts_at=timezone.now() - timedelta(seconds=1))
    open_to_all()
    assert at_once(schedule.start_due, schedule.start_due) == [None, None]
    assert look(Batch.objects.count) == 1
    assert look(
        lambda: [event.action for event in Mailing.objects.get(pk=mailing.pk).events.all()]
    ) == ["scheduled", "started"]


def test_who_cancels_while_it_starts_either_stops_all_of_it_or_is_told(
    post: PostPage, open_to_all: Move
) -> None:
    mailing, _ = schedule.schedule_mailing(
        post=post, at=timezone.now() + timedelta(hours=1), by="ada"
    )
    Mailing.objects.update(starts_at=timezone.now() - timedelta(seconds=1))
    open_to_all()
    undone, _ = at_once(
        lambda: schedule.undo(mailing=Mailing.objects.get(pk=mailing.pk), by="ada"),
        schedule.start_due,
    )
    batches = look(Batch.objects.count)
    assert batches == (1 if isinstance(undone, DeliveryRefused) else 0)


def test_a_correction_pressed_twice_at_once_is_one(post: PostPage, open_to_all: Move) -> None:
    first, _ = start_mailing(post=post, by="ada")
    hand_over()
    open_to_all()

    def press() -> bool:
        mine = Mailing.objects.get(pk=first.pk)
        return followups.correct(first=mine, note="Tuesday.", by="ada", seen=0)[1]

    assert sorted(map(str, at_once(press, press))) == ["False", "True"]
    assert look(Mailing.objects.filter(kind="correction").count) == 1


def test_a_catch_up_pressed_twice_at_once_is_one(post: PostPage, open_to_all: Move) -> None:
    first, _ = start_mailing(post=post, by="ada")
    hand_over()
    make_subscriber(post.newsletter)
    open_to_all()

    def press() -> bool:
        mine = Mailing.objects.get(pk=first.pk)
        return followups.catch_up(first=mine, by="ada")[1]

    assert sorted(map(str, at_once(press, press))) == ["False", "True"]
    assert look(lambda: Batch.objects.filter(mailing__kind="catch_up").count()) == 1
    assert look(Delivery.objects.count) == 3
