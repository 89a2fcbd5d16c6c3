"""What is to be told is written down where it happens, and sent afterwards."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from subscribers.ring import ring_on_commit

__all__ = ["put", "ring_for_messages"]

Told = Sequence[dict[str, Any]]


def put(event: str, told: Told | Callable[[], Told]) -> None:
    """Write it for each endpoint that wants it, in the caller's transaction.

    `told`: ids and the like, an item for each time it happened; as a function where it costs
    something to know, for most sites tell nobody.
    """
    endpoints = [
        endpoint
        for endpoint in WebhookEndpoint.objects.filter(is_on=True).only("pk", "events")
        if event in endpoint.events
    ]
    if not endpoints:
        return
    now = timezone.now()
    items = told() if callable(told) else told
    with transaction.atomic():
        WebhookMessage.objects.bulk_create(
            (
                WebhookMessage(endpoint=endpoint, event=event, data=data, due_at=now)
                for data in items
                for endpoint in endpoints
            ),
            batch_size=500,
        )
    ring_for_messages()


def ring_for_messages() -> None:
    ring_on_commit("posts.delivery.webhooks.tasks.send_webhooks")
