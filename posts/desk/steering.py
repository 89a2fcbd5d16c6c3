"""What one can do to a mailing now, each with the words that say what will and won't happen."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from posts.delivery.models import Mailing
from posts.delivery.queries import Report
from posts.desk.words import people

OPEN = (Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.SCHEDULED, Mailing.State.HELD)


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: `question` opens it, `will` and `wont` are read, `press` does it."""

    verb: str
    question: str
    will: str
    wont: str
    press: str
    grave: bool = False


def offers(report: Report) -> list[Offer]:
    """The offers that apply, in the order in which one would look for them."""
    refused, doubts = report.deliveries["refused"], report.deliveries["in_doubt"]
    found = []
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
        _("Send again to those in doubt…"),
        _("%(people)s get the letter again.") % {"people": people(doubts)},
        _("We can’t tell who of them has it already: some may get it twice."),
        _("Send again to %(people)s") % {"people": people(doubts)},
        grave=True,
    )


def _leave(doubts: int) -> Offer:
    return Offer(
        "leave-doubts",
        _("Leave the doubts as they are…"),
        _("Your decision is written down, and nothing is sent."),
        _("%(people)s may not have got the letter.") % {"people": people(doubts)},
        _("Leave them as they are"),
    )


def _retry(refused: int) -> Offer:
    return Offer(
        "retry-failed",
        _("Try the refused again…"),
        _("%(people)s are tried once more.") % {"people": people(refused)},
        _("Nobody gets it twice: the mail server had said no to each of them."),
        _("Try again for %(people)s") % {"people": people(refused)},
    )


def _cancel(report: Report) -> Offer:
    return Offer(
        "cancel",
        _("Cancel…"),
        _("%(people)s who were not mailed are left out, for good.")
        % {"people": people(report.unsettled).capitalize()},
        _("What went out cannot be called back, and a post cannot be mailed a second time."),
        _("Cancel the mailing"),
        grave=True,
    )
