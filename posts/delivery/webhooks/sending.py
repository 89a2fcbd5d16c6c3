"""One attempt to tell an endpoint something. Nothing is locked, and no transaction is open.

The address is looked up once, must be public, and is the one that is connected to. An answer that
leads elsewhere is a failure; of its body nothing is read.
"""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from posts.content import public_web
from posts.delivery.way_out.sealing import Unsealable
from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from posts.delivery.webhooks.signing import signature, unsealed
from subscribers.models import Subscriber

__all__ = ["GONE", "WebhookOutcome", "attempt", "may_be_called"]

PATIENCE = 5.0  # seconds for each step
LONGEST = 15.0  # for all of it, however slowly it comes
GONE = http.HTTPStatus.GONE  # the other side wants no more


@dataclass(frozen=True, slots=True)
class WebhookOutcome:
    """`answer`: the status, where there was one. `problem`: why it did not arrive, as one of the
    words that `WebhookMessage.problem` holds; empty where it did."""

    answer: int | None
    problem: str = ""


def may_be_called(url: str) -> bool:
    """Whether an address is of the kind that we call: https, unless WEBHOOKS_LOCALLY is set."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if settings.WEBHOOKS_LOCALLY else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url
    clean = plain and not parts.username and not parts.password and port != 0
    return bool(clean and parts.scheme in schemes and parts.hostname)


def attempt(message: WebhookMessage, endpoint: WebhookEndpoint) -> WebhookOutcome:
    """Tell it once."""
    if not may_be_called(endpoint.url):
        return WebhookOutcome(None, "address")
    try:
        secret = unsealed(endpoint.sealed)
    except Unsealable:
        return WebhookOutcome(None, "secret")
    body = _body(message, endpoint)
    now = int(time.time())
    signed = signature(secret, message_id=message.pk, timestamp=now, body=body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Passalong (+{settings.SITE_URL})",
        "webhook-id": message.pk,
        "webhook-timestamp": str(now),
        "webhook-signature": signed,
    }
    try:
        status = _post(urlsplit(endpoint.url), body, headers)
    except public_web.NotPublicError:
        return WebhookOutcome(None, "not public")
    except TimeoutError:
        return WebhookOutcome(None, "slow")
    except (OSError, http.client.HTTPException, ValueError):
        return WebhookOutcome(None, "unreachable")
    return WebhookOutcome(status, "" if 200 <= status < 300 else "refused")


def _body(message: WebhookMessage, endpoint: WebhookEndpoint) -> bytes:
    """The same at each attempt, but for an address that changed or was erased meanwhile."""
    data: dict[str, Any] = dict(message.data)
    if endpoint.with_address and "subscriber" in data:
        person = Subscriber.objects.filter(pk=data["subscriber"]).values_list("address").first()
        data["address"] = person[0] if person else None
    told = {
        "type": message.event,
        "timestamp": message.created_at.isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _post(parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer."""
    anywhere = settings.WEBHOOKS_LOCALLY
    link = public_web.connected(parts, patience=PATIENCE, anywhere=anywhere)
    try:
        with public_web.at_most(LONGEST, link):
            link.request("POST", public_web.path_of(parts), body=body, headers=headers)
            return link.getresponse().status
    finally:
        link.close()
