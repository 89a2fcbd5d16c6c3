"""What a stored call of a provider says."""

from collections.abc import Iterator, Mapping
from typing import Any

from posts.delivery.events.event import Event, as_address, as_id, one_line
from posts.delivery.transports.esp.registry import provider_of
from posts.delivery.transports.verdict import EventKind, Verdict


def read(provider: str, headers: Mapping[str, str], body: bytes) -> list[Event]:
    """The events of a call, without those that say nothing to us (opens, clicks).

    Raises whatever a body that nobody expected breaks.
    """
    webhook = provider_of(provider).webhook
    reported = ((each, webhook.verdict(each)) for each in webhook.events(headers, body))
    return [
        _event(provider, each, verdict)
        for each, verdict in reported
        if verdict.kind is not EventKind.NOTHING
    ]


def to_confirm(provider: str, body: bytes) -> str:
    """Where the provider wants to hear that its events are welcome; empty: nowhere. Raises
    ValueError where that is not an address of its own."""
    return provider_of(provider).webhook.to_confirm(body)


def _event(provider: str, reported: Any, verdict: Verdict) -> Event:
    metadata = reported.metadata if isinstance(reported.metadata, dict) else {}
    headers = dict(_returned_headers(reported.esp_event))
    address = as_address(reported.recipient)
    message_ids = (str(reported.message_id or ""), headers.get("message-id", ""))
    return Event(
        verdict=verdict,
        source=provider,
        reply=one_line(reported.description, reported.mta_response),
        addresses=(address,) if address else (),
        mailing_id=as_id(metadata.get("mailing") or headers.get("x-mailing", "")),
        subscriber_id=as_id(metadata.get("subscriber", "")),
        message_ids=tuple(found for found in message_ids if found),
    )


def _returned_headers(raw: Any) -> Iterator[tuple[str, str]]:
    """Headers of our message, where the provider repeats them: SES in `mail`, Resend in `data`."""
    if not isinstance(raw, dict):
        return
    for part in (raw.get("mail"), raw.get("data")):
        headers = part.get("headers") if isinstance(part, dict) else None
        for header in headers if isinstance(headers, list) else ():
            yield str(header.get("name", "")).lower(), str(header.get("value", ""))
