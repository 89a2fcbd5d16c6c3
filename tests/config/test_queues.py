"""Which ring waits behind which: somebody's own mail behind one of each other kind at most."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from kombu import Connection, Exchange, Message, Queue

from config.celery import app
from config.queues import QUEUES
from tests.config.test_task_names import NAMES

MANY = 30


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """The broker that this run has: Redis where it names one, else files."""
    options = dict(app.conf.broker_transport_options)
    if "folder" in options:
        options["folder"] = str(tmp_path / "queue")
    transport = settings.CELERY_BROKER_URL if settings.REDIS_URL else "localhost"
    kind = None if settings.REDIS_URL else app.conf.broker_transport
    with Connection(transport, transport=kind, transport_options=options) as connection:
        yield connection


@pytest.fixture
def heard(connection: Connection) -> Iterator[Callable[[], str]]:
    """Puts rings into queues of their own names, and says from which the next one came."""
    queues = [Queue(f"test-{name}", Exchange(f"test-{name}"), f"test-{name}") for name in QUEUES]
    came: list[str] = []

    def hear(body: str, message: Message) -> None:
        came.append(body)
        message.ack()

    with ExitStack() as stack:
        channel: Any = connection.channel()
        stack.callback(channel.close)
        for queue in queues:
            queue(channel).declare()
            stack.callback(queue(channel).delete)
        producer = connection.Producer()
        for name in QUEUES:
            for _ in range(1 if name == "own" else MANY):
                producer.publish(name, exchange=f"test-{name}", routing_key=f"test-{name}")
        consumer = connection.Consumer(
            queues,
            callbacks=[hear],
            channel=channel,
        )
        channel.basic_qos(0, 1, False)
        stack.enter_context(consumer)

        def next_one() -> str:
            before = len(came)
            while len(came) == before:
                connection.drain_events(timeout=5)
            return came[before]

        yield next_one


def test_who_wants_her_link_waits_behind_one_ring_of_each_other_kind_at_most(
    heard: Callable[[], str],
) -> None:
    first = [heard() for _ in range(len(QUEUES))]
    assert "own" in first


def test_a_worker_without_options_hears_every_queue_and_what_older_versions_rang() -> None:
    assert set(app.amqp.queues.consume_from) == set(QUEUES)
    assert app.conf.task_default_queue in QUEUES


def test_each_task_waits_in_one_queue() -> None:
    routed = [task for tasks in QUEUES.values() for task in tasks]
    assert len(routed) == len(set(routed))
    assert set(routed) <= NAMES
    for task in NAMES:
        queue = app.amqp.router.route({}, task)["queue"].name
        assert task in QUEUES[queue] or queue == app.conf.task_default_queue


@pytest.mark.parametrize("task", ["mail_subscriber", "take_up_sign_up", "mail_what_is_due"])
def test_what_a_reader_waits_for_is_in_no_queue_with_mailings(task: str) -> None:
    assert app.amqp.router.route({}, f"subscribers.tasks.{task}")["queue"].name == "own"
    assert app.amqp.router.route({}, "posts.delivery.tasks.drain")["queue"].name == "letters"


def test_a_queue_that_is_misspelt_ends_the_worker() -> None:
    """It would else wait for ever in one into which nobody rings."""
    with pytest.raises(KeyError, match="leters"):
        app.amqp.Queues(settings.CELERY_TASK_QUEUES).select(["leters"])
