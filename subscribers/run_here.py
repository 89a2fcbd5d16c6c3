"""The commands that a message names, as they are typed where this runs.

A service has no `uv`, and a container not the shell of whoever reads; RUNS_UNDER, which units and
image set, says which it is. It lies in the lowest room, so that every room can have it.
"""

from dataclasses import dataclass

from django.conf import settings

__all__ = ["PLACES", "Place", "manage", "place"]


@dataclass(frozen=True)
class Place:
    """`manage` stands before a command of ours. The others are whole sentences without their end:
    how a worker is started, how beat is, and how one that takes from the queue named {queue}."""

    manage: str
    worker: str
    beat: str
    taking: str


PLACES = {
    "": Place(
        "uv run manage.py",
        "Start one: uv run celery -A config worker -B (or manage.py up, which brings its own)",
        "Start it once, on one machine: uv run celery -A config beat (or give one worker -B)",
        "Start a worker without -Q, which takes from all, or one more: "
        "uv run celery -A config worker -Q {queue}",
    ),
    "systemd": Place(
        "passalong",
        "Start it: systemctl start passalong-worker",
        "Start it once, on one machine: systemctl start passalong-beat (or leave --clock in the "
        "WORKER_OPTIONS of one worker)",
        "Leave -Q out of WORKER_OPTIONS in /etc/passalong.env, or add {queue} to it, and then: "
        "systemctl restart passalong-worker",
    ),
    "compose": Place(
        "docker compose exec web python manage.py",
        "Start it: docker compose up -d worker",
        "Start it once, on one machine: docker compose up -d beat",
        "Start the worker that takes from all: docker compose up -d worker",
    ),
    "container": Place(
        "python manage.py",
        "Start one, in a container of its own: celery -A config worker",
        "Start it once, in a container of its own: celery -A config beat",
        "Start a worker without -Q, which takes from all, or one more: "
        "celery -A config worker -Q {queue}",
    ),
}


def place() -> Place:
    return PLACES[settings.RUNS_UNDER]


def manage(command: str) -> str:
    """`doctor` as it has to be typed here."""
    return f"{place().manage} {command}"
