"""What is due is told, one after another; what did not arrive is due again later.

An endpoint that answers nothing for some days is switched off, and the owners are told.
"""

import threading
import time
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce
from django.utils import timezone

from posts.delivery.webhooks import sending
from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from posts.delivery.webhooks.sending import GONE, WebhookOutcome

__all__ = ["drain", "forget_old"]

# After each attempt that failed; after the last of them nobody tries again but by hand.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# For an attempt, which takes a quarter of a minute at most: then whoever began it is gone.
HELD = timedelta(minutes=2)
STOPS_AFTER = timedelta(days=5)  # in which nothing arrived
KEPT = timedelta(days=30)
LONGEST_DRAIN = 20.0  # seconds; beat rings again
_one_at_a_time = threading.Lock()


def drain() -> None:
    """Tell what is due, for some seconds. One thread of a process does; others have other work."""
    if not _one_at_a_time.acquire(blocking=False):
        return
    try:
        _drain()
    finally:
        _one_at_a_time.release()


def _drain() -> None:
    until = time.monotonic() + LONGEST_DRAIN
    silent: set[int] = set()  # that did not answer just now: the others go first
    while time.monotonic() < until:
        due = WebhookMessage.objects.filter(due_at__lte=timezone.now(), endpoint__is_on=True)
        message = (
            due.exclude(endpoint_id__in=silent)
            .select_related("endpoint")
            .order_by("due_at", "created_at")
            .first()
        )
        if message is None:
            return
        if _claim(message) and not _tell(message):
            silent.add(message.endpoint_id)


def _claim(message: WebhookMessage) -> bool:
    """Of two workers one tells it. Should it die, the message is due again after `HELD`. What is
    known of it later must not be looked up: its endpoint may be deleted meanwhile."""
    rows = WebhookMessage.objects.filter(pk=message.pk, due_at=message.due_at)
    message.attempts += 1
    return bool(rows.update(due_at=timezone.now() + HELD, attempts=message.attempts))


def _tell(message: WebhookMessage) -> bool:
    """Whether it arrived."""
    outcome = sending.attempt(message, message.endpoint)
    now = timezone.now()
    WebhookMessage.objects.filter(pk=message.pk).update(
        answer=outcome.answer,
        problem=outcome.problem,
        due_at=None if not outcome.problem else _again(message, outcome, now),
        arrived_at=None if outcome.problem else now,
    )
    _note(message.endpoint_id, outcome, now)
    return not outcome.problem


def _again(message: WebhookMessage, outcome: WebhookOutcome, now: datetime) -> datetime | None:
    if outcome.answer == GONE or message.attempts > len(PAUSES):
        return None
    return now + PAUSES[message.attempts - 1]


def _note(endpoint_id: int, outcome: WebhookOutcome, now: datetime) -> None:
    """How long nothing arrived there, and whether that is too long."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id)
    if not outcome.problem:
        rows.exclude(failing_since=None).update(failing_since=None)
        return
    rows.update(failing_since=Coalesce("failing_since", now))
    lost = rows.filter(is_on=True)
    if outcome.answer != GONE:
        lost = lost.filter(failing_since__lte=now - STOPS_AFTER)
    lost.update(is_on=False, stopped_at=now, notice_due=True)


def forget_old() -> None:
    """What was told, or given up, a month ago."""
    old = WebhookMessage.objects.filter(created_at__lt=timezone.now() - KEPT)
    old.delete()
