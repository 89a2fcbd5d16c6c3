"""The commands that a message names, as they are typed where this runs.

A service has no `uv`, and a container not the shell of whoever reads; RUNS_UNDER, which units and
image set, says which it is. It lies in the lowest room, so that every room can have it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from subscribers.saying import Sentence, sentence

__all__ = ["PLACES", "Place", "manage", "place"]


@dataclass(frozen=True)
class Place:
    """`manage` stands before a command of ours. The others are sentences: how a worker is started,
    how beat is, and how a worker that takes from the queue of that name."""

    manage: str
    worker: Sentence
    beat: Sentence
    taking: Callable[[str], Sentence]


PLACES = {
    "": Place(
        "uv run manage.py",
        sentence(
            "Start one: uv run celery -A config worker -B (or manage.py up, which brings its own)."
        ),
        sentence(
            "Start it once, on one machine: uv run celery -A config beat (or give one worker -B)."
        ),
        lambda queue: sentence(
            "Start a worker without -Q, which takes from all, or one more: uv run celery -A config "
            "worker -Q %(queue)s.",
            queue=queue,
        ),
    ),
    "systemd": Place(
        "passalong",
        sentence("Start it: systemctl start passalong-worker."),
        sentence(
            "Start it once, on one machine: systemctl start passalong-beat (or leave --clock in "
            "the WORKER_OPTIONS of one worker)."
        ),
        lambda queue: sentence(
            "Leave -Q out of WORKER_OPTIONS in /etc/passalong.env, or add %(queue)s to it, and "
            "then: systemctl restart passalong-worker.",
            queue=queue,
        ),
    ),
    "compose": Place(
        "docker compose exec web python manage.py",
        sentence("Start it: docker compose up -d worker."),
        sentence("Start it once, on one machine: docker compose up -d beat."),
        lambda queue: sentence(
            "Start the worker that takes from %(queue)s and all others: docker compose up -d "
            "worker.",
            queue=queue,
        ),
    ),
    "container": Place(
        "python manage.py",
        sentence("Start one, in a container of its own: celery -A config worker."),
        sentence("Start it once, in a container of its own: celery -A config beat."),
        lambda queue: sentence(
            "Start a worker without -Q, which takes from all, or one more: celery -A config worker "
            "-Q %(queue)s.",
            queue=queue,
        ),
    ),
}


def place() -> Place:
    return PLACES[settings.RUNS_UNDER]


def manage(command: str) -> str:
    """`doctor` as it has to be typed here."""
    return f"{place().manage} {command}"
