"""What the desk says of a mailing: what its numbers mean, what happens now, what comes next."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from posts.content import letter_templates
from posts.delivery.mailings.queries import Report
from posts.delivery.models import Mailing
from posts.delivery.transports.outbox import Outbox
from posts.desk.plain import told
from posts.sharing import actions as links
from subscribers.saying import in_words

NOWHERE: frozenset[str] = frozenset()
# The fixed names are the ledger's; only an administrator's details say them.
STATE_TEXTS = {
    "waiting": gettext_lazy("In line"),
    "attempting": gettext_lazy("Being handed over right now"),
    "accepted": gettext_lazy("Taken by the next mail server"),
    "refused": gettext_lazy("The mail server said no"),
    "retrying": gettext_lazy("Will be tried again, by itself"),
    "in_doubt": gettext_lazy("Handed over, but we never got the answer"),
    "left_out": gettext_lazy("Not mailed, on purpose"),
    "delivered": gettext_lazy("Arrived, says the mail provider"),
    "bounced": gettext_lazy("Came back"),
    "complained": gettext_lazy("Reported as spam by the reader"),
}
REASON_TEXTS = {
    "unsubscribed": gettext_lazy("unsubscribed before it was their turn"),
    "suppressed": gettext_lazy("must not be mailed again (bounced, complained or erased before)"),
    "resting": gettext_lazy("resting from mails for now"),
    "erased": gettext_lazy("asked to be erased"),
    "pending": gettext_lazy("never confirmed"),
    "bounced": gettext_lazy("an earlier mail bounced"),
    "complained": gettext_lazy("reported an earlier mail as spam"),
    "cancelled": gettext_lazy("the mailing was cancelled"),
}
# What is done to share links: the verb, and what was done, as a post's history says it.
LINK_ACTIONS = {
    links.CHANGED: (gettext_lazy("Change share links"), gettext_lazy("Share links changed")),
    links.SWITCHED_OFF: (
        gettext_lazy("Switch share links off"),
        gettext_lazy("Share links switched off"),
    ),
    links.SWITCHED_ON: (
        gettext_lazy("Switch share links on"),
        gettext_lazy("Share links switched on"),
    ),
}
TEMPLATE_ACTIONS = {
    letter_templates.KEPT: (
        gettext_lazy("Keep as a template"),
        gettext_lazy("Kept as a template"),
    ),
    letter_templates.TAKEN_BACK: (
        gettext_lazy("Take a template back"),
        gettext_lazy("No template any more"),
    ),
}
# How long before its time an open page begins to look whether a scheduled mailing started.
SOON = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mailing is, for the bar and for the sentence beside it."""

    settled: int
    total: int
    now: str
    next: str
    moving: bool

    @property
    def percent(self) -> int:
        # A finished mailing to nobody is whole, not empty.
        return self.settled * 100 // self.total if self.total else 100

    @property
    def label(self) -> str:
        return _("%(settled)s of %(total)s people settled") % {
            "settled": intcomma(self.settled),
            "total": intcomma(self.total),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of states."""

    name: str
    text: str
    count: int


def rows(report: Report, ways: AbstractSet[str] = NOWHERE) -> list[Row]:
    """The ten states with their words and numbers. `ways`: the transports it went by."""
    meant = {**STATE_TEXTS, "accepted": _accepted(ways)}
    return [Row(name, str(meant[name]), n) for name, n in report.deliveries.items()]


def _accepted(ways: AbstractSet[str]) -> str:
    """What became of an accepted letter: the outbox is no mail server, and nothing left it."""
    if Outbox.name not in ways:
        return str(STATE_TEXTS["accepted"])
    if len(ways) == 1:
        return _("In the outbox on this machine")
    return _("Taken by the next mail server, or in the outbox on this machine")


def reasons(report: Report) -> list[Row]:
    """Why people were left out, most frequent first."""
    found = [Row(why, str(REASON_TEXTS.get(why, why)), n) for why, n in report.left_out.items()]
    return sorted(found, key=lambda row: -row.count)


def progress(report: Report, ways: AbstractSet[str] = NOWHERE) -> Progress:
    """How far it is. `ways`: the transports it went by."""
    now, then = _sentences(report, ways)
    return Progress(
        settled=report.candidates - report.unsettled,
        total=report.candidates,
        now=now,
        next=then,
        moving=is_moving(report),
    )


def as_of(said: str, at: datetime | None) -> str:
    """What was said, with the time for which it is true where that is not now."""
    if at is None:
        return said
    at_the_time = date_format(timezone.localtime(at), "H:i:s")
    return _("%(said)s, as of %(time)s") % {"said": said, "time": at_the_time}


def is_moving(report: Report) -> bool:
    """Whether looking again soon may show something else."""
    if report.state == Mailing.State.SCHEDULED:
        return not report.mailing.problem and report.mailing.began_at < timezone.now() + SOON
    return report.state in (Mailing.State.SENDING, Mailing.State.HELD) or (
        # After a pause or a cancellation, what is on the wire still gets its answer.
        report.deliveries["attempting"] > 0
        or (report.state == Mailing.State.CANCELLED and report.unsettled > 0)
    )


def time_left(report: Report) -> str:
    """How long a held mailing can still be undone."""
    seconds = ceil((report.mailing.began_at - timezone.now()).total_seconds())
    if seconds <= 0:
        return _("It starts any moment now.")
    return ngettext(
        "It starts in %(number)s second.", "It starts in %(number)s seconds.", seconds
    ) % {"number": intcomma(seconds)}


def pace(report: Report) -> str:
    """Until when a mailing is spread; empty where it goes as fast as it can."""
    window = timedelta(seconds=report.mailing.spread_seconds)
    if not window:
        return ""
    hours = window / timedelta(hours=1)
    over = ngettext("Evenly over %(hours)g hour", "Evenly over %(hours)g hours", ceil(hours)) % {
        "hours": hours
    }
    if report.state == Mailing.State.SENDING:
        return _("%(over)s, until about %(end)s.") % {
            "over": over,
            "end": in_words(report.mailing.began_at + window),
        }
    return f"{over}."


def people(count: int) -> str:
    """`1 person`, `1,204 people`."""
    return ngettext("%(number)s person", "%(number)s people", count) % {"number": intcomma(count)}


def _sentences(report: Report, ways: AbstractSet[str]) -> tuple[str, str]:
    if report.state == Mailing.State.SENDING:
        return _sending(report)
    if report.state == Mailing.State.FINISHED:
        return _finished(report, ways)
    if report.state == Mailing.State.SCHEDULED:
        return _scheduled(report)
    if report.mailing.undone_at:
        return _undone(report)
    left = people(report.unsettled)
    return {
        Mailing.State.HELD.value: (
            _("Held for a moment, so that you can still undo it. Nobody has been mailed."),
            _("It starts by itself when the moment is over."),
        ),
        Mailing.State.PAUSED.value: (
            _("Paused. Nobody else is mailed for now."),
            _("%(people)s still to mail when you resume.") % {"people": left},
        ),
        Mailing.State.CANCELLED.value: (
            _("Cancelled. Who had not been mailed is left out."),
            _("%(people)s are being taken off the list.") % {"people": left}
            if report.unsettled
            else _("Nothing more will happen."),
        ),
    }[report.state]


def _scheduled(report: Report) -> tuple[str, str]:
    if report.mailing.problem:
        return _("It did not start. Nobody has been mailed."), _("It waits for your word.")
    return (
        _("Starts on %(date)s. Nobody has been mailed.")
        % {"date": in_words(report.mailing.began_at)},
        _("It starts by itself and goes to whoever is subscribed then."),
    )


def _undone(report: Report) -> tuple[str, str]:
    if report.mailing.kind == Mailing.Kind.FIRST:
        return (
            _("Taken back. Nobody was mailed."),
            _("The post stays as it is: you can email it anew, or take it off the web."),
        )
    return _("Taken back. Nobody was mailed."), _("Nothing more will happen.")


def _sending(report: Report) -> tuple[str, str]:
    waiting = report.deliveries["waiting"] + report.deliveries["attempting"]
    if report.problem:
        return (
            _("Not getting on at the moment: %(problem)s") % {"problem": told(report.problem).said},
            _("Nobody is lost. It goes on by itself when that is repaired."),
        )
    if report.waits:
        return (
            report.waits,
            _("%(people)s to go. It goes on by itself; you can close this page.")
            % {"people": people(report.unsettled)},
        )
    if waiting and (spread := pace(report)):
        return (
            _("Handing letters over: %(people)s to go. %(pace)s")
            % {"people": people(waiting), "pace": spread},
            _("You can close this page; the work goes on without you."),
        )
    if waiting:
        return (
            _("Handing letters over: %(people)s to go.") % {"people": people(waiting)},
            _("You can close this page; the work goes on without you."),
        )
    if report.deliveries["retrying"]:
        return (
            _("Everybody was tried once. %(people)s will be tried again.")
            % {"people": people(report.deliveries["retrying"])},
            _("That happens by itself, after a wait that the mail server asked for."),
        )
    return _("All letters are handed over."), _("The last answers are being written down.")


def _finished(report: Report, ways: AbstractSet[str]) -> tuple[str, str]:
    taken = sum(report.deliveries[name] for name in ("accepted", "delivered"))
    now = _outcome(taken, ways)
    if report.deliveries["in_doubt"]:
        return (
            _("Handed over, but of %(people)s we never got the answer.")
            % {"people": people(report.deliveries["in_doubt"])},
            _("Below you can decide about them. The letter to %(people)s was taken.")
            % {"people": people(taken)},
        )
    return now, _("There is nothing left to do.")


def _outcome(taken: int, ways: AbstractSet[str]) -> str:
    if not taken:
        return _("Finished. No letter went out.")
    if Outbox.name not in ways:
        said = _("Finished. The letter to %(people)s was taken by the next mail server.")
    elif len(ways) == 1:
        said = _("Finished. The letter to %(people)s lies in the outbox on this machine.")
    else:
        said = _("Finished. The letter to %(people)s was taken by a mail server or the outbox.")
    return said % {"people": people(taken)}
