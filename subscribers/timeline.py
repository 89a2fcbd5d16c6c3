"""All that happened between a person and us, as one list: for her page in the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from subscribers.models import Subscriber, Suppression
from subscribers.queries import address_hash


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
            source=event.source,
            by=event.by,
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
        told = {"what": change.what, "before": change.before, "after": change.after}
        if change.before or change.after:
            what = _("Changed %(what)s from “%(before)s” to “%(after)s”") % told
        else:
            what = _("Changed: %(what)s") % told
        yield TimelineEntry(change.at, "change", what, source=change.source, by=change.by)


def _suppression(subscriber: Subscriber) -> Iterator[TimelineEntry]:
    for row in Suppression.objects.filter(address_hash=address_hash(subscriber.address)):
        what = _("Never to be mailed again: %s") % row.get_reason_display()
        yield TimelineEntry(row.created_at, "suppression", what)
