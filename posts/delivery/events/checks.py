"""Lines for `doctor` about what providers and the mailbox report."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from posts.delivery import status
from posts.delivery.check import Check
from posts.delivery.clock import later
from posts.delivery.events.inbox import (
    MAILBOX,
    MOST_UNREAD,
    NOT_UNDERSTOOD,
    PENDING,
    SET_ASIDE,
    UNREAD,
)
from posts.delivery.events.mailbox import Mailbox
from posts.delivery.events.models import ProviderEvent
from posts.delivery.health import mail_leaves
from posts.delivery.transports.esp import registry
from posts.delivery.transports.esp.options import Options
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.smtp import verp
from posts.delivery.way_out.queries import email_url
from subscribers.run_here import manage

_PROBLEMS_SHOWN = timedelta(days=7)
_WAITING_TOO_LONG = timedelta(minutes=5)


def checks() -> Iterator[Check]:
    """Whether we hear of bounces and complaints, and whether what we heard could be applied."""
    try:
        found = registry.configured(email_url())
    except ImproperlyConfigured:  # the transport's own check says so
        found = None
    if found is not None:
        yield _webhooks(*found)
    yield from _envelope()
    if settings.BOUNCE_URL:
        yield _mailbox()
    elif found is None and mail_leaves():
        yield from _nobody_listens()
    yield from _events()


def _webhooks(provider: Provider, options: Options) -> Check:
    name, title = "webhooks", provider.title
    address = f"{settings.SITE_URL}/hooks/{provider.scheme}/"
    if not provider.webhook.usable(options.webhook):
        return Check(
            name,
            "warning",
            f"{title} has no way to report bounces and complaints: they are refused, since there "
            "is no secret by which to know it.",
            provider.webhook.how_to_set(title, address),
        )
    if not address.startswith("https://") and mail_leaves():
        return Check(
            name,
            "warning",
            f"{title} would send its secret unencrypted to {address}.",
            "Serve the site by https and set SITE_URL to that address.",
        )
    return Check(name, "ok", f"{title} may report bounces and complaints at {address}")


def _envelope() -> Iterator[Check]:
    try:
        verp.current()
    except ImproperlyConfigured as error:
        yield Check("bounces", "error", str(error), "Correct EMAIL_URL and start again.")


def _mailbox() -> Check:
    name = "bounces"
    if trouble := status.trouble(MAILBOX):
        return Check(
            name,
            "error",
            trouble,
            "Check user, password and folder in BOUNCE_URL. It is tried again every five minutes, "
            "and no bounce is lost meanwhile.",
        )
    mailbox = Mailbox.from_url(settings.BOUNCE_URL)
    return Check(name, "ok", f"Bounces are fetched from {mailbox.describe()}.")


def _nobody_listens() -> Iterator[Check]:
    """Also a mail server that pipes them to us would have done so by now."""
    if not ProviderEvent.objects.filter(provider=MAILBOX).exists():
        yield Check(
            "bounces",
            "warning",
            "Nobody reads what comes back: addresses that are gone are mailed again and again, "
            "which mail providers take amiss.",
            "Set BOUNCE_URL=imaps://user:password@host/INBOX to the mailbox that bounces go to, "
            f"or pipe them to {manage('receive_bounce')} (its --help says how).",
        )


def _events() -> Iterator[Check]:
    lately = ProviderEvent.objects.filter(UNREAD, received_at__gt=later(-_PROBLEMS_SHOWN))
    troubled = lately.exclude(problem__startswith=SET_ASIDE).exclude(problem=NOT_UNDERSTOOD)
    if latest := troubled.order_by("-pk").first():
        yield Check(
            "events",
            "warning",
            f"Reports that could not be used: {troubled.count()}. The last, of {latest.provider}: "
            f"{latest.problem}",
            "They are kept for 30 days in the table posts_providerevent; please report them.",
        )
    yield from _set_aside(lately.filter(problem__startswith=SET_ASIDE))
    yield from _not_understood(lately.filter(problem=NOT_UNDERSTOOD).count())
    if ProviderEvent.objects.filter(PENDING, received_at__lt=later(-_WAITING_TOO_LONG)).exists():
        yield Check(
            "events",
            "error",
            "Bounces and complaints have been waiting to be applied for more than five minutes.",
            "Start a worker, or look into its log.",
        )


def _set_aside(mails: QuerySet[ProviderEvent]) -> Iterator[Check]:
    if latest := mails.order_by("-pk").first():
        count = mails.count()
        yield Check(
            "events",
            "warning",
            f"{count} {'mail' if count == 1 else 'mails'} to the mailbox for bounces "
            f"{'was' if count == 1 else 'were'} set aside unread within a week. Of the last: "
            f"{latest.problem.removeprefix(SET_ASIDE)} No mail server writes such a mail: somebody "
            "may be trying to keep this site busy.",
            f"Nobody was unsubscribed by it. The last {MOST_UNREAD} are kept for 30 days in the "
            "table posts_providerevent. If one is a bounce after all, unsubscribe whom it names.",
        )


def _not_understood(count: int) -> Iterator[Check]:
    if count:
        yield Check(
            "events",
            "warning",
            f"{count} {'mail' if count == 1 else 'mails'} came back within a week and "
            f"{'says' if count == 1 else 'say'} in no words that Passalong knows for whom or why. "
            "Where the address they came back to shows for whom, it counts as a passing trouble of "
            "that reader.",
            f"Nobody was unsubscribed by it. The last {MOST_UNREAD} are kept for 30 days in the "
            "table posts_providerevent: if one says that an address is gone, unsubscribe it, and "
            "report the mail, so that its words are known.",
        )
