"""Noting what somebody at the desk did, in Wagtail's own log.

What is done to a mailing is in the mailing's own history (`posts.delivery`), which the log shows
beside this. Nothing here holds a reader's address: of a reader it keeps her number, which leads to
nobody once she is erased.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from posts.content.models import SiteSettings
from posts.desk.programs.models import ProgramToken
from subscribers import saying
from subscribers.models import Newsletter
from subscribers.saying import sentence_of
from subscribers.segments.models import Segment, Tag

__all__ = ["ACTIONS", "detail_of", "note", "note_number"]

_NAMED = (User, Newsletter, Segment, SiteSettings, Tag, ProgramToken)

# By what stands in the log.
ACTIONS = {
    "desk.person.added": _("Added a reader"),
    "desk.person.corrected": _("Corrected a reader’s address or name"),
    "desk.person.link": _("Had a reader’s own link mailed to her"),
    "desk.person.suppressed": _("Said that a reader is never mailed again"),
    "desk.person.lifted": _("Let a reader be mailed again"),
    "desk.person.asked": _("Had a reader asked again whether she wants letters"),
    "desk.person.erased": _("Erased a reader"),
    "desk.person.tagged": _("Changed the tags of a reader"),
    "desk.person.unsubscribed": _("Unsubscribed a reader"),
    "desk.bulk": _("Did something to many readers at once"),
    "desk.exported": _("Downloaded readers’ addresses"),
    "desk.site.exported": _("Took the whole site along"),
    "desk.import.brought": _("Uploaded a list of readers"),
    "desk.import.answered": _("Said what a list’s columns mean"),
    "desk.import.confirmed": _("Let a list be imported"),
    "desk.import.cancelled": _("Stopped an import"),
    "desk.move.brought": _("Uploaded letters from elsewhere"),
    "desk.move.confirmed": _("Let letters from elsewhere come in"),
    "desk.move.cancelled": _("Stopped letters from elsewhere"),
    "desk.segment.saved": _("Saved a segment"),
    "desk.segment.deleted": _("Deleted a segment"),
    "desk.tag.changed": _("Changed a tag"),
    "desk.restored.opened": _("Let letters leave after a return from a backup"),
    "desk.restored.people": _("Looked who may come in after a return from a backup"),
    "desk.invited": _("Invited somebody to the desk"),
    "desk.invitation.withdrawn": _("Took an invitation back"),
    "desk.joined": _("Came by an invitation"),
    "desk.role": _("Changed what somebody may do"),
    "desk.account.closed": _("Closed an account"),
    "desk.account.opened": _("Opened an account again"),
    "desk.step.added": _("Added a second step"),
    "desk.step.removed": _("Took a second step away"),
    "desk.step.codes": _("Made new recovery codes"),
    "desk.step.required": _("Changed whether everybody needs a second step"),
    "desk.sessions.ended": _("Ended sessions"),
    "desk.password": _("Chose a new password"),
    "desk.token.made": _("Made a token for another program"),
    "desk.token.revoked": _("Revoked a token"),
    "desk.webhook.saved": _("Saved where another program is told what happens"),
    "desk.webhook.deleted": _("Deleted where another program is told what happens"),
}


def note(action: str, *, by: User, on: Model, detail: str = "") -> None:
    """Note it of `on`. `detail` must name no reader; what of it is ours is a sentence, and said in
    the language of whoever reads the log (`detail_of`)."""
    short = saying.changed(detail, lambda text: text[:200])
    data = {"detail": saying.kept(short)} if detail else {}
    # What a reader, or a list of them, calls itself tells of her: only these have a name here.
    title = str(on)[:200] if isinstance(on, _NAMED) else "–"
    log(instance=on, action=action, user=by, title=title, data=data)


def note_number(action: str, *, by: User, on: Model, number: int) -> None:
    people = sentence_of(number, "%(number)s reader", "%(number)s readers")
    note(action, by=by, on=on, detail=people)


def detail_of(data: Mapping[str, Any]) -> str:
    """What `note` kept; lines from before there were sentences, as whoever did it read them."""
    return saying.heard(str(data.get("detail", "")))


def register(actions: Any) -> None:
    """For Wagtail's hook `register_log_actions`."""
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
