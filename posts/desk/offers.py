"""What one can do to a mailing now, each with the words that say what will and won't happen."""

from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.delivery.mailings.queries import Report
from posts.delivery.models import Mailing
from posts.desk.forms import UndoForm, WhenForm
from posts.desk.texts import people

OPEN = (Mailing.State.SENDING, Mailing.State.PAUSED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: `question` opens it, `will` and `wont` are read, `press` does it."""

    verb: str
    question: str
    will: str
    wont: str
    press: str
    grave: bool = False
    form: Form | None = None


def offers(report: Report, *, goes_live: bool = False, newcomers: int = 0) -> list[Offer]:
    """The offers that apply, in the order in which one would look for them.

    `goes_live`: the post waits to go live with its mailing. `newcomers`: how many subscribed
    since the post was emailed.
    """
    refused, doubts = report.deliveries["refused"], report.deliveries["in_doubt"]
    if report.mailing.totals is not None:  # who they are is no longer known
        refused = doubts = 0
    is_digest = report.mailing.kind == Mailing.Kind.DIGEST
    found = []
    if report.state == Mailing.State.HELD:  # to undo it stands above all others
        found.append(_start_held(report))
    if report.state == Mailing.State.SCHEDULED:
        found += [
            _start_digest() if is_digest else _start_scheduled(goes_live),
            _reschedule(report, goes_live),
            _cancel_digest() if is_digest else _unschedule(goes_live),
        ]
    if newcomers:
        found.append(_catch_up(newcomers))
    if report.state == Mailing.State.PAUSED:
        found.append(_resume(report))
    if report.state == Mailing.State.SENDING:
        found.append(_pause())
    if doubts and report.state != Mailing.State.CANCELLED:
        found += [_resend(doubts), _leave(doubts)]
    if refused and report.state != Mailing.State.CANCELLED:
        found.append(_retry(refused))
    if report.state in OPEN:
        found.append(_cancel(report))
    return found


def _start_held(report: Report) -> Offer:
    return Offer(
        "start-now",
        _("Start it now…"),
        _("It starts at once, to %(people)s.") % {"people": people(report.candidates)},
        _("After that it cannot be undone; what went out cannot be called back."),
        _("Email %(people)s now") % {"people": people(report.candidates)},
    )


def _start_scheduled(goes_live: bool) -> Offer:
    return Offer(
        "start-now",
        _("Start it now…"),
        _("The post goes live now, and the letter goes to everybody who is subscribed now.")
        if goes_live
        else _("The letter goes to everybody who is subscribed now, as the post is now."),
        _("It does not wait for its time, and cannot be undone."),
        _("Email everybody now"),
    )


def _start_digest() -> Offer:
    return Offer(
        "start-now",
        _("Start it now…"),
        _("It goes to everybody who wants such a digest now, with its posts as they are now."),
        _("It does not wait for its time, and cannot be undone."),
        _("Email the digest now"),
    )


def _cancel_digest() -> Offer:
    return Offer(
        "undo",
        _("Cancel it…"),
        _("Nobody gets the digest of this time; the next one comes as usual."),
        _("Its posts stay as they are."),
        _("Cancel the digest"),
        grave=True,
    )


def _reschedule(report: Report, goes_live: bool) -> Offer:
    local = timezone.localtime(report.mailing.began_at)
    return Offer(
        "reschedule",
        _("Change the time…"),
        _("The post goes live, and its mailing starts, at the time that you choose.")
        if goes_live
        else _("The mailing starts at the time that you choose."),
        _("Nobody is mailed before."),
        _("Change the time"),
        form=WhenForm(initial={"date": local.date(), "time": local.time()}),
    )


def _unschedule(goes_live: bool) -> Offer:
    return Offer(
        "undo",
        _("Cancel it…"),
        _("Nobody is mailed, and you can email the post another time."),
        _("The post still goes live at its time, unless you say so here.")
        if goes_live
        else _("The post itself stays as it is."),
        _("Cancel the mailing"),
        grave=True,
        form=UndoForm() if goes_live else None,
    )


def _catch_up(newcomers: int) -> Offer:
    return Offer(
        "catch-up",
        ngettext(
            "Email the %(number)s person who subscribed since…",
            "Email the %(number)s people who subscribed since…",
            newcomers,
        )
        % {"number": intcomma(newcomers)},
        _("%(people)s get the post as it stands now, in a mailing of its own.")
        % {"people": people(newcomers)},
        _("Nobody who is in a mailing of this post already is mailed again."),
        _("Email %(people)s") % {"people": people(newcomers)},
    )


def _resume(report: Report) -> Offer:
    return Offer(
        "resume",
        _("Resume…"),
        _("It goes on where it stopped, with %(people)s.") % {"people": people(report.unsettled)},
        _("Nobody who was mailed already is mailed again."),
        _("Resume the mailing"),
    )


def _pause() -> Offer:
    return Offer(
        "pause",
        _("Pause…"),
        _("No more letters are handed over, within about ten seconds. You can resume any time."),
        _("What was handed over is on its way and cannot be held back."),
        _("Pause the mailing"),
    )


def _resend(doubts: int) -> Offer:
    return Offer(
        "resend-doubts",
        _("Send it to them again…"),
        _("%(people)s get the letter again.") % {"people": people(doubts)},
        _("We can’t tell who of them has it already: some may get it twice."),
        _("Send again to %(people)s") % {"people": people(doubts)},
        grave=True,
    )


def _leave(doubts: int) -> Offer:
    return Offer(
        "leave-doubts",
        _("Leave it so…"),
        _("Your decision is written down, and nothing is sent."),
        _("%(people)s may not have got the letter.") % {"people": people(doubts)},
        _("Leave them as they are"),
    )


def _retry(refused: int) -> Offer:
    return Offer(
        "retry-failed",
        _("Try again…"),
        _("%(people)s are tried once more.") % {"people": people(refused)},
        _("Nobody gets it twice: the mail server had said no to each of them."),
        _("Try again for %(people)s") % {"people": people(refused)},
    )


def _cancel(report: Report) -> Offer:
    return Offer(
        "cancel",
        _("Cancel…"),
        _("%(people)s who were not mailed are left out, for good.")
        % {"people": people(report.unsettled)},
        _("What went out cannot be called back, and a post cannot be mailed a second time."),
        _("Cancel the mailing"),
        grave=True,
    )
