"""What the machinery says, told to a writer: in her words, the machinery's own a press away.

What went wrong is written for whoever repairs it, often in the words of a mail server, and is kept
so. A screen shows such a text where it speaks of letters and people; where it speaks of programs,
a sentence of ours stands there, and the text goes into the details for an administrator
(`desk/technical.html`). `tests/desk/test_words.py` walks all screens and holds it.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from posts.delivery.check import Check

# Names of programs and of their parts, of variables, files and addresses of machines.
_TECHNICAL = re.compile(
    r"\b(?:celery|redis|broker|workers?|sqlite|postgres\w*|starttls|tls|smtps?|verp|uv run"
    r"|manage\.py|traceback|exception|errno|candidates?|transport|journal|database"
    r"|webhooks?|readme)\b"
    r"|://|\w_\w|\w\(|/\w+/\w",
    re.IGNORECASE,
)
# For each line of the check-up that may speak of programs: what has happened, and what to do.
_CHECKS = {
    "broker": (
        _("Letters wait: the part of this site that passes work along does not answer."),
        _("Nothing is lost, and it goes on by itself. Whoever runs the site can repair it."),
    ),
    "workers": (
        _("Letters wait: the part of this site that hands them over is not running."),
        _("Nothing is lost, and it goes on by itself. Whoever runs the site can start it."),
    ),
    "transport": (
        _("Letters stay here for now: the way to your mail server needs a look."),
        _("Nothing is lost. Whoever runs the site finds below what to change."),
    ),
    "bounces": (
        _("What comes back is not heard of as it should be: addresses that are gone, complaints."),
        _("Letters leave all the same. Whoever runs the site finds below what to change."),
    ),
}
_AT_HOME = (
    _("No reader is reached yet: letters stay on this machine."),
    _("Whoever runs the site finds below how letters leave."),
)
_ANY_CHECK = (
    _("A part of this site needs a look."),
    _("Nothing is lost. Whoever runs the site finds below what to do."),
)
_HELD_UP = _("The way to your mail server, or a part of this site, needs a look.")


@dataclass(frozen=True, slots=True)
class Told:
    """`said` is for everybody; `technical` is empty, or what an administrator may want to read."""

    said: str
    technical: str = ""


def told(text: str, instead: str | Promise = _HELD_UP) -> Told:
    """The text itself where a writer can read it, else `instead`."""
    return Told(str(instead), text) if is_technical(text) else Told(text)


def is_technical(text: str) -> bool:
    """Whether it speaks of programs, variables, files or states under their names in code."""
    return _TECHNICAL.search(text) is not None


@dataclass(frozen=True, slots=True)
class PlainCheck:
    """A line of the check-up as the desk says it."""

    name: str
    level: str
    message: str
    todo: str
    url: str
    technical: str


def plain(check: Check) -> PlainCheck:
    """What the check-up found, with what is for an administrator set apart."""
    message, todo = _CHECKS.get(check.name, _ANY_CHECK)
    if check.name == "transport" and check.level == "warning":
        message, todo = _AT_HOME
    said, then = told(check.message, message), told(check.todo, todo)
    technical = f"{check.message} {check.todo}" if said.technical or then.technical else ""
    return PlainCheck(check.name, check.level, said.said, then.said, check.url, technical)
