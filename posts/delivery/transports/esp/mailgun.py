"""Mailgun. Recipient variables stand anywhere in a message, headers and metadata included; so
each reader's values are given once, and everything else names them."""

from typing import Any

from anymail.backends.mailgun import EmailBackend, MailgunPayload
from anymail.webhooks.mailgun import MailgunTrackingWebhookView

from posts.delivery.transports import bounce_class
from posts.delivery.transports.bounce_class import Stage
from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.capabilities import MB, PERCENT, DnsRecord
from posts.delivery.transports.esp.merging import Merged
from posts.delivery.transports.esp.options import SIGNING_KEY
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import (
    BLOCKED,
    COMPLAINED_BEFORE,
    FAILED,
    HARD,
    SOFT,
    UNSUBSCRIBED_BEFORE,
)
from subscribers.saying import sentence


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
# The same in its older webhooks, which some accounts still have: codes of its own.
_SUPPRESSED_BEFORE = {"605": HARD, "606": UNSUBSCRIBED_BEFORE, "607": COMPLAINED_BEFORE}


def _bounce(raw: Raw) -> str:
    if "event-data" not in raw:
        return _legacy_bounce(raw)
    data = raw["event-data"]
    status = data.get("delivery-status") or {}
    if reason := _SUPPRESSED.get(data.get("reason", "")):
        return reason
    if data.get("event") == "rejected" or data.get("reason") == "espblock":
        return BLOCKED
    if status.get("bounce-type") == SOFT:
        return SOFT
    gave_up = data.get("reason") == "old"  # passing troubles, until the time was over
    if gave_up or data.get("severity") != "permanent":
        return SOFT
    return _permanent(status.get("enhanced-code"), status.get("code"), status.get("message"))


def _permanent(enhanced: Any, code: Any, words: Any) -> str:
    """Mailgun calls every 5xx permanent, that of a full mailbox too: the words say which."""
    reply = f"{code or ''} {words or ''}"
    return bounce_class.known(str(enhanced or ""), reply, Stage.RCPT) or HARD


def _legacy_bounce(raw: Raw) -> str:
    """Fields of a form, not JSON."""
    code = str(raw.get("code", ""))
    if reason := _SUPPRESSED_BEFORE.get(code):
        return reason
    if raw.get("reason") == "old":
        return SOFT
    words = " ".join(str(raw.get(name, "")) for name in ("error", "description", "notification"))
    if raw.get("event") == "dropped":
        return bounce_class.known("", f"{code} {words}", Stage.RCPT) or FAILED
    return _permanent("", code, words)


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
    records=(
        DnsRecord("SPF", "TXT", "{place}", "v=spf1 include:mailgun.org ~all"),
        DnsRecord(sentence("Return path"), "MX", "{place}", "mxa.mailgun.org"),
    ),
    adapter=Mailgun,
    webhook=Webhook(reader=MailgunTrackingWebhookView, bounce=_bounce, secrets=(SIGNING_KEY,)),
)
