"""Postmark: mailings through its bulk API and broadcast stream, our own mails one by one.

The account has to be approved for the bulk API, and for handling its unsubscribes itself; where
it isn't, Postmark says so and the mailing is paused with its words.
"""

from typing import Any

from anymail.backends.postmark import EmailBackend, PostmarkPayload

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.errors import FailureKind


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
        stream = dict(self.options.extra).get("message_stream")
        if lists and stream:
            given["message_stream"] = stream
        return given
