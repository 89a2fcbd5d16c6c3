"""What the ledger knows of one reader, for her export and her erasure."""

import re
from collections.abc import Collection
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from posts.delivery.events import inbox
from posts.delivery.models import Delivery, Mailing, MailingEvent, TransportStatus
from posts.delivery.transports import outbox
from subscribers import knowledge, saying


def register_with_subscribers() -> None:
    knowledge.register("letters", letters, forget=forget)


def letters(subscriber_id: int) -> list[dict[str, object]]:
    """The letters that went to her, or should have, the latest last."""
    rows = _deliveries(subscriber_id)
    subjects = dict(
        Mailing.objects.filter(pk__in=rows).values_list("pk", "letter__variants__subject")
    )
    return [
        {
            "mailing": mailing_id,
            "subject": subjects.get(mailing_id) or "",
            "state": row.get_state_display(),
            "changed_at": row.changed_at,
            "reason": row.reason,
            "detail": row.detail or "",
        }
        for mailing_id, row in sorted(rows.items())
    ]


def forget(subscriber_id: int, addresses: Collection[str]) -> None:
    """Drop the servers' words, which often repeat the address, what could not be read of them, and
    her letters in the outbox.

    The rows stay, or the counts of their mailings would be true no more; her id in them names
    nobody from now on, and is given to nobody else.
    """
    _of(subscriber_id).exclude(detail=None).update(detail=None)
    inbox.forget(addresses)
    for address in addresses:
        for model, name in _REPLIES:
            _replace(model, name, address)
    folder = Path(settings.DATA_DIR) / "outbox"
    transaction.on_commit(lambda: outbox.forget(folder, subscriber_id, addresses))


# What a server said when all of a mailing stopped may be about one of its recipients.
_REPLIES: tuple[tuple[type[Model], str], ...] = (
    (Mailing, "problem"),
    (MailingEvent, "detail"),
    (TransportStatus, "problem"),
)


def _replace(model: type[Model], name: str, address: str) -> None:
    without = partial(re.compile(re.escape(address), re.IGNORECASE).sub, "…")
    rows = model._default_manager.filter(**{f"{name}__icontains": address})
    for row in rows.only("pk", name):
        text = saying.changed(getattr(row, name), without)
        rows.filter(pk=row.pk).update(**{name: text})


def _deliveries(subscriber_id: int) -> dict[int, Delivery]:
    return {row.mailing_id: row for row in _of(subscriber_id)}


def _of(subscriber_id: int) -> QuerySet[Delivery]:
    # By the primary key, whose first half is the mailing: there is no index on people alone.
    mailings = list(Mailing.objects.values_list("pk", flat=True))
    return Delivery.objects.filter(mailing_id__among=mailings, subscriber_id=subscriber_id)
