"""What the page about one person says: why she is on the list, what happened, what she got."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from posts.delivery.models import Delivery, Mailing
from posts.desk.words import REASON_WORDS, STATE_WORDS
from subscribers.models import ConsentEvent, Subscriber, Subscription
from subscribers.queries import is_suppressed

MAILINGS = 50
Kind = ConsentEvent.Kind
GAVE = (Kind.CONFIRMED, Kind.IMPORTED, Kind.RESUBSCRIBED)


@dataclass(frozen=True, slots=True)
class Got:
    """One mailing, and what became of it here."""

    mailing: Mailing
    state: str
    words: str
    reason: str
    at: datetime


def why(person: Subscriber, ties: Iterable[Subscription]) -> str:
    """In one sentence, why this address is on the list, or that it is not."""
    if is_suppressed(person.address):
        return _("This address must not be mailed; no import changes that.")
    ties = list(ties)
    gets = [tie for tie in ties if tie.status == Subscription.Status.ACTIVE]
    if not gets:
        return _without(ties)
    last = (
        person.consent_events.filter(
            kind__in=GAVE,
            newsletter__in=[tie.newsletter_id for tie in gets],
        )
        .order_by("-pk")
        .first()
    )
    if last is None:
        return _("It gets %s, but no consent is on record: ask its owner before you mail it.") % (
            _list(gets)
        )
    told = {"newsletters": _list(gets), "day": date_format(last.at, "j F Y"), "source": last.source}
    words = {
        Kind.IMPORTED: _(
            "It gets %(newsletters)s because it was imported on %(day)s, from: %(source)s."
        ),
        Kind.RESUBSCRIBED: _(
            "It gets %(newsletters)s because its owner undid an unsubscribe on %(day)s."
        ),
        Kind.CONFIRMED: _(
            "It gets %(newsletters)s because its owner signed up and confirmed by mail on %(day)s."
        ),
    }
    return words[Kind(last.kind)] % told


def _without(ties: list[Subscription]) -> str:
    if any(tie.asked_at or tie.status == Subscription.Status.PENDING for tie in ties):
        return _("Somebody asked for mail here, and its owner has not confirmed: it gets nothing.")
    if ties:
        return _("It is on no list any more and gets nothing; what it agreed to stays on record.")
    return _("It is on no list and gets nothing.")


def _list(ties: list[Subscription]) -> str:
    return ", ".join(f"“{tie.newsletter.name}”" for tie in ties)


def got(person: Subscriber, newsletters: Iterable[int]) -> list[Got]:
    """What became of the last mailings of her newsletters. By the ledger's own key: an index by
    reader would cost each mailing more than this page is worth."""
    mailings = {
        mailing.pk: mailing
        for mailing in Mailing.objects.filter(newsletter_id__in=[*newsletters])
        .select_related("post")
        .order_by("-pk")[:MAILINGS]
    }
    rows = Delivery.objects.filter(mailing_id__in=[*mailings], subscriber_id=person.pk)
    return [
        Got(
            mailings[row.mailing_id],
            str(Delivery.State(row.state).label),
            str(STATE_WORDS[str(Delivery.State(row.state).label)]),
            str(REASON_WORDS.get(row.reason, row.reason)),
            row.changed_at,
        )
        for row in sorted(rows, key=lambda row: -row.mailing_id)
    ]
