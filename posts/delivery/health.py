"""Whether mail moves, and what is in its way: for a mailing's page, the desk and `doctor`."""

from collections.abc import Iterator

from celery import current_app
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError

from posts.delivery import status, untaken
from posts.delivery.batches import due, in_hand
from posts.delivery.check import Check
from posts.delivery.clock import GRAIN, later
from posts.delivery.models import Mailing
from posts.delivery.rate.queries import why_waiting
from posts.delivery.transports import current
from posts.delivery.transports.esp.registry import TABLE
from posts.delivery.transports.smtp import Smtp
from posts.delivery.way_out.queries import WayOutUnreadable
from subscribers import saying
from subscribers.run_here import place
from subscribers.saying import in_a_row, sentence, sentence_of


def what_holds_mail_up() -> str | None:
    """Why no mailing moves at all, in a sentence for its page; None when one should."""
    way_out = transport()
    if way_out.level == "error":
        return way_out.message
    if status.workers_alive():
        return untaken.letters_wait() or None
    # A broker that is down is why a worker finds nothing to do, so it is named first.
    check = next((check for check in (broker(), workers()) if check.level == "error"), None)
    return in_a_row(check.message, check.todo) if check else None


def why_mail_waits() -> str:
    """A limit of the writer's own, or of the mail server, that makes mail wait: no trouble, and it
    ends by itself. Empty when there is none."""
    try:
        return why_waiting(current().name)
    except ImproperlyConfigured:  # the transport's own check says so
        return ""


def broker() -> Check:
    name = "broker"
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    except (OperationalError, OSError) as error:
        return Check(
            name,
            "error",
            sentence(
                "The broker can't be reached (%(error)s). No mailing moves until it "
                "answers; nothing is lost, and it goes on by itself.",
                error=error,
            ),
            sentence("Start Redis, or correct REDIS_URL."),
        )
    kind = "Redis" if settings.REDIS_URL else sentence("files (embedded)")
    return Check(name, "ok", sentence("The broker answers: %(kind)s.", kind=kind))


def workers() -> Check:
    name = "workers"
    alive = status.workers_alive()
    if alive:
        return Check(
            name,
            "ok",
            sentence_of(
                alive,
                "%(number)s worker seen this half minute.",
                "%(number)s workers seen this half minute.",
            ),
        )
    # What a worker had in hand that is gone now waits for another, too.
    waiting = due().exists() or in_hand().exists() or _a_start_is_due()
    return Check(
        name,
        "error" if waiting else "warning",
        sentence("No worker is there, and a mailing is waiting for one.")
        if waiting
        else sentence("No worker is there."),
        place().worker,
    )


def beat() -> Iterator[Check]:
    """Only where a worker lives that could hear it."""
    taken = status.queues_taken()
    if not taken & {untaken.PLANNING, ""}:
        return
    if status.beat_rings():
        yield Check("beat", "ok", sentence("It rings for what is due."))
        return
    yield Check(
        "beat",
        "error",
        sentence(
            "A worker runs, but beat does not ring. What is scheduled does not "
            "start, nothing is tried again, and imports stand still."
        ),
        sentence(
            "Start it once, on one machine: uv run celery -A config beat (or give one worker -B)."
        ),
    )


def _a_start_is_due() -> bool:
    """Whether a mailing that was held or scheduled should have started."""
    return Mailing.objects.filter(
        state__in=(Mailing.State.HELD, Mailing.State.SCHEDULED),
        problem="",
        starts_at__lte=later(GRAIN),
    ).exists()


def transport() -> Check:
    name = "transport"
    try:
        way_out = current()
    except WayOutUnreadable as error:
        return Check(name, "error", saying.of(error))
    except ImproperlyConfigured as error:
        return Check(
            name, "error", saying.of(error), sentence("Correct EMAIL_URL and start again.")
        )
    if trouble := status.trouble(way_out.name):
        return Check(name, "error", trouble, sentence("It is tried again at least once a minute."))
    if way_out.name == "outbox":
        providers = ", ".join(f"{scheme}://" for scheme in TABLE)
        return Check(
            name,
            "warning",
            sentence("Mail goes to %(way_out)s.", way_out=way_out.describe()),
            sentence(
                "To send for real, choose a mail server or a provider in the desk, "
                "under Settings → How mail leaves; or set EMAIL_URL, to "
                "smtp+tls://user:password@host:587 or %(providers)s (see the README).",
                providers=providers,
            ),
        )
    if isinstance(way_out, Smtp) and way_out.advice:
        return Check(
            name,
            "warning",
            sentence(
                "Mail goes to %(way_out)s. %(advice)s",
                way_out=way_out.describe(),
                advice=way_out.advice,
            ),
            sentence(
                "If no mail leaves, change one of the two: 465 with smtps://, 587 with smtp+tls://."
            ),
        )
    return Check(name, "ok", sentence("Mail goes to %(way_out)s.", way_out=way_out.describe()))


def mail_leaves() -> bool:
    """Whether the transport reaches anybody but this machine."""
    try:
        return not current().stays_here
    except ImproperlyConfigured:  # the transport's own check says so
        return False
