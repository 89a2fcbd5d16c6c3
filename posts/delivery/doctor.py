"""The check-up of the way mail takes, for `manage.py doctor`: every line that delivery can say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count

from posts.delivery import health, hosts, restored, untaken
from posts.delivery.check import Check, Level
from posts.delivery.clock import later
from posts.delivery.events import checks as events
from posts.delivery.models import Delivery, Mailing, MailingEvent
from posts.delivery.rate import texts
from posts.delivery.rate.queries import standing
from posts.delivery.transports import current
from posts.delivery.transports.verdict import BLOCKED
from subscribers.languages import inside
from subscribers.models import Newsletter
from subscribers.run_here import manage
from subscribers.saying import in_a_row, quoted, sentence, sentence_of

RECENT = timedelta(days=7)
MOST_RECENT = 20  # mailings that are looked through
_FOR_US = {"state": Delivery.State.REFUSED, "reason": BLOCKED}
# By mailing, how many were refused for what we are, and how many are in doubt.
Wanting = dict[int, tuple[int, int]]


def wanting(mailings: list[Mailing]) -> Wanting:
    """One look at the deliveries, of which there are as many as readers. Those that want nothing
    are told apart by a number alone; words are compared only of the few that are left."""
    asked = (Delivery.State.REFUSED, Delivery.State.IN_DOUBT)
    rows = (
        Delivery.objects.filter(state__in=asked, mailing__in=mailings)
        .values_list("mailing_id", "state", "reason")
        .annotate(people=Count("subscriber_id"))
        .order_by()
    )
    found: Wanting = {mailing.pk: (0, 0) for mailing in mailings}
    for mailing_id, state, reason, people in rows:
        refused, in_doubt = found[mailing_id]
        if state == Delivery.State.IN_DOUBT:
            found[mailing_id] = refused, in_doubt + people
        elif reason == BLOCKED:
            found[mailing_id] = refused + people, in_doubt
    return found


def checks(*, counted: Callable[[list[Mailing]], Wanting] = wanting) -> list[Check]:
    """Broker, workers, transport, pace, what is reported to us, and what wants a person.

    `counted` is how the deliveries of this week are looked through."""
    way = [health.broker(), health.workers(), *health.beat(), health.transport(), *_pace()]
    way += [*untaken.checks(), *hosts.checks()]
    lately = _lately(counted)
    return [
        *_back_from_a_backup(),
        *way,
        *events.checks(),
        *_newsletters(),
        *_refused_for_us(lately),
        *_mailings(),
        *_doubts(lately),
    ]


def _back_from_a_backup() -> Iterator[Check]:
    if back := restored.shut():
        yield Check(
            "backup",
            "error",
            restored.why_shut(back),
            sentence("Look at it, and let them go: %(screen)s", screen=restored.screen_url()),
        )


def _pace() -> Iterator[Check]:
    """What limits the speed. A limit that is reached is as it should be; one that the mail server
    made us take is good to know."""
    try:
        now = standing(current().name)
    except ImproperlyConfigured:  # the transport's own check says so
        return
    if now.slow_since is None:
        yield Check("pace", "ok", in_a_row(*texts.in_force(now)))
    else:
        yield Check(
            "pace",
            "warning",
            texts.why(now),
            sentence("It gets faster again by itself. If this happens often, set a limit."),
            f"{settings.SITE_URL}/admin/sending/",
        )


def _newsletters() -> Iterator[Check]:
    """What every mail must show, and what a mail server will want to believe.

    Without a postal address nothing leaves this machine (see `start.check_way_out`).
    """
    level: Level = "error" if health.mail_leaves() else "warning"
    for newsletter in Newsletter.objects.all():
        edit = f"{settings.SITE_URL}/admin/newsletters/edit/{newsletter.pk}/"
        if not newsletter.postal_address.strip():
            yield Check(
                "newsletter",
                level,
                sentence(
                    "“%(newsletter)s” has no postal address, which every mail must show.",
                    newsletter=newsletter,
                ),
                sentence("Write it."),
                edit,
            )
        if newsletter.from_email.endswith("@localhost"):
            yield Check(
                "newsletter",
                "warning",
                sentence(
                    "“%(newsletter)s” is sent by %(from_email)s, which nobody can answer.",
                    newsletter=newsletter,
                    from_email=newsletter.from_email,
                ),
                sentence("Write another."),
                edit,
            )


@dataclass(frozen=True, slots=True)
class Lately:
    """The mailings of this week, newest first, and of their deliveries those that want a person:
    how many were refused for what we are, and by mailing how many are in doubt."""

    mailings: list[Mailing]
    refused_for_us: int
    in_doubt: dict[int, int]


def _lately(counted: Callable[[list[Mailing]], Wanting]) -> Lately:
    recent = Mailing.objects.filter(created_at__gt=later(-RECENT)).select_related("post")
    mailings = list(recent.order_by("-pk")[:MOST_RECENT])
    decided = MailingEvent.objects.filter(mailing__in=mailings, action="leave doubts")
    left = set(decided.values_list("mailing_id", flat=True))
    found = counted(mailings)
    return Lately(
        mailings,
        sum(refused for refused, _ in found.values()),
        {pk: in_doubt for pk, (_, in_doubt) in found.items() if in_doubt and pk not in left},
    )


def _refused_for_us(lately: Lately) -> Iterator[Check]:
    """Letters that mail servers refused for what we are or sent. No address was given up for it."""
    refused = lately.refused_for_us
    if refused:
        rows = Delivery.objects.filter(**_FOR_US, mailing__in=lately.mailings)
        last = rows.order_by("-changed_at").values_list("detail", flat=True)[0]
        yield Check(
            "refusals",
            "warning",
            sentence_of(
                refused,
                "%(number)s letter was refused this week for reasons that are about us and not "
                "about the readers (policy, spam, reputation, limits). Its address stays. The "
                "answer was: %(answer)s",
                "%(number)s letters were refused this week for reasons that are about us and not "
                "about the readers (policy, spam, reputation, limits). Their addresses stay. The "
                "last answer was: %(answer)s",
                answer=last,
            ),
            sentence(
                "See what the answer asks for: the DNS records below, the list it "
                "names, or fewer letters an hour (a limit can be set under Settings)."
            ),
        )


def _mailings() -> Iterator[Check]:
    for mailing in Mailing.objects.exclude(problem="").select_related("post").order_by("id"):
        is_named = mailing.post or mailing.kind == Mailing.Kind.DIGEST
        title = quoted(mailing.title) if is_named else sentence("a post that was deleted")
        yield Check(
            f"mailing {mailing.pk}",
            "error",
            sentence(
                "The mailing of %(title)s is %(state)s: %(problem)s",
                title=title,
                state=inside(mailing.get_state_display()),
                problem=mailing.problem,
            ),
            _next_step(mailing),
            f"{settings.SITE_URL}/admin/mailings/{mailing.pk}/",
        )


def _doubts(lately: Lately) -> Iterator[Check]:
    """Whoever may or may not have got a letter: only a person can decide."""
    for mailing in lately.mailings:
        number = lately.in_doubt.get(mailing.pk)
        if not number:
            continue
        yield Check(
            f"doubts of {mailing.pk}",
            "warning",
            sentence_of(
                number,
                "Whether %(number)s reader got “%(title)s” is not known: it was handed over, and "
                "no answer came back.",
                "Whether %(number)s readers got “%(title)s” is not known: it was handed over, and "
                "no answer came back.",
                title=mailing.title,
            ),
            sentence(
                "Send it to them again (some may get it twice), or leave it so, on %(page)s or in "
                "a terminal: %(command)s resend, or %(command)s leave",
                page=f"{settings.SITE_URL}/admin/mailings/{mailing.pk}/",
                command=_command(mailing),
            ),
        )


def _command(mailing: Mailing) -> str:
    first = mailing.post is not None and mailing.kind == Mailing.Kind.FIRST
    named = mailing.post.slug if first and mailing.post else f"--id {mailing.pk}"
    return manage(f"mailing {named} --settle")


def _next_step(mailing: Mailing) -> str:
    if mailing.state == Mailing.State.SCHEDULED:
        return sentence("Start it, choose another time, or cancel it.")
    return sentence("Repair it, then resume it.")
