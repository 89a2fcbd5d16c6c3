"""Queues of the broker that no worker takes from: workers run, and what waits there waits for ever.

Each worker writes beside its sign of life from which it takes. One of a version that did not is
believed to take from all.
"""

from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from posts.delivery import status
from posts.delivery.check import Check
from subscribers.run_here import place
from subscribers.saying import Sentence, in_a_row, sentence, sentence_of

PLANNING, LETTERS = "planning", "letters"
WHAT_WAITS = {
    "own": sentence("confirmations, links and passwords that somebody sits and waits for"),
    PLANNING: sentence(
        "the clock: what is to be published, started, finished or tried again, and digests"
    ),
    LETTERS: sentence("mailings"),
    "events": sentence("bounces and complaints, which keep us from mailing who is gone or said no"),
    "celery": sentence("imports, pictures, figures, and what is to be forgotten"),
}


def untaken() -> list[str]:
    """Nothing as long as no worker lives at all: then that is what is to be said."""
    taken = status.queues_taken()
    if not taken or "" in taken:
        return []
    return [queue.name for queue in settings.CELERY_TASK_QUEUES if queue.name not in taken]


def checks() -> Iterator[Check]:
    for name in untaken():
        yield Check(f"queue {name}", "error", _what_stands_still(name), place().taking(name))


def letters_wait() -> str:
    """What a mailing's page says, where this is why it does not move."""
    mine = (check for check in checks() if check.name == f"queue {LETTERS}")
    return next((in_a_row(check.message, check.todo) for check in mine), "")


def _what_stands_still(name: str) -> Sentence:
    if number := _how_many(name):
        return sentence_of(
            number,
            "No worker takes from the queue “%(queue)s”. %(number)s task waits there: %(what)s.",
            "No worker takes from the queue “%(queue)s”. %(number)s tasks wait there: %(what)s.",
            queue=name,
            what=WHAT_WAITS[name],
        )
    return sentence(
        "No worker takes from the queue “%(queue)s”. What waits there: %(what)s.",
        queue=name,
        what=WHAT_WAITS[name],
    )


def _how_many(name: str) -> int:
    """By the broker; none where it is out of reach, which is a line of its own."""
    connection: Any
    with current_app.connection_for_read() as connection:
        away: tuple[type[Exception], ...] = (OperationalError, *connection.connection_errors)
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
            queue = connection.default_channel.queue_declare(queue=name, passive=True)
        except (*away, *connection.channel_errors):  # Redis knows no queue that is empty
            return 0
        return int(queue.message_count)
