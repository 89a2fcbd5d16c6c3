"""Brevo. The headers of a recipient replace those of the call; its idempotency key is a header of
the call that does not go into the mail."""

from datetime import timedelta
from typing import Any

from anymail.backends.brevo import BrevoPayload, EmailBackend
from anymail.webhooks.brevo import BrevoTrackingWebhookView

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.capabilities import MB, PARAMS
from posts.delivery.transports.esp.errors import FailureKind
from posts.delivery.transports.esp.merging import Merged
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import BLOCKED, HARD, SOFT


class Payload(Lean, BrevoPayload):
    pass


class Backend(OverHttp, EmailBackend):
    payload = Payload


class Brevo(Adapter):
    backend_class = Backend
    kinds = {
        "duplicate_parameter": FailureKind.MADE_BEFORE,
        "not_enough_credits": FailureKind.MISCONFIGURED,
        "account_under_validation": FailureKind.MISCONFIGURED,
    }

    def settings(self, *, lists: bool) -> dict[str, Any]:
        return {"api_key": self.options.key}

    def finish(self, message: Any, call: Call, letter: Merged, key: str) -> None:
        message.extra_headers["idempotencyKey"] = key


_BOUNCES = {"hard_bounce": HARD, "invalid_email": HARD, "soft_bounce": SOFT, "blocked": BLOCKED}


def _bounce(raw: Raw) -> str:
    return _BOUNCES.get(raw.get("event", ""), "")


PROVIDER = Provider(
    title="Brevo",
    scheme="brevo",
    url="brevo://KEY@",
    most=1_000,
    largest=15 * MB,
    syntax=PARAMS,
    repeat_headers=True,
    ascii_headers=True,
    key_lives=timedelta(minutes=25),  # of 30
    adapter=Brevo,
    webhook=Webhook(reader=BrevoTrackingWebhookView, bounce=_bounce),
)
