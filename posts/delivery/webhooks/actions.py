"""What an owner does with endpoints and messages."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from posts.delivery.webhooks.events import EVENTS, PING
from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from posts.delivery.webhooks.outbox import ring_for_messages
from posts.delivery.webhooks.signing import new_secret, sealed

__all__ = ["add_endpoint", "change_endpoint", "send_again", "send_missed", "switch", "try_out"]


def add_endpoint(
    *, url: str, events: Iterable[str], with_address: bool, by: str
) -> tuple[WebhookEndpoint, str]:
    """The endpoint, and its secret, which is shown this once."""
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        url=url,
        events=_in_order(events),
        with_address=with_address,
        sealed=sealed(secret),
        by=by[:150],
    )
    return endpoint, secret


def change_endpoint(
    *, endpoint: WebhookEndpoint, url: str, events: Iterable[str], with_address: bool
) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        url=url, events=_in_order(events), with_address=with_address
    )


def switch(*, endpoint: WebhookEndpoint, on: bool) -> None:
    """Tell it nothing, or again what happens from now on. What waits goes on waiting meanwhile."""
    row = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    row.update(is_on=on, failing_since=None, notice_due=False, stopped_at=None)
    if on:
        ring_for_messages()


def try_out(*, endpoint: WebhookEndpoint) -> WebhookMessage:
    """A message that says nothing."""
    with transaction.atomic():
        message = WebhookMessage.objects.create(
            endpoint=endpoint, event=PING, data={}, due_at=timezone.now()
        )
        ring_for_messages()
    return message


def send_again(*, message: WebhookMessage) -> bool:
    """Once more, under the same id. False while it is due anyway."""
    rows = WebhookMessage.objects.filter(pk=message.pk, due_at=None)
    return _due_again(rows) > 0


def send_missed(*, endpoint: WebhookEndpoint) -> int:
    """All that never arrived, and nobody tries any more."""
    rows = WebhookMessage.objects.filter(endpoint=endpoint, due_at=None, arrived_at=None)
    return _due_again(rows.filter(~Q(problem="")))


def _due_again(rows: QuerySet[WebhookMessage]) -> int:
    with transaction.atomic():
        number = rows.update(due_at=timezone.now(), attempts=0)
        ring_for_messages()
    return number


def _in_order(events: Iterable[str]) -> list[str]:
    wanted = set(events)
    return [event for event in EVENTS if event in wanted]
