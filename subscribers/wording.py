"""The sentences with which people consent, kept with each consent as they were shown.

Whoever changes a sentence changes its version: the record must say what was read.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Wording:
    """One sentence in one version; `text` is in the language of the moment."""

    version: str
    text: object  # a str, or Django's lazy translation of one

    def __str__(self) -> str:
        return str(self.text)


SIGN_UP = Wording(
    "sign-up 1",
    _(
        "I would like to get this newsletter by email. Every mail has a link that stops it, "
        "and my address is used for nothing else."
    ),
)
CONFIRM = Wording(
    "confirm 1",
    _("Yes, I would like to get this by email. Every mail has a link that stops it."),
)
PREFERENCES = Wording(
    "preferences 2",
    _("I would like to get what is ticked by email. Every mail has a link that stops it."),
)
ADDRESS = Wording("address 1", _("Yes, change the address"))
UNDO = Wording("undo 1", _("Undo: keep me subscribed"))

_SIGN_UP_FORMS = {SIGN_UP.version: SIGN_UP}


def shown(version: str) -> Wording | None:
    """The sentence on the sign-up form that says it showed this version; None if it showed none."""
    return _SIGN_UP_FORMS.get(version)
