"""Resend merges nothing, but takes a hundred whole messages in a call."""

from datetime import timedelta
from typing import Any

from anymail.backends.resend import EmailBackend, ResendPayload
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.resend import ResendTrackingWebhookView, SvixWebhookValidationMixin
from django.core.handlers.wsgi import WSGIRequest

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.amazon import amazons_bounce
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.capabilities import MB, DnsRecord
from posts.delivery.transports.esp.errors import FailureKind
from posts.delivery.transports.esp.merging import Merged, values_of
from posts.delivery.transports.esp.options import SECRET, SIGNING_KEY
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.svix import svix_is_valid
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import COMPLAINED_BEFORE, FAILED, HARD, EventKind, Verdict


class Payload(Lean, ResendPayload):
    def serialize_json(self, data: Any) -> Any:
        """The last step of a batch: anymail has made a copy of the message for each recipient,
        and here each gets her own text."""
        if isinstance(data, list):
            self.headers["Idempotency-Key"] = self.message.idempotency_key
            for item in data:
                item.update(self.message.bodies[item["to"][0]])
        return super().serialize_json(data)


class Backend(OverHttp, EmailBackend):
    payload = Payload


class Resend(Adapter):
    backend_class = Backend
    kinds = {
        "concurrent_idempotent_requests": FailureKind.AMBIGUOUS,
        "invalid_idempotent_request": FailureKind.KEY_TAKEN,
        "daily_quota_exceeded": FailureKind.THROTTLED,
        "monthly_quota_exceeded": FailureKind.MISCONFIGURED,
        "invalid_from_address": FailureKind.MISCONFIGURED,
    }

    def settings(self, *, lists: bool) -> dict[str, Any]:
        return {"api_key": self.options.key}

    def finish(self, message: Any, call: Call, letter: Merged, key: str) -> None:
        message.idempotency_key = key
        message.bodies = {each.address: self._bodies(letter, each) for each in call.messages}

    @staticmethod
    def _bodies(letter: Merged, message: Any) -> dict[str, str]:
        values = values_of(message)
        parts = {"text": letter.own_text, "html": letter.own_html}
        filled = {name: own.fill(values) for name, own in parts.items() if own is not None}
        return {name: text for name, text in filled.items() if text}


class Reader(ResendTrackingWebhookView):
    """Checks the signature itself: anymail would ask the `svix` package (see `svix`)."""

    warn_if_no_basic_auth = False

    def __init__(self, *, webhook_signing_key: str = "", **kwargs: Any) -> None:
        self._svix_webhook = None
        self._signing_key = webhook_signing_key
        super(SvixWebhookValidationMixin, self).__init__(**kwargs)

    def validate_request(self, request: WSGIRequest) -> None:
        """Called besides the check of basic authentication, as all validators are."""
        if self._signing_key and not svix_is_valid(
            self._signing_key,
            identity=request.headers.get("svix-id", ""),
            timestamp=request.headers.get("svix-timestamp", ""),
            signatures=request.headers.get("svix-signature", ""),
            body=request.body,
        ):
            raise AnymailWebhookValidationFailure("Resend webhook with a wrong signature")


def _bounce(raw: Raw) -> str:
    bounce = (raw.get("data") or {}).get("bounce") or {}
    if bounce.get("type"):
        return amazons_bounce(bounce["type"], bounce.get("subType"))
    # Its first events had a sentence only.
    return HARD if "hard bounce" in str(bounce.get("message", "")) else ""


def _special(raw: Raw) -> Verdict | None:
    if raw.get("type") == "email.failed":
        return Verdict(EventKind.BOUNCED, FAILED)
    if raw.get("type") == "email.suppressed":
        # Nothing was sent: she complained before, or her address bounced for good.
        said = str((raw.get("data") or {}).get("suppressed") or "").lower()
        return Verdict(EventKind.BOUNCED, COMPLAINED_BEFORE if "complain" in said else HARD)
    return None


PROVIDER = Provider(
    title="Resend",
    scheme="resend",
    url="resend://KEY@",
    most=100,
    largest=35 * MB,
    syntax=None,
    key_lives=timedelta(hours=23),  # of 24
    records=(DnsRecord("SPF", "TXT", "send.{domain}", "v=spf1 include:amazonses.com ~all"),),
    adapter=Resend,
    webhook=Webhook(reader=Reader, bounce=_bounce, special=_special, secrets=(SIGNING_KEY, SECRET)),
)
