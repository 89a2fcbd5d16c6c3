"""“Did she get it?”: all that is known of one address and one mailing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.reporting.beginning import started
from subscribers import suppressions
from subscribers.addresses import Address
from subscribers.models import ConsentEvent, Subscriber, Subscription, Suppression

# With 1,000 recipients a batch these are 400 KB at a time.
_BATCHES_AT_ONCE = 50


@dataclass(frozen=True)
class RecipientFacts:
    """What the tables say. Without `delivery` and `waiting` she is not in the mailing."""

    address: Address
    started: datetime  # of the mailing
    suppression: Suppression | None
    person: Subscriber | None = None
    subscription: Subscription | None = None
    consent: ConsentEvent | None = None  # the last one for this newsletter
    delivery: Delivery | None = None
    transport: str = ""  # of her delivery
    waiting: bool = False  # in a batch that nobody has taken up yet
    due: datetime | None = None  # from when on the batch that she waits in may be taken up


def look_up(mailing: Mailing, address: Address) -> RecipientFacts:
    """Everything about one address in one mailing."""
    suppression = next(iter(suppressions.of(address.normalised)), None)
    person = Subscriber.objects.filter(address=address.normalised).first()
    begun = started(mailing)
    if person is None:
        return RecipientFacts(address, begun, suppression)
    delivery, waiting, due = _place(mailing, person.pk)
    newsletter = mailing.newsletter_id
    return RecipientFacts(
        address=address,
        started=begun,
        suppression=suppression,
        person=person,
        subscription=person.subscriptions.filter(newsletter_id=newsletter).first(),
        consent=person.consent_events.filter(newsletter_id=newsletter).order_by("-pk").first(),
        delivery=delivery,
        transport=_transport(delivery),
        waiting=waiting,
        due=due,
    )


def _place(mailing: Mailing, subscriber_id: int) -> tuple[Delivery | None, bool, datetime | None]:
    """Her row; or whether she waits for it; and from when on she has her turn."""
    rows = Delivery.objects.filter(mailing=mailing, subscriber_id=subscriber_id)
    delivery = rows.first()
    if delivery is None:
        due = _due(mailing, subscriber_id, first=True)
        if due is not None:
            return None, True, due
        # Her batch may have been taken up between the two looks; then the row is there now.
        delivery = rows.first()
    if delivery is not None and delivery.state == Delivery.State.RETRYING:
        return delivery, False, _due(mailing, subscriber_id, first=False)
    return delivery, False, None


def _transport(delivery: Delivery | None) -> str:
    if delivery is None:
        return ""
    batch = Batch.objects.filter(pk=delivery.batch_id).values_list("transport", flat=True)
    return batch.first() or ""


def _due(mailing: Mailing, subscriber_id: int, *, first: bool) -> datetime | None:
    """From when on the waiting batch that has her may be taken up; None: she is in none.

    The lists are looked through one by one, which for a million recipients is 8 MB: an index of
    who waits where would cost more at each mailing than this does at each question.
    """
    batches = Batch.objects.filter(mailing=mailing, state=Batch.State.WAITING)
    purposes = (
        batches.filter(purpose=Batch.Purpose.FIRST)
        if first
        else batches.exclude(purpose=Batch.Purpose.FIRST)
    )
    return min(
        (batch.not_before for batch in _having(purposes.order_by(), subscriber_id)), default=None
    )


def _having(batches: QuerySet[Batch], subscriber_id: int) -> Iterator[Batch]:
    for batch in batches.only("not_before", "recipients").iterator(_BATCHES_AT_ONCE):
        if subscriber_id in batch.ids():
            yield batch
