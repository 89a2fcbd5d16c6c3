"""What waits for a person, and everything we hold about her, as she may take it away."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from subscribers import knowledge
from subscribers.models import ConsentEvent, Subscriber
from subscribers.preferences.models import AddressChange

CHANGE_WAITS = timedelta(days=7)

# Secrets that act, and numbers that mean something to our tables only.
_NOT_HERS = {"id", "subscriber", "header_token", "body_token", "token", "old_token", "new_token"}


def waiting_change(person: Subscriber) -> AddressChange | None:
    """The change of address that waits for her mailboxes, as long as it may."""
    since = timezone.now() - CHANGE_WAITS
    return AddressChange.objects.filter(subscriber=person, asked_at__gt=since).first()


def find_change(seed: uuid.UUID) -> AddressChange | None:
    """The change that the link in one of the two mailboxes was made for, as long as it waits."""
    rows = AddressChange.objects.filter(asked_at__gt=timezone.now() - CHANGE_WAITS)
    hers = rows.filter(Q(old_token=seed) | Q(new_token=seed))
    return hers.select_related("subscriber").first()


def is_resting(person: Subscriber) -> bool:
    return person.resting_until is not None and person.resting_until > timezone.localdate()


def everything(person: Subscriber) -> dict[str, object]:
    """For JSON: each table by its name, each row by its columns."""
    return {
        "person": _row(person),
        "subscriptions": [
            {**_row(row), "newsletter": row.newsletter.name}
            for row in person.subscriptions.select_related("newsletter").order_by("newsletter")
        ],
        "consent": [_event(event) for event in _events(person)],
        "changes": [_row(change) for change in person.changes.all()],
        "address_change": [_row(row) for row in _one(person, "address_change")],
        "mails_about_her_subscription": [
            _row(mail) for mail in person.transactional_mails.order_by("kind")
        ],
        "mails_that_came_back": [_row(row) for row in _one(person, "soft_bounces")],
        "tags": sorted(person.taggings.values_list("tag__name", flat=True)),
        **knowledge.elsewhere(person.pk),
    }


def _events(person: Subscriber) -> list[ConsentEvent]:
    return list(person.consent_events.select_related("newsletter", "network").order_by("id"))


def _event(event: ConsentEvent) -> dict[str, object]:
    networks = [row.network for row in _one(event, "network")]
    return {**_row(event), "newsletter": event.newsletter.name, "network": "".join(networks)}


def _one(row: Model, name: str) -> list[Any]:
    """The row at the other end of a one-to-one tie, if there is one."""
    found = getattr(row, name, None)
    return [] if found is None else [found]


def _row(row: Model) -> dict[str, object]:
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in _NOT_HERS
    }
