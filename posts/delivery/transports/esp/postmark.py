"""Postmark: mailings through its bulk API and broadcast stream, our own mails one by one.

The account has to be approved for the bulk API, and for handling its unsubscribes itself; where
it isn't, Postmark says so and the mailing is paused with its words.
"""

from typing import Any

from anymail.backends.postmark import EmailBackend, PostmarkPayload
from anymail.webhooks.postmark import PostmarkTrackingWebhookView

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.capabilities import MB, MUSTACHE, DnsRecord
from posts.delivery.transports.esp.errors import FailureKind
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import BLOCKED, HARD, SOFT, EventKind, Verdict
from subscribers.saying import sentence


class Payload(Lean, PostmarkPayload):
    pass


class Backend(OverHttp, EmailBackend):
    payload = Payload


class Postmark(Adapter):
    backend_class = Backend
    defaults = {"track_clicks": False, "track_opens": False}
    orders = {"X-PM-KeepID": "true"}  # else it makes a Message-ID of its own
    # https://postmarkapp.com/developer/api/overview#error-codes, all of them with status 422
    kinds = {
        "100": FailureKind.NOT_NOW,  # maintenance
        "400": FailureKind.MISCONFIGURED,  # sender signature not found
        "401": FailureKind.MISCONFIGURED,  # sender signature not confirmed
        "405": FailureKind.MISCONFIGURED,  # no credits left
        "412": FailureKind.MISCONFIGURED,  # account pending
        "413": FailureKind.MISCONFIGURED,  # account may not send
    }

    def settings(self, *, lists: bool) -> dict[str, Any]:
        given: dict[str, Any] = {"server_token": self.options.key, "use_bulk_api": lists}
        stream = self.options.extra.get("message_stream")
        if lists and stream:
            given["message_stream"] = stream
        return given


_BOUNCES = {
    "HardBounce": HARD,
    "BadEmailAddress": HARD,
    "SoftBounce": SOFT,
    "SpamNotification": BLOCKED,  # a filter's opinion; the reader's own is SpamComplaint
    "VirusNotification": BLOCKED,
    "Blocked": BLOCKED,
    "DMARCPolicy": BLOCKED,
    "ManuallyDeactivated": BLOCKED,
}


def _bounce(raw: Raw) -> str:
    return _BOUNCES.get(raw.get("Type", "") or raw.get("SuppressionReason", ""), "")


def _special(raw: Raw) -> Verdict | None:
    if raw.get("Type") == "SpamNotification":
        return Verdict(EventKind.BOUNCED, BLOCKED)
    return None


PROVIDER = Provider(
    title="Postmark",
    scheme="postmark",
    url="postmark://TOKEN@",
    options=frozenset({"message_stream"}),
    most=1_000,  # only the size is limited; but a lost answer puts them all in doubt
    largest=50 * MB,
    syntax=MUSTACHE,
    repeat_headers=True,
    own_message_id=True,
    key_label=sentence("Server API token"),
    records=(DnsRecord(sentence("Return path"), "CNAME", "pm-bounces.{domain}", "pm.mtasv.net"),),
    adapter=Postmark,
    webhook=Webhook(reader=PostmarkTrackingWebhookView, bounce=_bounce, special=_special),
)
