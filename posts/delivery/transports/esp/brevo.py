"""Brevo. The headers of a recipient replace those of the call; its idempotency key is a header of
the call that does not go into the mail."""

from typing import Any

from anymail.backends.brevo import BrevoPayload, EmailBackend

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.errors import FailureKind
from posts.delivery.transports.esp.merging import Merged


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
