"""A provider of our own invention: the one module that the recipe in `transports.esp` asks for.

Its API takes a letter with a list of readers, fills in {{values}}, and knows no idempotency key.
"""

import json
from datetime import UTC, datetime
from typing import Any

from anymail.backends.base_requests import AnymailRequestsBackend, RequestsPayload
from anymail.message import AnymailRecipientStatus
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.base import AnymailBaseWebhookView
from django.core.handlers.wsgi import WSGIRequest

from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.capabilities import MB, TRIPLE
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import HARD

# --- What anymail would bring, were there such a provider ------------------------------------


class AnymailsPayload(RequestsPayload):
    def __init__(self, message: Any, defaults: Any, backend: Any) -> None:
        super().__init__(message, defaults, backend, headers={"X-Pigeon-Key": backend.api_key})

    def get_api_endpoint(self) -> str:
        return "loft"

    def init_payload(self) -> None:
        self.data: dict[str, Any] = {}
        self.readers: dict[str, dict[str, Any]] = {}

    def set_from_email(self, email: Any) -> None:
        self.data["from"] = email.address

    def set_to(self, emails: Any) -> None:
        self.readers = {email.addr_spec: {"to": email.addr_spec} for email in emails}

    def set_subject(self, subject: str) -> None:
        self.data["subject"] = subject

    def set_reply_to(self, emails: Any) -> None:
        self.data["reply_to"] = emails[0].address

    def set_extra_headers(self, headers: Any) -> None:
        self.data["headers"] = dict(headers)

    def set_text_body(self, body: str) -> None:
        self.data["text"] = body

    def set_html_body(self, body: str) -> None:
        self.data["html"] = body

    def set_metadata(self, metadata: Any) -> None:
        self.data["metadata"] = metadata

    def set_merge_data(self, merge_data: Any) -> None:
        self._of_each("values", merge_data)

    def set_merge_headers(self, merge_headers: Any) -> None:
        self._of_each("headers", merge_headers)

    def set_merge_metadata(self, merge_metadata: Any) -> None:
        self._of_each("metadata", merge_metadata)

    def _of_each(self, name: str, values: dict[str, Any]) -> None:
        for address, each in values.items():
            self.readers[address][name] = each

    def serialize_data(self) -> str:
        return str(self.serialize_json({**self.data, "readers": list(self.readers.values())}))


class AnymailsBackend(AnymailRequestsBackend):
    esp_name = "Pigeon Post"

    def __init__(self, *, api_key: str, api_url: str, **kwargs: Any) -> None:
        self.api_key = api_key
        super().__init__(api_url, **kwargs)

    def build_message_payload(self, message: Any, defaults: Any) -> AnymailsPayload:
        return AnymailsPayload(message, defaults, self)

    def parse_recipient_status(self, response: Any, payload: Any, message: Any) -> Any:
        answer = self.deserialize_json_response(response, payload, message)
        return {
            address: AnymailRecipientStatus(message_id=f"{answer['flight']}.{n}", status="queued")
            for n, address in enumerate(payload.readers)
        }


class AnymailsWebhookView(AnymailBaseWebhookView):
    esp_name = "Pigeon Post"

    def parse_events(self, request: WSGIRequest) -> list[Any]:
        return [
            AnymailTrackingEvent(
                event_type="bounced" if report["what"] == "came back" else "delivered",
                timestamp=datetime.now(UTC),
                recipient=report["to"],
                metadata=report["metadata"],
                mta_response=report["why"],
                esp_event=report,
            )
            for report in json.loads(request.body)
        ]


# --- What is ours ----------------------------------------------------------------------------


class Payload(Lean, AnymailsPayload):
    pass


class Backend(OverHttp, AnymailsBackend):
    payload = Payload


class Pigeon(Adapter):
    backend_class = Backend

    def settings(self, *, lists: bool) -> dict[str, Any]:
        return {"api_key": self.options.key}


def _bounce(raw: Raw) -> str:
    return HARD if raw["why"] == "nobody lives there" else ""


PROVIDER = Provider(
    title="Pigeon Post",
    scheme="pigeon",
    url="pigeon://KEY@",
    most=2,
    largest=1 * MB,
    syntax=TRIPLE,
    own_message_id=True,
    adapter=Pigeon,
    webhook=Webhook(reader=AnymailsWebhookView, bounce=_bounce),
)
