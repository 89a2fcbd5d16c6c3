"""Workers run, and none of them takes from a queue in which something waits."""

from typing import Any

import pytest
from pytest_django import Settings

from config.celery import app
from config.queues import QUEUES
from posts.delivery import batches, health, status, untaken
from posts.delivery.mailings.queries import report
from posts.delivery.models import Heartbeat
from tests.delivery.making import make_mailing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def from_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker here takes from is as it was, whatever a test selects."""
    monkeypatch.setattr(app.amqp.queues, "_consume_from", None)


def worker(*queues: str) -> None:
    """One that was started with -Q; without, it takes from all."""
    if queues:
        app.amqp.queues.select(list(queues))
    status.worker_seen(f"host:{Heartbeat.objects.count() + 1}")


def test_what_waits_in_each_queue_is_known() -> None:
    assert set(untaken.WHAT_WAITS) == set(QUEUES)


def test_a_worker_without_options_takes_from_all() -> None:
    worker()
    assert list(untaken.checks()) == []


def test_two_that_have_all_of_them_together_are_enough() -> None:
    worker("own", "planning", "events")
    worker("letters", "celery")
    assert list(untaken.checks()) == []


def test_a_queue_that_nobody_takes_is_an_error_that_says_what_waits_and_what_to_start(
    settings: Settings,
) -> None:
    worker("own", "planning", "events", "celery")
    [check] = untaken.checks()
    assert (check.name, check.level) == ("queue letters", "error")
    assert "No worker takes from the queue “letters”" in check.message
    assert "mailings" in check.message
    assert "uv run celery -A config worker -Q letters" in check.todo
    settings.RUNS_UNDER = "systemd"
    [check] = untaken.checks()
    assert "systemctl restart passalong-worker" in check.todo
    assert "add letters to it" in check.todo


def test_it_says_how_much_waits() -> None:
    worker("own", "planning", "events", "celery")
    connection: Any
    with app.connection_for_write() as connection:
        connection.default_channel.queue_purge("letters")
    make_mailing(1)
    batches.ring(most=1)
    [check] = untaken.checks()
    assert "1 task waits there: mailings." in check.message


def test_a_mailing_that_nobody_takes_says_so_though_workers_live() -> None:
    mailing = make_mailing(1)
    worker("own")
    assert "No worker takes from the queue “letters”" in str(report(mailing).problem)


def test_beat_is_not_blamed_where_nobody_could_hear_it() -> None:
    worker("letters")
    assert [check.name for check in health.beat()] == []
    assert "queue planning" in [check.name for check in untaken.checks()]


def test_without_a_worker_that_is_what_is_to_be_said() -> None:
    assert list(untaken.checks()) == []


def test_one_of_a_version_that_did_not_say_is_believed_to_take_from_all() -> None:
    worker("letters")
    Heartbeat.objects.update(queues="")
    assert list(untaken.checks()) == []
