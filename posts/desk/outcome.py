"""What became of a letter, in three numbers beside those of the letter before; and what of it
wants a person, each with the one thing that can be done."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.delivery.mailings.queries import Report, count
from posts.delivery.models import Delivery, Mailing
from posts.delivery.reporting.leaving import left_since
from posts.delivery.transports.outbox import Outbox
from posts.desk.offers import Offer
from posts.desk.queries import Trouble, letter_before, troubled
from posts.desk.texts import people

# States that mean: it was taken for her.
REACHED = ("accepted", "delivered", "complained")
NOT_REACHED = ("refused", "bounced")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `before` is that of the letter before, None where there is nothing to compare."""

    name: str
    label: str
    number: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class LetterOutcome:
    """The three numbers, and the letter that they are compared with."""

    figures: list[Figure]
    compared: Mailing | None


@dataclass(frozen=True, slots=True)
class Concern:
    """People of whom something is to be known or decided; `offers` is what can be done."""

    name: str
    heading: str
    text: str
    number: int
    people: list[Trouble]
    offers: list[Offer] = field(default_factory=list)


def outcome(
    report: Report, ways: AbstractSet[str], counted: Callable[[Mailing], Report] = count
) -> LetterOutcome:
    """Three numbers of a mailing that has begun. While it goes out the third is who is still to
    come; afterwards who left since, which only then means something. `counted` is how the letter
    before is counted."""
    mailing, counts = report.mailing, numbers(report)
    done = report.state == Mailing.State.FINISHED
    compared = letter_before(mailing) if done else None
    before = numbers(counted(compared)) if compared else {}
    labels = {
        "reached": _("got it") if Outbox.name not in ways else _("lie in the outbox"),
        "missed": _("could not be reached"),
        "to_come": _("still to come"),
        "left": _("left since"),
    }
    shown = ("reached", "missed", "left" if done else "to_come")
    if done:
        counts["left"] = _left(mailing)
        if compared:
            before["left"] = _left(compared)
    return LetterOutcome(
        [Figure(name, labels[name], counts[name], before.get(name)) for name in shown], compared
    )


def numbers(report: Report) -> dict[str, int]:
    """The ten states, added up to what a writer asks."""
    return {
        "reached": sum(report.deliveries[state] for state in REACHED),
        "missed": sum(report.deliveries[state] for state in NOT_REACHED),
        "to_come": report.unsettled,
    }


def _left(mailing: Mailing) -> int:
    return len(left_since(mailing, started=mailing.began_at).times)


def concerns(report: Report, offered: Iterable[Offer]) -> tuple[list[Concern], list[Offer]]:
    """Who wants a thought, most urgent first; and the offers that belong to none of them."""
    of_state = {"in_doubt": ("resend-doubts", "leave-doubts"), "refused": ("retry-failed",)}
    texts = {"in_doubt": _doubts, "refused": _refused, "bounced": _bounced}
    offered = list(offered)
    found = []
    for state, told in texts.items():
        if number := report.deliveries[state]:
            heading, text = told(number)
            who = troubled(report.mailing, Delivery.State[state.upper()])
            mine = [offer for offer in offered if offer.verb in of_state.get(state, ())]
            found.append(Concern(state, heading, text, number, who, mine))
    taken = {offer.verb for concern in found for offer in concern.offers}
    return found, [offer for offer in offered if offer.verb not in taken]


def _doubts(number: int) -> tuple[str, str]:
    return (
        _("%(people)s may have it, or not") % {"people": people(number)},
        _(
            "The letter was handed over, and then the line or the machine was gone before the "
            "answer came. We never send twice on a guess, so it is for you to decide."
        ),
    )


def _refused(number: int) -> tuple[str, str]:
    return (
        ngettext(
            "The mail server of %(people)s said no",
            "The mail servers of %(people)s said no",
            number,
        )
        % {"people": people(number)},
        _(
            "Nobody of them has the letter. Its words are below. Where an address is gone, it is "
            "not mailed again; for all others the next letter tries anew, or you try now."
        ),
    )


def _bounced(number: int) -> tuple[str, str]:
    return (
        ngettext("%(number)s letter came back", "%(number)s letters came back", number)
        % {"number": intcomma(number)},
        _(
            "There is nothing to do: an address that is gone is not mailed again by itself, and a "
            "full mailbox gets the next letter. If you know a reader's new address, correct it."
        ),
    )
