"""Mail that leaves another way while a mailing goes out: each reader gets it once, and is asked for
by a person before the rest goes."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from posts.delivery import status
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.control import resume
from posts.delivery.mailings.schedule import release_held
from posts.delivery.mailings.way_out import choose_way_out
from posts.delivery.models import Mailing, TransportStatus
from posts.delivery.transports import current
from posts.delivery.transports.base import Feed, Notes, Outcome, ServerAnswer
from posts.delivery.worker import drain as draining
from posts.delivery.worker.senders import SenderPool
from subscribers.models import Subscriber
from tests.delivery.making import drain, make_mailing, outbox, states
from tests.delivery.no_pace import NoPace
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    settings.EMAIL_URL = ""
    with Sink() as sink:
        yield sink


def choose(url: str) -> list[Mailing]:
    return choose_way_out(url=url, shown={}, by="ada")


def looked_at(mailing: Mailing) -> Mailing:
    mailing.refresh_from_db()
    return mailing


class ChangedMeanwhile:
    """A session during whose `after`-th message somebody chooses another way out, and resumes."""

    def __init__(self, url: str, mailing: Mailing, *, after: int) -> None:
        self.url, self.mailing, self.after = url, mailing, after
        self.taken: list[str] = []

    def deliver(self, feed: Feed, notes: Notes) -> None:
        for message in feed:
            notes.attempt(message.subscriber_id)
            self.taken.append(message.address)
            notes.answer(Outcome(message.subscriber_id, ServerAnswer.ACCEPTED))
            if len(self.taken) == self.after:
                choose(self.url)
                resume(mailing=looked_at(self.mailing), by="ada")

    def abort(self) -> None: ...

    def close(self) -> None: ...


def test_nobody_is_mailed_twice_or_forgotten_when_it_changes_in_the_middle(sink: Sink) -> None:
    mailing = make_mailing(6, batch_size=2)
    old = current()
    session = ChangedMeanwhile(sink.url, mailing, after=2)
    SenderPool(
        old,
        session,
        pace=NoPace(),
        seconds=30,
        senders=1,
        still_chosen=lambda: draining._is_chosen(old),
    ).work()
    assert len(session.taken) == 2  # an hour's drain ended at the change, resumed or not
    drain()
    everybody = sorted(Subscriber.objects.values_list("address", flat=True))
    assert sorted([*session.taken, *sink.addresses]) == everybody
    assert states(mailing) == ["accepted"] * 6


def test_what_is_going_out_waits_for_a_person_who_is_told_why(sink: Sink) -> None:
    mailing = make_mailing(2)
    assert choose(sink.url) == [mailing]
    assert looked_at(mailing).state == Mailing.State.PAUSED
    assert "ada changed how mail leaves" in mailing.problem
    drain()
    assert not sink.addresses
    resume(mailing=mailing, by="ada")
    drain()
    assert len(sink.addresses) == 2


def test_the_troubles_of_the_server_before_are_not_those_of_the_new_one(sink: Sink) -> None:
    status.transport_fails("smtp", "it is on fire", None)
    choose(sink.url)
    assert not status.blocked("smtp")
    assert TransportStatus.objects.get().problem == ""


def test_where_it_cannot_be_read_everything_pauses_and_nothing_leaves(
    sink: Sink, settings: Settings
) -> None:
    choose(sink.url)
    mailing = make_mailing(2)
    settings.SECRET_KEY = "another one"
    drain()
    assert looked_at(mailing).state == Mailing.State.PAUSED
    assert "Enter it again" in mailing.problem
    assert not sink.addresses
    assert not outbox()
    with pytest.raises(DeliveryRefused, match="Enter it again"):
        resume(mailing=mailing, by="ada")


def test_what_was_begun_for_the_outbox_is_not_let_loose_where_nobody_could_read_its_links(
    settings: Settings,
) -> None:
    settings.EMAIL_URL = ""
    held, paused = make_mailing(1), make_mailing(1)
    Mailing.objects.filter(pk=held.pk).update(state="held", starts_at=held.created_at)
    choose(f"smtp://mail.example.org:{free_port()}")
    with pytest.raises(DeliveryRefused, match="Where readers find you"):
        resume(mailing=looked_at(paused), by="ada")
    assert release_held() == 0
    assert looked_at(held).state == "held"
    assert "Where readers find you" in held.problem
