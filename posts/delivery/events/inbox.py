"""Storing what is reported to us, as it comes, and ringing for a worker to apply it."""

import hashlib
from collections.abc import Iterable, Mapping

from django.db.models import Q

from posts.delivery.events.models import ProviderEvent
from subscribers.ring import ring

MAILBOX = "mailbox"
PENDING = Q(applied_at__isnull=True)
UNREAD = ~Q(problem="")
# How the problem of a mail begins that was not even tried to be read (see `parsing`).
SET_ASIDE = "Set aside unread: "
# And of one that comes back and says neither of whom nor why in words that we know.
NOT_UNDERSTOOD = "Not understood: "
MOST_UNREAD = 100  # mails that are kept whole because they could not be read


def store(*, provider: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep one call or mail. False: it is known already, and nothing changes.

    Not every repeat is known by its body: some providers sign each one anew. Applying one twice
    is harmless too.
    """
    event, fresh = ProviderEvent.objects.get_or_create(
        digest=hashlib.sha256(body).digest(),
        defaults={"provider": provider, "headers": dict(headers), "body": body},
    )
    if fresh and not ProviderEvent.objects.filter(PENDING, pk__lt=event.pk).exists():
        # Where an older one waits, somebody rang for it, and the worker goes on until none is
        # left: a thousand calls a second need no thousand rings.
        ring("posts.delivery.events.tasks.apply_events")
    return fresh


def forget(addresses: Iterable[str]) -> None:
    """Empty those that could not be applied and name one of these. All others are emptied when
    they are applied; one whose text is encoded, such as a mail in base64, goes when it is old."""
    named = [address.lower().encode() for address in addresses]
    for event in ProviderEvent.objects.filter(UNREAD).iterator(chunk_size=100):
        body = bytes(event.body).lower()
        if any(address in body for address in named):
            ProviderEvent.objects.filter(pk=event.pk).update(body=b"", headers={})
