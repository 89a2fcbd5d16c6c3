"""“Did they get it?” answered in sentences, and what they get next."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from posts.delivery.models import Delivery, Mailing
from posts.delivery.reporting.lookup import RecipientFacts
from posts.delivery.transports.outbox import Outbox
from posts.desk.queries import BEGINNINGS
from posts.desk.report_texts import BOUNCE_TEXTS
from posts.desk.texts import REASON_TEXTS
from subscribers.languages import inside
from subscribers.models import Subscription, Suppression

State = Delivery.State
Status = Subscription.Status


@dataclass(frozen=True)
class ReaderAnswer:
    """`short` first, then why, then what comes next. `message` is the mail server's."""

    short: str
    sentences: list[str] = field(default_factory=list)
    message: str = ""
    next: str = ""
    person_id: int | None = None


def answer(found: RecipientFacts, mailing: Mailing) -> ReaderAnswer:
    """Whether this reader got the letter, as far as anybody can know."""
    if mailing.totals is not None:
        return ReaderAnswer(
            _("That is no longer known."),
            [
                _(
                    "Who got a mailing is kept for the days that are set under Sending. This one "
                    "is older: only its numbers are left."
                )
            ],
        )
    if found.person is None:
        return _nobody(found)
    person_id = found.person.pk
    then = _next(found, mailing)
    if found.delivery is not None:
        short, sentences = _delivered(found, found.delivery, mailing)
        message = found.delivery.detail or ""
        return ReaderAnswer(short, sentences, message, then, person_id)
    if found.waiting:
        return ReaderAnswer(_("Not yet."), _waiting(found, mailing), "", then, person_id)
    short = _("No. They were not in this mailing.")
    return ReaderAnswer(short, [_why_not(found, mailing)], "", then, person_id)


# --- In the ledger ------------------------------------------------------------------------

_SPAM_FOLDER = gettext_lazy(
    "If they cannot find it, it may lie in their folder for spam or promotions."
)
# In short, then what happened. `%(why)s` is the reason in the ledger.
_WHAT_HAPPENED = {
    State.ATTEMPTING: (
        gettext_lazy("Any moment now."),
        gettext_lazy("It is being handed over, in attempt %(nth)s, since %(at)s."),
    ),
    State.ACCEPTED: (
        gettext_lazy("Yes, as far as we can know."),
        gettext_lazy("The next mail server took it on %(at)s, in attempt %(nth)s."),
    ),
    State.DELIVERED: (
        gettext_lazy("Yes."),
        gettext_lazy("The mail provider said on %(at)s that it arrived, in attempt %(nth)s."),
    ),
    State.REFUSED: (
        gettext_lazy("No."),
        gettext_lazy("The mail server said no on %(at)s, after %(tries)s."),
    ),
    State.RETRYING: (
        gettext_lazy("Not yet."),
        gettext_lazy("The mail server could not take it for now, after %(tries)s."),
    ),
    State.IN_DOUBT: (
        gettext_lazy("Perhaps."),
        gettext_lazy(
            "It was handed over in attempt %(nth)s, but the answer never came. That was on %(at)s."
        ),
    ),
    State.LEFT_OUT: (
        gettext_lazy("No, on purpose."),
        gettext_lazy("They were left out on %(at)s: %(why)s."),
    ),
    State.BOUNCED: (
        gettext_lazy("No."),
        gettext_lazy("It was taken, and came back on %(at)s: %(why)s."),
    ),
    State.COMPLAINED: (
        gettext_lazy("Yes."),
        gettext_lazy("They reported it as spam; we were told on %(at)s."),
    ),
}
_IN_THE_OUTBOX = (
    gettext_lazy("No: it has not left this machine."),
    gettext_lazy("It lies in the outbox since %(at)s."),
)
_HANDED_BACK = gettext_lazy("They had their turn, but nothing was attempted yet.")


def _delivered(found: RecipientFacts, row: Delivery, mailing: Mailing) -> tuple[str, list[str]]:
    state = State(row.state)
    short, happened = _WHAT_HAPPENED[state]
    if state == State.ACCEPTED and found.transport == Outbox.name:
        return str(_IN_THE_OUTBOX[0]), [_IN_THE_OUTBOX[1] % {"at": _when(row.changed_at)}]
    if state == State.RETRYING and not row.attempt:
        happened = _HANDED_BACK
    reasons = BOUNCE_TEXTS if state == State.BOUNCED else REASON_TEXTS
    said = {
        "at": _when(row.changed_at),
        "nth": row.attempt,
        "tries": ngettext("%(n)s attempt", "%(n)s attempts", row.attempt) % {"n": row.attempt},
        "why": reasons.get(row.reason, row.reason),
    }
    then = _then(state, found, mailing, row.reason)
    return str(short), [happened % said, *([then] if then else [])]


