"""Of what one may be told. The names are fixed: programs elsewhere compare them."""

from collections.abc import Sequence
from typing import Any

from posts.content import publishing
from posts.content.models import PostPage
from posts.delivery.models import Mailing
from posts.delivery.webhooks import outbox
from subscribers import listeners
from subscribers.models import ConsentEvent, Newsletter, Subscription

__all__ = ["EVENTS", "PING", "mailing_finished", "register_with_others"]

PING = "ping"  # sent on request only, to try an endpoint
EVENTS = (
    "post.published",
    "mailing.finished",
    "subscriber.created",
    "subscriber.confirmed",
    "subscriber.unsubscribed",
    "subscriber.bounced",
    "subscriber.complained",
)

_Kind = ConsentEvent.Kind
_NAME_OF = {
    _Kind.SIGNED_UP: "subscriber.created",
    _Kind.IMPORTED: "subscriber.created",
    _Kind.CONFIRMED: "subscriber.confirmed",
    _Kind.RESUBSCRIBED: "subscriber.confirmed",
    _Kind.UNSUBSCRIBED: "subscriber.unsubscribed",
    _Kind.BOUNCED: "subscriber.bounced",
    _Kind.COMPLAINED: "subscriber.complained",
}


def register_with_others() -> None:
    listeners.register("webhooks", _subscriptions_changed)
    publishing.register("webhooks", _post_published)


def mailing_finished(mailing: Mailing, *, candidates: int, deliveries: dict[str, int]) -> None:
    """In the transaction in which it is finished."""
    outbox.put(
        "mailing.finished",
        lambda: [
            {
                "mailing": mailing.pk,
                "kind": mailing.kind,
                "post": mailing.post_id,
                "newsletter": mailing.newsletter.slug,
                "candidates": candidates,
                "deliveries": deliveries,
            }
        ],
    )


def _post_published(post: PostPage) -> None:
    outbox.put(
        "post.published",
        lambda: [{"post": post.pk, "url": post.public_url, "newsletter": post.newsletter.slug}],
    )


def _subscriptions_changed(kind: ConsentEvent.Kind, rows: Sequence[Subscription]) -> None:
    outbox.put(_NAME_OF[kind], lambda: _told(rows))


def _told(rows: Sequence[Subscription]) -> list[dict[str, Any]]:
    slugs = dict(Newsletter.objects.values_list("pk", "slug"))
    return [
        {
            "subscriber": row.subscriber_id,
            "subscription": row.pk,
            "newsletter": slugs[row.newsletter_id],
        }
        for row in rows
    ]
