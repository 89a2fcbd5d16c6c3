"""Mailgun. Recipient variables stand anywhere in a message, headers and metadata included; so
each reader's values are given once, and everything else names them."""

from typing import Any

from anymail.backends.mailgun import EmailBackend, MailgunPayload
from anymail.webhooks.mailgun import MailgunTrackingWebhookView

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.capabilities import MB, PERCENT
from posts.delivery.transports.esp.merging import Merged
from posts.delivery.transports.esp.options import SIGNING_KEY
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import (
    BLOCKED,
    COMPLAINED_BEFORE,
    HARD,
    SOFT,
    UNSUBSCRIBED_BEFORE,
)


class Payload(Lean, MailgunPayload):
    def get_request_params(self, api_url: str) -> Any:
        """As multipart, and the recipients as one field: percent-encoding a large form takes
        longer than all else together, and so would a part for each recipient."""
        params = super().get_request_params(api_url)
        fields = params["data"]
        fields["to"] = ", ".join(fields["to"])
        params["files"] = [
            (name, (None, each))
            for name, value in fields.items()
            for each in (value if isinstance(value, list) else [value])
        ]
        params["data"] = None
        return params


class Backend(OverHttp, EmailBackend):
    payload = Payload


class Mailgun(Adapter):
    backend_class = Backend
    defaults = {"track_clicks": False, "track_opens": False}

    def settings(self, *, lists: bool) -> dict[str, Any]:
        return {"api_key": self.options.key, "sender_domain": self.options.place}

    def identify(self, message: Any, call: Call) -> None:
        message.metadata = {
            "mailing": str(call.mailing_id),
            "subscriber": PERCENT.text.format("subscriber"),
        }

    def personalise(self, message: Any, call: Call, letter: Merged) -> None:
        # The names are ours and in lower case: Mailgun puts nothing for a name it doesn't find.
        message.merge_data = {
            each.address: {
                "one_click": each.one_click,
                "unsubscribe": each.unsubscribe,
                "message_id": each.identity,
                "subscriber": str(each.subscriber_id),
                **letter.signs,
            }
            for each in call.messages
        }


_SUPPRESSED = {
    "suppress-bounce": HARD,
    "suppress-complaint": COMPLAINED_BEFORE,
    "suppress-unsubscribe": UNSUBSCRIBED_BEFORE,
}


def _bounce(raw: Raw) -> str:
    data = raw.get("event-data", {})
    status = data.get("delivery-status") or {}
    if reason := _SUPPRESSED.get(data.get("reason", "")):
        return reason
    if data.get("event") == "rejected":
        return BLOCKED
    if status.get("bounce-type") in (HARD, SOFT):
        return str(status["bounce-type"])
    if data.get("reason") == "espblock":
        return BLOCKED
    gave_up = data.get("reason") == "old"  # passing troubles, until the time was over
    return HARD if data.get("severity") == "permanent" and not gave_up else SOFT


PROVIDER = Provider(
    title="Mailgun",
    scheme="mailgun",
    url="mailgun://KEY@DOMAIN",
    place="domain",
    most=1_000,
    largest=25 * MB,
    syntax=PERCENT,
    merged_headers=True,
    own_message_id=True,
    adapter=Mailgun,
    webhook=Webhook(reader=MailgunTrackingWebhookView, bounce=_bounce, secrets=(SIGNING_KEY,)),
)
