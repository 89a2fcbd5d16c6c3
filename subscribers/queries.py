"""Named reads. What delivery asks of us is here: who, and whether still."""

import base64
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from subscribers.keys import keyed_hash
from subscribers.models import Subscriber, Subscription, Suppression


@dataclass(frozen=True, slots=True)
class Recipient:
    """One reader of one newsletter as delivery needs her; `left_out` says why not, or is empty."""

    id: int
    address: str
    name: str
    header_token: str
    body_token: str
    edition: str
    format: str
    locale: str
    discreet: bool
    large_text: bool
    left_out: str = ""


def token_text(token: uuid.UUID) -> str:
    """A token as it stands in an address: 22 characters of base64url."""
    return base64.urlsafe_b64encode(token.bytes).rstrip(b"=").decode()


def address_hash(address: str) -> bytes:
    """The suppression hash of a normalised address."""
    return keyed_hash("suppression", address)


def audience(newsletter_id: int) -> QuerySet[Subscription, int]:
    """Ids of everybody who is subscribed right now, in ascending order."""
    return (
        Subscription.objects.filter(newsletter_id=newsletter_id, status=Subscription.Status.ACTIVE)
        .order_by("subscriber_id")
        .values_list("subscriber_id", flat=True)
    )


def recipients(newsletter_id: int, ids: Sequence[int]) -> Iterator[Recipient]:
    """Everybody among `ids` that still exists, as she is at this moment, in four columns of why.

    An id that is missing from the answer was erased. Suppression is looked up here, which is
    right before each hand-over.
    """
    today = timezone.localdate()
    rows = list(
        Subscription.objects.filter(newsletter_id=newsletter_id, subscriber_id__in=ids)
        .select_related("subscriber")
        .order_by("subscriber_id")
    )
    hashes = {address_hash(row.subscriber.address): row.subscriber_id for row in rows}
    suppressed = {
        hashes[bytes(found)]
        for found in Suppression.objects.filter(address_hash__in=list(hashes)).values_list(
            "address_hash", flat=True
        )
    }
    for row in rows:
        yield _recipient(row, suppressed=row.subscriber_id in suppressed, today=today)


def _recipient(row: Subscription, *, suppressed: bool, today: object) -> Recipient:
    person = row.subscriber
    left_out = ""
    if suppressed:
        left_out = "suppressed"
    elif row.status != Subscription.Status.ACTIVE:
        left_out = row.status
    elif person.resting_until and person.resting_until > today:  # type: ignore[operator]
        left_out = "resting"
    return Recipient(
        id=person.pk,
        address=person.address,
        name=person.name,
        header_token=token_text(row.header_token),
        body_token=token_text(row.body_token),
        edition=person.edition,
        format=person.format,
        locale=person.locale,
        discreet=person.discreet,
        large_text=person.large_text,
        left_out=left_out,
    )


def find_subscriber(address: str) -> Subscriber | None:
    return Subscriber.objects.filter(address=address).first()
