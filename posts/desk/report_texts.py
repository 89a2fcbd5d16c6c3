"""The report in plain words: what the numbers, the codes and the bars mean."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from posts.delivery.reporting.tally import MailingCounts, Refusals
from posts.desk import texts

SERIES_TEXTS = {
    "accepted": gettext_lazy("Accepted"),
    "delivered": gettext_lazy("Delivered"),
    "bounced": gettext_lazy("Bounced"),
    "complained": gettext_lazy("Complained"),
    "left": gettext_lazy("Left the newsletter"),
}
BOUNCE_TEXTS = {
    "hard": gettext_lazy("the address does not exist or takes no mail, for good"),
    "soft": gettext_lazy("for a passing reason, such as a full mailbox"),
    "blocked": gettext_lazy("blocked by the provider, for what or whom it came from"),
    "": gettext_lazy("no reason was given"),
}
# RFC 3463 and 5321, for people. What is not here is told by its kind, the middle number.
CODE_TEXTS = {
    "5.1.1": gettext_lazy("the address does not exist"),
    "5.1.2": gettext_lazy("the address has a domain that does not exist"),
    "5.1.3": gettext_lazy("the address is not written as one"),
    "5.1.6": gettext_lazy("the mailbox has moved"),
    "5.1.10": gettext_lazy("the address, or its whole domain, takes no mail"),
    "5.2.1": gettext_lazy("the mailbox is closed"),
    "5.2.2": gettext_lazy("the mailbox is full"),
    "5.2.3": gettext_lazy("the letter is too large for the mailbox"),
    "5.4.4": gettext_lazy("no mail server was found for the address"),
    "5.7.1": gettext_lazy("refused by the provider’s own rules"),
    "5.7.26": gettext_lazy("our domain could not be proven (SPF, DKIM, DMARC)"),
    "5.7.515": gettext_lazy("our domain could not be proven (SPF, DKIM, DMARC)"),
    "550": gettext_lazy("there is no such mailbox, or it may not be used"),
    "551": gettext_lazy("the reader is not at that server"),
    "552": gettext_lazy("the mailbox is full, or the letter too large"),
    "553": gettext_lazy("the address is not one that the server takes"),
    "554": gettext_lazy("refused without a closer reason"),
    "": gettext_lazy("in words without a code"),
}
_KINDS = {
    "1": gettext_lazy("something about the address"),
    "2": gettext_lazy("something about the mailbox"),
    "3": gettext_lazy("something about the mail server"),
    "4": gettext_lazy("something about the way to the mail server"),
    "5": gettext_lazy("the mail servers did not understand each other"),
    "6": gettext_lazy("something about what the letter holds"),
    "7": gettext_lazy("refused by rules of security or trust"),
}
_OTHER = gettext_lazy("a reason that the code does not tell")
MOST_CODES = 10


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line below a state: how many of its people, and why."""

    code: str
    text: str
    count: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A line of the table; its parts add up to it."""

    name: str
    text: str
    count: int
    parts: list[ReportLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many people it took this many attempts."""

    label: str
    people: int


def states(found: MailingCounts, ways: AbstractSet[str]) -> list[State]:
    """The ten states; bounced, refused and left out in parts. `ways`: the transports it went by."""
    parts = {
        "bounced": [
            ReportLine(why, str(BOUNCE_TEXTS.get(why, why)), n) for why, n in found.bounced.items()
        ],
        "refused": refusals(found.refused),
        "left_out": [ReportLine("", row.text, row.count) for row in texts.reasons(found.report)],
    }
    return [
        State(row.name, row.text, row.count, parts.get(row.name, []))
        for row in texts.rows(found.report, ways)
    ]


def refusals(groups: list[Refusals]) -> list[ReportLine]:
    """The most frequent codes with an example each, and all others in one line."""
    shown, rest = groups[:MOST_CODES], groups[MOST_CODES:]
    parts = [ReportLine(g.code, _refused_with(g), g.people, g.example) for g in shown]
    if rest:
        others = sum(group.people for group in rest)
        parts.append(ReportLine("", _("%(codes)s other codes") % {"codes": len(rest)}, others))
    return parts


def _refused_with(group: Refusals) -> str:
    """What the code means; and where it was about us, that no address was given up for it."""
    meant = code_text(group.code)
    if not group.ours:
        return meant
    if group.ours == group.people:
        return _("%(meant)s (about us or the letter, not about the address)") % {"meant": meant}
    return _("%(meant)s (for %(ours)s of them about us or the letter)") % {
        "meant": meant,
        "ours": intcomma(group.ours),
    }


def code_text(code: str) -> str:
    """What a mail server meant by a code, in a few words."""
    if "." not in code:
        return str(CODE_TEXTS.get(code, _OTHER))
    _class, kind, _detail = code.split(".")
    for_good = f"5.{kind}.{_detail}"  # 4 and 5 say the same, for now and for good
    return str(CODE_TEXTS.get(for_good) or _KINDS.get(kind, _OTHER))


def attempts(found: MailingCounts) -> list[Attempts]:
    return [Attempts(_times(made), count) for made, count in found.attempts.items()]


def _times(made: int) -> str:
    if not made:
        return _("Not attempted")
    return ngettext("%(n)s attempt", "%(n)s attempts", made) % {"n": made}


def interval(step: timedelta) -> str:
    """`minute`, `10 minutes`, `6 hours`: to stand after “per” or “in one”."""
    seconds = int(step.total_seconds())
    units = ((86_400, _day), (3_600, _hour), (60, _minute), (1, _second))
    length, name = next((length, name) for length, name in units if seconds % length == 0)
    return name(seconds // length)


def _day(n: int) -> str:
    return ngettext("day", "%(n)s days", n) % {"n": n}


def _hour(n: int) -> str:
    return ngettext("hour", "%(n)s hours", n) % {"n": n}


def _minute(n: int) -> str:
    return ngettext("minute", "%(n)s minutes", n) % {"n": n}


def _second(n: int) -> str:
    return ngettext("second", "%(n)s seconds", n) % {"n": n}


def summary(most: int, step: timedelta, at: str) -> str:
    """What one sees at a glance in a chart."""
    return _("The most within %(interval)s: %(most)s, from %(at)s on.") % {
        "interval": _piece(step),
        "most": intcomma(most),
        "at": at,
    }


def _piece(step: timedelta) -> str:
    said = interval(step)
    return said if said[0].isdigit() else f"1 {said}"
