"""The providers whose webhooks we understand: who it is, whether it is really they, what they say.

Anymail checks and reads; its views are used as readers only, never mounted: ours stores first
(see `hooks`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESTrackingWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView, SvixWebhookValidationMixin
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from posts.delivery.events.news import News, What, as_address, as_number, one_line
from posts.delivery.events.signatures import svix_is_valid
from posts.delivery.events.verdicts import verdict

SECRET = "webhook_secret"  # noqa: S105 - user:password, shown as basic authentication
SIGNING_KEY = "webhook_signing_key"

# What anymail raises for a body that is not what its provider sends, besides its own errors.
_NOT_READABLE = (
    *(AnymailError, LookupError, TypeError, ValueError, AttributeError),
    *(OverflowError, RecursionError),  # a time beyond all calendars, lists in lists in lists
)


class NotThem(Exception):
    """The request does not show that it comes from the provider."""


class NoSecret(Exception):
    """Nothing is configured by which the provider could show who it is."""


class _Ses(AmazonSESTrackingWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        # Not SES's own, which wants boto3 for what a worker does here (see `subscriptions`).
        super(AmazonSESBaseWebhookView, self).__init__(**kwargs)


class _Resend(ResendTrackingWebhookView):
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


@dataclass(frozen=True)
class Provider:
    """One provider. `secrets`: options of EMAIL_URL, any of which shows who calls."""

    name: str
    title: str
    reader: type[Any]
    secrets: tuple[str, ...] = (SECRET,)


PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider("mailgun", "Mailgun", MailgunTrackingWebhookView, (SIGNING_KEY,)),
        Provider("postmark", "Postmark", PostmarkTrackingWebhookView),
        Provider("brevo", "Brevo", BrevoTrackingWebhookView),
        Provider("resend", "Resend", _Resend, (SIGNING_KEY, SECRET)),
        Provider("ses", "Amazon SES", _Ses),
        Provider("sparkpost", "SparkPost", SparkPostTrackingWebhookView),
    )
}


def in_use() -> Provider | None:
    """The provider that EMAIL_URL names."""
    try:
        return PROVIDERS.get(urlsplit(settings.EMAIL_URL).scheme)
    except ValueError:  # the transport's own check says what is wrong with it
        return None


@cache
def options(url: str) -> dict[str, str]:
    """The options behind the question mark of EMAIL_URL. A + is a + there: secrets have some."""
    try:
        query = urlsplit(url).query
    except ValueError:
        return {}
    pairs = (pair.partition("=") for pair in query.split("&"))
    return {unquote(name): unquote(value) for name, _, value in pairs if name and value}


def secrets_of(provider: Provider) -> dict[str, str]:
    """The secrets by which it may show who it is; empty: none is configured."""
    given = options(settings.EMAIL_URL)
    usable = {name: given[name] for name in provider.secrets if name in given}
    if not usable:
        return {}
    # A password that is asked for besides the signature is checked too.
    return usable | ({SECRET: given[SECRET]} if SECRET in given else {})


def check_sender(provider: Provider, headers: Mapping[str, str], body: bytes) -> None:
    """Raises NotThem or NoSecret."""
    secrets = secrets_of(provider)
    if not secrets:
        raise NoSecret
    try:
        provider.reader(**secrets).run_validators(as_request(headers, body))
    except _NOT_READABLE as error:
        raise NotThem(str(error)) from error


def as_request(headers: Mapping[str, str], body: bytes) -> WSGIRequest:
    """The request as it came, from what was stored of it."""
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    request = WSGIRequest(
        {
            **named,
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
    )
    request._body = body  # read already, within a limit of ours and not that of forms
    return request


def read(provider: Provider, headers: Mapping[str, str], body: bytes) -> list[News]:
    """What a stored call tells. Raises whatever a body that nobody expected breaks."""
    reader = provider.reader(**dict.fromkeys(provider.secrets, "checked already"))
    events = reader.parse_events(as_request(headers, body))
    news = (_news(provider.name, event) for event in events)
    return [one for one in news if one.verdict.what is not What.NOTHING]


def _news(provider: str, event: Any) -> News:
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    headers = dict(_returned_headers(event.esp_event))
    address = as_address(event.recipient)
    identities = (str(event.message_id or ""), headers.get("message-id", ""))
    return News(
        verdict=verdict(provider, event),
        source=provider,
        words=one_line(event.description, event.mta_response),
        addresses=(address,) if address else (),
        mailing_id=as_number(metadata.get("mailing") or headers.get("x-mailing", "")),
        subscriber_id=as_number(metadata.get("subscriber", "")),
        identities=tuple(identity for identity in identities if identity),
    )


def _returned_headers(raw: Any) -> Iterator[tuple[str, str]]:
    """Headers of our message, where the provider repeats them: SES in `mail`, Resend in `data`."""
    if not isinstance(raw, dict):
        return
    for part in (raw.get("mail"), raw.get("data")):
        headers = part.get("headers") if isinstance(part, dict) else None
        for header in headers if isinstance(headers, list) else ():
            yield str(header.get("name", "")).lower(), str(header.get("value", ""))


def subscription_url(body: bytes) -> str:
    """Where SNS wants a new subscription confirmed; empty for every other body."""
    if b"SubscriptionConfirmation" not in body:
        return ""
    message = json.loads(body)
    asks = isinstance(message, dict) and message.get("Type") == "SubscriptionConfirmation"
    return str(message.get("SubscribeURL", "")) if asks else ""
