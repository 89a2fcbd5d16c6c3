"""Signs of life, shared through the database: workers seen, and whether the way out is open."""

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Now

from posts.delivery.clock import database_now, later
from posts.delivery.models import Heartbeat, TransportStatus

LONGEST_BACKOFF = timedelta(seconds=60)
WORKER_FRESH = timedelta(seconds=60)


def worker_seen(worker: str) -> None:
    Heartbeat.objects.update_or_create(worker=worker, defaults={"at": Now()})


def workers_alive() -> int:
    """Workers that looked for work within the last minute."""
    return Heartbeat.objects.filter(at__gt=later(-WORKER_FRESH)).count()


def forget_old_workers() -> None:
    Heartbeat.objects.filter(at__lt=later(-timedelta(days=1))).delete()


def blocked(transport: str) -> bool:
    """Whether the transport asked for, or needs, a pause that is not over."""
    return TransportStatus.objects.filter(name=transport, blocked_until__gt=Now()).exists()


def blocked_for(transport: str) -> timedelta:
    """How much longer; zero when the way out is open."""
    until = (
        TransportStatus.objects.filter(name=transport, blocked_until__gt=Now())
        .values_list("blocked_until", flat=True)
        .first()
    )
    return max(until - database_now(), timedelta(0)) if until else timedelta(0)


def transport_fails(transport: str, words: str, retry_after: timedelta | None) -> None:
    """Back off: 1, 2, 4 … 60 seconds, or as long as the server said."""
    row, _ = TransportStatus.objects.get_or_create(name=transport)
    backoff = min(timedelta(seconds=2 ** min(row.failures, 6)), LONGEST_BACKOFF)
    TransportStatus.objects.filter(pk=row.pk).update(
        failures=F("failures") + 1,
        blocked_until=later(max(backoff, retry_after or timedelta(0))),
        problem=words,
    )


def transport_opens(transport: str) -> None:
    """It can be reached. How often it failed is forgotten only when it takes mail again, else a
    server that greets us and then says 421 would be asked every second."""
    TransportStatus.objects.filter(name=transport, failures__gt=0).update(
        blocked_until=None, problem=""
    )


def transport_works(transport: str) -> None:
    TransportStatus.objects.filter(Q(failures__gt=0) | Q(doubts__gt=0), name=transport).update(
        failures=0, doubts=0, blocked_until=None, problem=""
    )


def doubts_in_a_row(transport: str, more: int) -> int:
    """Count hand-overs that got no answer, since the last one that did."""
    TransportStatus.objects.get_or_create(name=transport)
    TransportStatus.objects.filter(name=transport).update(doubts=F("doubts") + more)
    return TransportStatus.objects.get(name=transport).doubts


def trouble(transport: str) -> str:
    """Why nothing leaves through it now, or an empty text. Another transport's trouble is none
    of ours: EMAIL_URL may have changed since."""
    row = TransportStatus.objects.filter(name=transport).first()
    return row.problem if row else ""
