"""A worker without a mail server: claims what is due and records one answer for everybody."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

from posts.delivery.mailings import finish
from posts.delivery.models import Mailing
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import ledger
from posts.delivery.worker.replay import Replay

T = TypeVar("T")


def hand_over(*, answer: ServerAnswer = ServerAnswer.ACCEPTED, most: int = 1000) -> list[int]:
    """The ids of whoever was handed over in `most` batches, in order."""
    handed: list[int] = []
    for _ in range(most):
        held = ledger.claim(transport="smtp", replay=Replay(), worker="test:1")
        if held is None:
            break
        ids = [recipient.id for recipient in held.recipients]
        ledger.record(
            batch_id=held.batch_id,
            epoch=held.epoch,
            outcomes=[Outcome(subscriber_id, answer) for subscriber_id in ids],
            replay=Replay(),
        )
        held.journal.delete()
        handed += ids
    finish.finish_done()
    return handed


def at_once(*works: Callable[[], T]) -> list[T | Exception]:
    """Do all of it at the same moment, each on a connection of its own; what each came to."""
    start = threading.Barrier(len(works))
    found: dict[int, T | Exception] = {}

    def do(place: int) -> None:
        start.wait()
        try:
            found[place] = works[place]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place] for place in range(len(works))]


def look(query: Callable[[], T]) -> T | Exception:
    """Read where threads wrote, on a connection of its own (see `open_to_all`)."""
    return at_once(query)[0]


def state_of(mailing: Mailing) -> str:
    return Mailing.objects.get(pk=mailing.pk).state
