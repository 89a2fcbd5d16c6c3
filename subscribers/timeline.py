"""All that happened between a person and us, as one list: for her page in the desk.

What is kept of it is evidence, in words for programs, and stays as it is. For people it is said
here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers import suppressions
from subscribers.languages import name_of
from subscribers.models import Subscriber, Suppression

# What a reader, or somebody for her, may change; and what is only noted.
_CHANGED = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("How the address is written"),
    "address": gettext_lazy("Address"),
    "locale": gettext_lazy("Language"),
    "edition": gettext_lazy("How much of a post"),
    "format": gettext_lazy("How mails look"),
    "pace": gettext_lazy("How often"),
    "large_text": gettext_lazy("Large text"),
    "discreet": gettext_lazy("Discreet sender and subject"),
    "rest": gettext_lazy("Rests from mails until"),
    "resting_until": gettext_lazy("Rests from mails until"),
}
_NOTED = {
    "link": gettext_lazy("Own link asked for"),
    "export": gettext_lazy("A copy of everything was handed out"),
    "confirmation mail": gettext_lazy("Asked again to confirm"),
}
_CHOICES = {
    "edition": Subscriber.Edition,
    "format": Subscriber.Format,
    "pace": Subscriber.Pace,
}
_YES_OR_NO = {str(True): gettext_lazy("yes"), str(False): gettext_lazy("no")}
# Who did it, and where, as it is kept; of some only how it begins.
_KEPT = {
    "the reader": gettext_lazy("the reader"),
    "the reader's mail program (one-click)": gettext_lazy("the reader’s mail program"),
    "restore": gettext_lazy("a return from a backup"),
    "objections kept beside the database": gettext_lazy("what was noted of it beside the site"),
    "mail server": gettext_lazy("the mail server"),
}
_BEGINS = {
    "mail kept coming back, reported by ": gettext_lazy("mail kept coming back, says %(who)s"),
    "reported by ": gettext_lazy("says %(who)s"),
    "file ": gettext_lazy("file %(who)s"),
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. What is empty was not known, or is kept no more."""

    at: datetime
    kind: str  # consent, mail, change or suppression
    what: str  # in words
    newsletter: str = ""
    words: str = ""  # the sentence she agreed to, as it was shown
    wording_version: str = ""
    source: str = ""
    by: str = ""
    network: str = ""


def timeline(subscriber: Subscriber) -> list[TimelineEntry]:
    """Newest first; of two at the same moment, the one that was written later."""
    entries = [
        *_consent(subscriber),
        *_mails(subscriber),
        *_changes(subscriber),
        *_suppression(subscriber),
    ]
    # Turned round twice: sorting keeps what is equal in the order in which it was written.
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _consent(subscriber: Subscriber) -> Iterator[TimelineEntry]:
    events = subscriber.consent_events.select_related("newsletter", "network").order_by("id")
    for event in events:
        kept = getattr(event, "network", None)  # dropped after 30 days
        yield TimelineEntry(
            at=event.at,
            kind="consent",
            what=event.get_kind_display(),
            newsletter=event.newsletter.name,
            words=event.wording,
            wording_version=event.wording_version,
            source=said(event.source),
            by=said(event.by),
            network=kept.network if kept else "",
        )


def _mails(subscriber: Subscriber) -> Iterator[TimelineEntry]:
    """The last of each kind: earlier ones are only counted."""
    for mail in subscriber.transactional_mails.order_by("id"):
        kind = mail.get_kind_display()
        if mail.mailed_at is not None:
            yield TimelineEntry(mail.mailed_at, "mail", _("Mail handed over: %s") % kind)
        if mail.answered_at is not None:
            yield TimelineEntry(mail.answered_at, "mail", _("Its link was used: %s") % kind)


def _changes(subscriber: Subscriber) -> Iterator[TimelineEntry]:
    for change in subscriber.changes.order_by("id"):
        if change.what == suppressions.LIFTED:
            told = {"before": Suppression.Reason(change.before).label, "after": change.after}
            what = _("May be mailed again (%(before)s): %(after)s") % told
        elif change.what in _NOTED:
            what = str(_NOTED[change.what])
        else:
            what = _("%(what)s: “%(before)s” became “%(after)s”") % {
                "what": _CHANGED.get(change.what, change.what),
                "before": _value(change.what, change.before),
                "after": _value(change.what, change.after),
            }
        source, by = said(change.source), said(change.by)
        yield TimelineEntry(change.at, "change", what, source=source, by=by)


def _value(what: str, value: str) -> str:
    if what == "locale" and value:
        return name_of(value)
    named = dict(_CHOICES[what].choices) if what in _CHOICES else _YES_OR_NO
    return str(named.get(value, value)) or "–"


def said(kept: str) -> str:
    """Who did it or where, for people; an address, a file or a name is what it is."""
    for begins, words in _BEGINS.items():
        if kept.startswith(begins):
            return str(words) % {"who": said(kept.removeprefix(begins))}
    return str(_KEPT.get(kept, kept))


def _suppression(subscriber: Subscriber) -> Iterator[TimelineEntry]:
    for row in suppressions.of(subscriber.address):
        what = _("Never to be mailed again: %s") % row.get_reason_display()
        source = said(row.source) or (str(row.get_origin_display()) if row.origin else "")
        yield TimelineEntry(row.created_at, "suppression", what, source=source)
