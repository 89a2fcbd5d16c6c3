"""How the machine stands, in numbers for a monitor: read from the ledger, which has the truth.

Only what is open or recent is counted, by an index each: asking costs the same in the tenth year.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min, Q, Sum

from posts.delivery import status
from posts.delivery.clock import database_now, later
from posts.delivery.events.models import ProviderEvent
from posts.delivery.models import Batch, Delivery, Mailing

RECENT = timedelta(days=1)
MINUTE = timedelta(minutes=1)
OPEN = (Mailing.State.SENDING, Mailing.State.PAUSED)
ANSWERED = (Delivery.State.ACCEPTED, Delivery.State.DELIVERED)


class Gauge(NamedTuple):
    """One number; `label` and `value` where it is one of several of its name."""

    name: str
    help: str
    number: float
    label: str = ""
    value: str = ""


def gauges() -> list[Gauge]:
    return [*_deliveries(), *_queue(), *_leases(), *_webhooks(), *_workers()]


def _recent_mailings() -> list[int]:
    recent = Q(state__in=OPEN) | Q(finished_at__gt=later(-RECENT))
    return list(Mailing.objects.filter(recent).values_list("pk", flat=True))


def _deliveries() -> Iterator[Gauge]:
    numbers = dict.fromkeys(Delivery.State.values, 0)
    taken = 0
    rows = Delivery.objects.filter(mailing_id__in=_recent_mailings())
    lately = Count("subscriber_id", filter=Q(changed_at__gt=later(-MINUTE)))
    counted = rows.values("state").annotate(people=Count("subscriber_id"), lately=lately)
    for row in counted.order_by():
        numbers[row["state"]] = row["people"]
        taken += row["lately"] if row["state"] in ANSWERED else 0
    for state, people in numbers.items():
        yield Gauge(
            "passalong_deliveries",
            "Recipients of mailings that are open or finished within a day, by state.",
            people,
            "state",
            str(Delivery.State(state).label),
        )
    yield Gauge(
        "passalong_accepted_last_minute", "Letters that were taken within the last minute.", taken
    )


def _queue() -> Iterator[Gauge]:
    due = Batch.objects.filter(
        state=Batch.State.WAITING, not_before__lte=later(timedelta(0)), mailing__state="sending"
    ).aggregate(batches=Count("pk"), people=Sum("size"), oldest=Min("not_before"))
    yield Gauge("passalong_due_batches", "Batches that wait for a worker.", due["batches"])
    yield Gauge("passalong_due_recipients", "Recipients in them.", due["people"] or 0)
    yield Gauge(
        "passalong_due_age_seconds", "How long the oldest of them waits.", _age(due["oldest"])
    )


def _leases() -> Iterator[Gauge]:
    overdue = Batch.objects.filter(state=Batch.State.CLAIMED, lease_until__lt=later(timedelta(0)))
    yield Gauge(
        "passalong_leases_overdue",
        "Batches whose worker is gone, until another takes over.",
        overdue.count(),
    )
    # A claim gives a batch its first epoch; only who takes over from a lost worker gives another.
    lost = Batch.objects.filter(
        mailing_id__in=_recent_mailings(), state=Batch.State.FINISHED, epoch__gt=1
    )
    yield Gauge(
        "passalong_leases_expired",
        "Batches of mailings that are open or finished within a day that were taken over.",
        lost.count(),
    )


def _webhooks() -> Iterator[Gauge]:
    waiting = ProviderEvent.objects.filter(applied_at=None, problem="").aggregate(
        calls=Count("pk"), oldest=Min("received_at")
    )
    yield Gauge("passalong_events_waiting", "Webhook calls not read yet.", waiting["calls"])
    yield Gauge(
        "passalong_events_lag_seconds", "How long the oldest waits.", _age(waiting["oldest"])
    )


def _workers() -> Iterator[Gauge]:
    yield Gauge("passalong_workers", "Workers seen lately.", status.workers_alive())
    yield Gauge("passalong_beat", "Whether beat rings: 1 or 0.", float(status.beat_rings()))


def _age(since: datetime | None) -> float:
    return max((database_now() - since).total_seconds(), 0.0) if since else 0.0
