"""Signs of life, shared through the database: workers seen, and whether the way out is open."""

from datetime import timedelta

from celery import current_app
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from posts.delivery import presence
from posts.delivery.clock import database_now, later
from posts.delivery.hosts import secret_mark, version_mark
from posts.delivery.models import Heartbeat, TransportStatus

LONGEST_BACKOFF = timedelta(seconds=60)
WORKER_FRESH = timedelta(seconds=30)  # each gives a sign of life every few
BEAT = "beat"  # no worker is called so: they have a host and a process
BEAT_FRESH = timedelta(seconds=120)  # it rings each 15 s, and a worker may be busy
# One in ten without an answer is more than any connection that breaks now and then makes.
DOUBT_WEIGHS = 10
DOUBTS_ARE_TOO_MANY = 20 * DOUBT_WEIGHS


def worker_seen(worker: str) -> None:
    seen = {"at": Now(), "clock": timezone.now(), "secret": secret_mark()}
    mine = {"version": version_mark(), "queues": " ".join(current_app.amqp.queues.consume_from)}
    Heartbeat.objects.update_or_create(worker=worker, defaults={**seen, **mine})


def workers_alive() -> int:
    """Workers that were there within the last half minute, and have not ended since."""
    return len(_alive())


def queues_taken() -> set[str]:
    """From which of the broker's queues any of them takes; "" where one does not say."""
    taken: set[str] = set()
    for beat in _alive():
        taken |= set(beat.queues.split()) or {""}
    return taken


def _alive() -> list[Heartbeat]:
    seen = Heartbeat.objects.filter(at__gt=later(-WORKER_FRESH)).exclude(worker=BEAT)
    return [beat for beat in seen if not presence.is_gone(beat.worker)]


def worker_ends(worker: str) -> None:
    """It says so itself: nobody has to wait until it counts as gone."""
    Heartbeat.objects.filter(worker=worker).delete()


def beat_seen() -> None:
    """A worker heard beat ring."""
    worker_seen(BEAT)


def beat_rings() -> bool:
    """Whether beat rang within the last two minutes, and a worker heard it."""
    return Heartbeat.objects.filter(at__gt=later(-BEAT_FRESH), worker=BEAT).exists()


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


def transport_fails(transport: str, message: str, retry_after: timedelta | None) -> None:
    """Back off: 1, 2, 4 … 60 seconds, or as long as the server said."""
    row, _ = TransportStatus.objects.get_or_create(name=transport)
    backoff = min(timedelta(seconds=2 ** min(row.failures, 6)), LONGEST_BACKOFF)
    TransportStatus.objects.filter(pk=row.pk).update(
        failures=F("failures") + 1,
        blocked_until=later(max(backoff, retry_after or timedelta(0))),
        problem=message,
    )


def transport_opens(transport: str) -> None:
    """It can be reached. How often it failed is forgotten only when it takes mail again, else a
    server that greets us and then says 421 would be asked every second."""
    TransportStatus.objects.filter(name=transport, failures__gt=0).update(
        blocked_until=None, problem=""
    )


def transport_works(transport: str) -> None:
    TransportStatus.objects.filter(name=transport, failures__gt=0).update(
        failures=0, blocked_until=None, problem=""
    )


def too_many_doubts(transport: str, *, doubts: int, taken: int) -> bool:
    """Whether hand-overs without an answer have become the rule with this server. Each weighs as
    much as DOUBT_WEIGHS of which the server took something, whether of one letter or of many. The
    balance goes on from batch to batch, and begins anew when it was too much."""
    mine = TransportStatus.objects.filter(name=transport)
    balance = doubts * DOUBT_WEIGHS - taken
    if balance <= 0:
        # Nothing is written while all is well, which is nearly always.
        mine.filter(doubts__gt=0).update(doubts=Greatest(F("doubts") + balance, 0))
        return False
    TransportStatus.objects.get_or_create(name=transport)
    mine.update(doubts=F("doubts") + balance)
    return bool(mine.filter(doubts__gte=DOUBTS_ARE_TOO_MANY).update(doubts=0))


def trouble(transport: str) -> str:
    """Why nothing leaves through it now, or an empty text. Another transport's trouble is none
    of ours: EMAIL_URL may have changed since."""
    row = TransportStatus.objects.filter(name=transport).first()
    return row.problem if row else ""
