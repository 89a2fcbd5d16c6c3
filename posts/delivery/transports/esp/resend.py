"""Resend merges nothing, but takes a hundred whole messages in a call."""

from typing import Any

from anymail.backends.resend import EmailBackend, ResendPayload

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.errors import FailureKind
from posts.delivery.transports.esp.merging import Merged, values_of


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
