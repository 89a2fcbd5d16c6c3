"""What is wrong and what to do about it, for `doctor` and the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from celery import current_app
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError

from posts.delivery import status
from posts.delivery.clock import GRAIN, later
from posts.delivery.models import Mailing
from posts.delivery.rate import words
from posts.delivery.rate.queries import standing, why_waiting
from posts.delivery.transports import current
from posts.delivery.worker.ledger import due
from subscribers.models import Newsletter

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Check:
    """One line of a check-up. `todo` is empty when all is well."""

    name: str
    level: Level
    message: str
    todo: str = ""


def checks() -> list[Check]:
    """Broker, workers, transport, pace, what is told to us, and what wants a person."""
    from posts.delivery.events import checks as events  # it builds its checks with ours

    way = [_broker(), _workers(), _transport(), *_pace()]
    return [*way, *events.checks(), *_newsletters(), *_mailings()]


def what_holds_mail_up() -> str | None:
    """Why no mailing moves at all, in a sentence for its page; None when one should."""
    way_out = _transport()
    if way_out.level == "error":
        return way_out.message
    if status.workers_alive():
        return None
    # A broker that is down is why a worker finds nothing to do, so it is named first.
    check = next((check for check in (_broker(), _workers()) if check.level == "error"), None)
    return f"{check.message} {check.todo}" if check else None


def why_mail_waits() -> str:
    """A limit of the writer's own, or of the mail server, that makes mail wait: no trouble, and it
    ends by itself. Empty when there is none."""
    try:
        return why_waiting(current().name)
    except ImproperlyConfigured:  # the transport's own check says so
        return ""


def _broker() -> Check:
    name = "broker"
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    except (OperationalError, OSError) as error:
        return Check(
            name,
            "error",
            f"The broker can't be reached ({error}). No mailing moves until it answers; nothing "
            "is lost, and it goes on by itself.",
            "Start Redis, or correct REDIS_URL.",
        )
    kind = "Redis" if settings.REDIS_URL else "files (embedded)"
    return Check(name, "ok", f"The broker answers: {kind}.")


def _workers() -> Check:
    name = "workers"
    alive = status.workers_alive()
    if alive:
        return Check(name, "ok", f"{alive} worker{'s' if alive > 1 else ''} seen this minute.")
    waiting = due().exists() or _a_start_is_due()
    return Check(
        name,
        "error" if waiting else "warning",
        "No worker has looked for work within the last minute"
        + (", and a mailing is waiting for one." if waiting else "."),
        "Start one: uv run celery -A config worker -B (or manage.py up, which brings its own).",
    )


def _a_start_is_due() -> bool:
    """Whether a mailing that was held or scheduled should have started."""
    return Mailing.objects.filter(
        state__in=(Mailing.State.HELD, Mailing.State.SCHEDULED),
        problem="",
        starts_at__lte=later(GRAIN),
    ).exists()


def _transport() -> Check:
    name = "transport"
    try:
        transport = current()
    except ImproperlyConfigured as error:
        return Check(name, "error", str(error), "Correct EMAIL_URL and start again.")
    if trouble := status.trouble(transport.name):
        return Check(name, "error", trouble, "It is tried again at least once a minute.")
    if transport.name == "outbox":
        return Check(
            name,
            "warning",
            f"Mail goes to {transport.describe()}.",
            "To send for real, set EMAIL_URL=smtp+tls://user:password@host:587 or name a provider: "
            "mailgun://, postmark://, brevo://, resend://, sparkpost://, ses:// (see the README).",
        )
    return Check(name, "ok", f"Mail goes to {transport.describe()}.")


def _pace() -> Iterator[Check]:
    """What limits the speed. A limit that is reached is as it should be; one that the mail server
    made us take is good to know."""
    try:
        now = standing(current().name)
    except ImproperlyConfigured:  # the transport's own check says so
        return
    if now.slow_since is None:
        yield Check("pace", "ok", " ".join(words.in_force(now)))
    else:
        yield Check(
            "pace",
            "warning",
            words.why(now),
            "It gets faster again by itself. If this happens often, set a limit on "
            f"{settings.SITE_URL}/admin/sending/",
        )


def _newsletters() -> Iterator[Check]:
    """What every mail must show, and what a mail server will want to believe.

    Without a postal address nothing leaves this machine (see `start.check_way_out`).
    """
    level: Level = "error" if mail_leaves() else "warning"
    for newsletter in Newsletter.objects.all():
        edit = f"Write it on {settings.SITE_URL}/admin/newsletters/edit/{newsletter.pk}/"
        if not newsletter.postal_address.strip():
            yield Check(
                "newsletter",
                level,
                f"“{newsletter}” has no postal address, which every mail must show.",
                edit,
            )
        if newsletter.from_email.endswith("@localhost"):
            yield Check(
                "newsletter",
                "warning",
                f"“{newsletter}” is sent by {newsletter.from_email}, which nobody can answer.",
                edit,
            )


def mail_leaves() -> bool:
    """Whether the transport reaches anybody but this machine."""
    try:
        return not current().stays_here
    except ImproperlyConfigured:  # the transport's own check says so
        return False


def _mailings() -> Iterator[Check]:
    for mailing in Mailing.objects.exclude(problem="").select_related("post").order_by("id"):
        is_named = mailing.post or mailing.kind == Mailing.Kind.DIGEST
        title = f"“{mailing.title}”" if is_named else "a post that was deleted"
        yield Check(
            f"mailing {mailing.pk}",
            "error",
            f"The mailing of {title} is {mailing.get_state_display().lower()}: {mailing.problem}",
            f"{_next_step(mailing)} on {settings.SITE_URL}/admin/mailings/{mailing.pk}/",
        )


def _next_step(mailing: Mailing) -> str:
    if mailing.state == Mailing.State.SCHEDULED:
        return "Start it, choose another time, or cancel it"
    return "Repair it, then resume it"