def _then(state: Delivery.State, found: RecipientFacts, mailing: Mailing, reason: str) -> str:
    """What may come of it yet, or what to do."""
    if state in (State.ACCEPTED, State.DELIVERED):
        return str(_SPAM_FOLDER)
    if state == State.RETRYING:
        return _again(found, mailing)
    if mailing.state == Mailing.State.CANCELLED:
        return ""
    if state == State.REFUSED and reason == "hard":
        return _("There is no such address any more, so nothing is sent to it.")
    if state == State.REFUSED:
        return _("On the page of the mailing you can have it tried again.")
    if state == State.IN_DOUBT:
        return _("We never send twice on a guess. Ask them, or decide on the page of the mailing.")
    return ""


def _again(found: RecipientFacts, mailing: Mailing) -> str:
    if mailing.state == Mailing.State.CANCELLED:
        return _("The mailing was cancelled meanwhile; they are left out.")
    if mailing.state == Mailing.State.PAUSED:
        return _("It is tried again when you resume the mailing, which is paused.")
    if found.due is None:
        return _("It is tried again by itself.")
    return _("It is tried again by itself, from %(due)s on.") % {"due": _when(found.due)}


def _waiting(found: RecipientFacts, mailing: Mailing) -> list[str]:
    if mailing.state == Mailing.State.CANCELLED:
        return [_("The mailing was cancelled before their turn; they are left out.")]
    if mailing.state == Mailing.State.PAUSED:
        return [_("They are in line, and the mailing is paused. It goes on when you resume it.")]
    if found.due is not None and found.due > timezone.now():
        return [
            _("They are in line; their turn comes from %(due)s on.") % {"due": _when(found.due)}
        ]
    return [_("They are in line, and their turn comes by itself.")]


# --- Not in the ledger --------------------------------------------------------------------


def _nobody(found: RecipientFacts) -> ReaderAnswer:
    block = found.suppression
    if block is None:
        return ReaderAnswer(
            _("No. Nobody with this address has ever been subscribed."),
            [_("Is it written as the reader wrote it?")],
        )
    at = _when(block.created_at)
    if block.reason == Suppression.Reason.ERASED:
        return ReaderAnswer(
            _("That can’t be told any more."),
            [
                _("The reader asked to be erased on %(at)s, so we no longer know what they got.")
                % {"at": at}
            ],
            next=_("Nothing: nobody mails this address again."),
        )
    why = Suppression.Reason(block.reason).label
    return ReaderAnswer(
        _("No. Nobody with this address is subscribed."),
        [_("It must not be mailed since %(at)s: %(why)s.") % {"at": at, "why": inside(why)}],
        next=_("Nothing: nobody mails this address again."),
    )


def _why_not(found: RecipientFacts, mailing: Mailing) -> str:
    name, started = mailing.newsletter.name, _when(found.started)
    row, last = found.subscription, found.consent
    if mailing.state in (Mailing.State.SCHEDULED, Mailing.State.HELD) and not mailing.candidates:
        return _("It has not started; who gets it is settled when it does.")
    if row is None:
        return _("They were never subscribed to “%(name)s”.") % {"name": name}
    if row.status == Status.PENDING:
        return _("They asked for “%(name)s”, but never confirmed.") % {"name": name}
    if last is not None and last.kind in BEGINNINGS and last.at > found.started:
        return _("They joined on %(at)s, after it had started on %(started)s.") % {
            "at": _when(last.at),
            "started": started,
        }
    if row.status == Status.ACTIVE:
        return _("They were not subscribed to “%(name)s” when it started on %(started)s.") % {
            "name": name,
            "started": started,
        }
    why = inside(Status(row.status).label)
    if last is None:
        return _("They were not subscribed when it started; now: %(why)s.") % {"why": why}
    return _("They were not subscribed when it started. Since %(at)s: %(why)s.") % {
        "at": _when(last.at),
        "why": why,
    }


# --- What comes next ----------------------------------------------------------------------


def _next(found: RecipientFacts, mailing: Mailing) -> str:
    name = mailing.newsletter.name
    if found.suppression is not None:
        return _("Nothing: this address must not be mailed again.")
    row = found.subscription
    if row is None or row.status in (Status.UNSUBSCRIBED, Status.COMPLAINED, Status.BOUNCED):
        return _("Nothing of “%(name)s”, unless they sign up again.") % {"name": name}
    if row.status == Status.PENDING:
        return _("Nothing of “%(name)s” until they confirm.") % {"name": name}
    until: date | None = found.person.resting_until if found.person else None
    if until is not None and until > timezone.localdate():
        return _("They rest from mails until %(day)s; then the next post of “%(name)s”.") % {
            "day": date_format(until, "DATE_FORMAT"),
            "name": name,
        }
    return _("The next post of “%(name)s”.") % {"name": name}


def _when(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
