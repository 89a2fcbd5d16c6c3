"""What the ledger knows of one reader, for her export and her erasure."""

from django.db.models import QuerySet

from posts.delivery.events import inbox
from posts.delivery.models import Delivery, Mailing
from subscribers import knowledge
from subscribers.models import Subscriber


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


def forget(subscriber_id: int) -> None:
    """Drop the servers' words, which often repeat the address, and what could not be read of them.

    The rows stay, or the counts of their mailings would be true no more; her id in them names
    nobody from now on, and is given to nobody else.
    """
    _of(subscriber_id).exclude(detail=None).update(detail=None)
    for spelled in Subscriber.objects.filter(pk=subscriber_id).values_list("address", "email"):
        inbox.forget(spelled)


def _deliveries(subscriber_id: int) -> dict[int, Delivery]:
    return {row.mailing_id: row for row in _of(subscriber_id)}


def _of(subscriber_id: int) -> QuerySet[Delivery]:
    # By the primary key, whose first half is the mailing: there is no index on people alone.
    mailings = list(Mailing.objects.values_list("pk", flat=True))
    return Delivery.objects.filter(mailing_id__among=mailings, subscriber_id=subscriber_id)
