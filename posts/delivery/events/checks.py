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
from subscribers import saying
from subscribers.run_here import manage
from subscribers.saying import sentence, sentence_of

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
            sentence(
                "%(title)s has no way to report bounces and complaints: they are "
                "refused, since there is no secret by which to know it.",
                title=title,
            ),
            provider.webhook.how_to_set(title, address),
        )
    if not address.startswith("https://") and mail_leaves():
        return Check(
            name,
            "warning",
            sentence(
                "%(title)s would send its secret unencrypted to %(address)s.",
                title=title,
                address=address,
            ),
            sentence("Serve the site by https and set SITE_URL to that address."),
        )
    return Check(
        name,
        "ok",
        sentence(
            "%(title)s may report bounces and complaints at %(address)s",
            title=title,
            address=address,
        ),
    )


def _envelope() -> Iterator[Check]:
    try:
        verp.current()
    except ImproperlyConfigured as error:
        yield Check(
            "bounces", "error", saying.of(error), sentence("Correct EMAIL_URL and start again.")
        )


def _mailbox() -> Check:
    name = "bounces"
    if trouble := status.trouble(MAILBOX):
        return Check(
            name,
            "error",
            trouble,
            sentence(
                "Check user, password and folder in BOUNCE_URL. It is tried again "
                "every five minutes, and no bounce is lost meanwhile."
            ),
        )
    mailbox = Mailbox.from_url(settings.BOUNCE_URL)
    return Check(
        name, "ok", sentence("Bounces are fetched from %(mailbox)s.", mailbox=mailbox.describe())
    )


def _nobody_listens() -> Iterator[Check]:
    """Also a mail server that pipes them to us would have done so by now."""
    if not ProviderEvent.objects.filter(provider=MAILBOX).exists():
        yield Check(
            "bounces",
            "warning",
            sentence(
                "Nobody reads what comes back: addresses that are gone are mailed "
                "again and again, which mail providers take amiss."
            ),
            sentence(
                "Set BOUNCE_URL=imaps://user:password@host/INBOX to the mailbox that "
                "bounces go to, or pipe them to %(command)s (its --help says how).",
                command=manage("receive_bounce"),
            ),
        )


def _events() -> Iterator[Check]:
    lately = ProviderEvent.objects.filter(UNREAD, received_at__gt=later(-_PROBLEMS_SHOWN))
    troubled = lately.exclude(problem__startswith=SET_ASIDE).exclude(
        problem__startswith=NOT_UNDERSTOOD
    )
    if latest := troubled.order_by("-pk").first():
        yield Check(
            "events",
            "warning",
            sentence(
                "Reports that could not be used: %(count)s. The last, of %(provider)s: %(problem)s",
                count=troubled.count(),
                provider=latest.provider,
                problem=latest.problem,
            ),
            sentence(
                "They are kept for 30 days in the table posts_providerevent; please report them."
            ),
        )
    yield from _set_aside(lately.filter(problem__startswith=SET_ASIDE))
    yield from _not_understood(lately.filter(problem__startswith=NOT_UNDERSTOOD).count())
    if ProviderEvent.objects.filter(PENDING, received_at__lt=later(-_WAITING_TOO_LONG)).exists():
        yield Check(
            "events",
            "error",
            sentence(
                "Bounces and complaints have been waiting to be applied for more than five minutes."
            ),
            sentence("Start a worker, or look into its log."),
        )


def _set_aside(mails: QuerySet[ProviderEvent]) -> Iterator[Check]:
    if latest := mails.order_by("-pk").first():
        yield Check(
            "events",
            "warning",
            sentence_of(
                mails.count(),
                "%(number)s mail to the mailbox for bounces was set aside unread within a week. "
                "%(why)s No mail server writes such a mail: somebody may be trying to keep this "
                "site busy.",
                "%(number)s mails to the mailbox for bounces were set aside unread within a week. "
                "Of the last: %(why)s No mail server writes such a mail: somebody may be trying "
                "to keep this site busy.",
                why=latest.problem,
            ),
            sentence(
                "Nobody was unsubscribed by it. The last %(most)s are kept for "
                "30 days in the table posts_providerevent. If one is a bounce after "
                "all, unsubscribe whom it names.",
                most=MOST_UNREAD,
            ),
        )


def _not_understood(count: int) -> Iterator[Check]:
    if count:
        yield Check(
            "events",
            "warning",
            sentence_of(
                count,
                "%(number)s mail came back within a week and says in no words that Passalong knows "
                "for whom or why. Where the address it came back to shows for whom, it counts as a "
                "passing trouble of that reader.",
                "%(number)s mails came back within a week and say in no words that Passalong knows "
                "for whom or why. Where the address they came back to shows for whom, it counts as "
                "a passing trouble of that reader.",
            ),
            sentence(
                "Nobody was unsubscribed by it. The last %(most)s are kept for "
                "30 days in the table posts_providerevent: if one says that an address "
                "is gone, unsubscribe it, and report the mail, so that its words are "
                "known.",
                most=MOST_UNREAD,
            ),
        )
