"""What was done to a mailing, and by whom, in a writer's words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.delivery.mailings.audit import MACHINE
from posts.delivery.models import Mailing
from posts.desk.plain import is_technical

# By the names under which `posts.delivery` keeps them.
_DONE = {
    "held": gettext_lazy("Asked for, and held to be undone"),
    "scheduled": gettext_lazy("Planned"),
    "rescheduled": gettext_lazy("Planned for another time"),
    "released": gettext_lazy("The time to undo was over"),
    "started": gettext_lazy("Started"),
    "started now": gettext_lazy("Started at once"),
    "undone": gettext_lazy("Taken back"),
    "paused": gettext_lazy("Paused"),
    "resumed": gettext_lazy("Resumed"),
    "cancelled": gettext_lazy("Cancelled"),
    "retry failed": gettext_lazy("Tried again those to whom a mail server had said no"),
    "resend doubts": gettext_lazy("Sent again to those of whom no answer had come"),
    "leave doubts": gettext_lazy("Left those of whom no answer had come as they are"),
    "came back": gettext_lazy("Waits since a return from a backup"),
    "waits": gettext_lazy("Waited for your word"),
    "finished": gettext_lazy("Finished"),
    "folded": gettext_lazy("Forgot who got it, and kept the numbers"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """One line; `detail` is empty where it speaks of programs, `technical` has all of it."""

    at: datetime
    what: str
    by: str
    detail: str
    technical: str


def done(action: str) -> str:
    return str(_DONE.get(action, action))


def history(mailing: Mailing) -> list[Done]:
    """Newest first."""
    return [
        Done(
            event.at,
            done(event.action),
            _("itself") if event.by == MACHINE else event.by,
            "" if is_technical(event.detail) else event.detail,
            event.detail,
        )
        for event in mailing.events.order_by("-pk")
    ]
