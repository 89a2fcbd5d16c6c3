"""What the page about one person says: why she is on the list, what happened, what she got."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from posts.delivery.models import Delivery, Mailing
from posts.desk.queries import BEGINNINGS
from posts.desk.texts import REASON_TEXTS, STATE_TEXTS
from subscribers import wording
from subscribers.models import ConsentEvent, Subscriber, Subscription
from subscribers.queries import is_suppressed

MAILINGS = 50
Kind = ConsentEvent.Kind


@dataclass(frozen=True, slots=True)
class Got:
    """One mailing, and what became of it here."""

    mailing: Mailing
    state: str
    text: str
    reason: str
    at: datetime


def why(person: Subscriber, subscriptions: Iterable[Subscription]) -> str:
    """In one sentence, why this address is on the list, or that it is not."""
    if is_suppressed(person.address):
        return _("This address must not be mailed; no import changes that.")
    subscriptions = list(subscriptions)
    gets = [
        subscription
        for subscription in subscriptions
        if subscription.status == Subscription.Status.ACTIVE
    ]
    if not gets:
        return _without(subscriptions)
    last = (
        person.consent_events.filter(
            kind__in=BEGINNINGS,
            newsletter__in=[subscription.newsletter_id for subscription in gets],
        )
        .order_by("-pk")
        .first()
    )
    if last is None:
        return _("It gets %s, but no consent is on record: ask its owner before you mail it.") % (
            _list(gets)
        )
    told = {
        "newsletters": _list(gets),
        "day": date_format(last.at, "DATE_FORMAT"),
        "source": last.source,
    }
    text = {
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
    if last.wording_version == wording.ADDRESS.version:
        # TRANSLATORS: %(day)s is such as "3 May 2026".
        moved = _(
            "It gets %(newsletters)s because its owner, whose old mailbox was gone, said yes here "
            "on %(day)s."
        )
        return moved % told
    return text[Kind(last.kind)] % told


def _without(subscriptions: list[Subscription]) -> str:
    if any(
        subscription.asked_at or subscription.status == Subscription.Status.PENDING
        for subscription in subscriptions
    ):
        return _("Somebody asked for mail here, and its owner has not confirmed: it gets nothing.")
    if subscriptions:
        return _("It is on no list any more and gets nothing; what it agreed to stays on record.")
    return _("It is on no list and gets nothing.")


def _list(subscriptions: list[Subscription]) -> str:
    return ", ".join(_("“%s”") % one.newsletter.name for one in subscriptions)


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
            str(STATE_TEXTS[str(Delivery.State(row.state).label)]),
            str(REASON_TEXTS.get(row.reason, row.reason)),
            row.changed_at,
        )
        for row in sorted(rows, key=lambda row: -row.mailing_id)
    ]
