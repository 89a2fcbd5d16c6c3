"""Amazon SES: its bulk call with the letter as a template in the call itself, 50 a call.

Boto signs and reads; the call goes over our own HTTP session, by the hook that boto has for it, so
that time-outs, hanging up and doubts are the same as elsewhere. Message-IDs are SES's own.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import requests
from anymail.backends.amazon_ses import AmazonSESV2SendBulkEmailPayload, EmailBackend
from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESTrackingWebhookView
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError
from botocore.loaders import create_loader
from botocore.session import get_session

from posts.delivery.transports.base import (
    Misconfigured,
    Outcome,
    ServerAnswer,
    Throttled,
    TransportError,
)
from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.amazon import amazons_bounce
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.capabilities import MB, MUSTACHE, DnsRecord
from posts.delivery.transports.esp.errors import FailureKind, Said, failure, one_line
from posts.delivery.transports.esp.http import Http
from posts.delivery.transports.esp.merging import Merged
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import COMPLAINED_BEFORE, HARD, EventKind, Verdict
from subscribers.saying import sentence

# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_BulkEmailEntryResult.html
# What is not here is about our account, and nobody's fault among the recipients.
STATUSES = {
    "SUCCESS": ServerAnswer.ACCEPTED,
    "MESSAGE_REJECTED": ServerAnswer.REFUSED,
    "INVALID_PARAMETER": ServerAnswer.REFUSED,
    "FAILED": ServerAnswer.DOUBT,
    "TRANSIENT_FAILURE": ServerAnswer.RETRY,
    "ACCOUNT_THROTTLED": ServerAnswer.RETRY,
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": ServerAnswer.RETRY,
}
THROTTLED = ("ACCOUNT_THROTTLED", "ACCOUNT_DAILY_QUOTA_EXCEEDED")


LOADER = create_loader()


def _boto() -> Any:
    """A session of its own for each connection, but what it loads from disk is loaded once: that
    takes 150 ms of the 155 that a client costs."""
    session = get_session()
    session.register_component("data_loader", LOADER)
    return session


class _Body:
    """What boto reads an answer from."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self) -> list[bytes]:
        return [self.content]


class Payload(Lean, AmazonSESV2SendBulkEmailPayload):
    def parse_recipient_status(self, response: Any) -> dict[str, Any]:
        """We read the answer ourselves: anymail calls "failed" what is to be retried, what is
        refused for good, and what is about our account."""
        return {}


class Backend(OverHttp, EmailBackend):
    payload = Payload

    def open(self) -> Any:
        try:
            created = super().open()
        except (BotoCoreError, ValueError) as error:
            raise Misconfigured(
                sentence(
                    "Amazon SES cannot be used: %(reason)s EMAIL_URL looks like "
                    "ses://ACCESS:SECRET@REGION; keys and region may also come from the "
                    "environment.",
                    reason=one_line(str(error)),
                )
            ) from error
        if created:
            self.client.meta.events.register("before-send.sesv2", self.send)
        return created

    def send(self, request: Any, **_: Any) -> AWSResponse:
        """Boto's request over our session."""
        prepared = requests.Request(
            request.method, request.url, headers=_texts(request.headers), data=request.body
        ).prepare()
        # Proxies and certificates of the environment, as for the others.
        surroundings = self.http.merge_environment_settings(request.url, {}, None, None, None)
        answer = self.http.send(prepared, **surroundings)
        body = _Body(answer.content)
        return AWSResponse(request.url, answer.status_code, answer.headers, body)


def _texts(headers: Any) -> dict[str, str]:
    return {
        name: value.decode() if isinstance(value, bytes) else str(value)
        for name, value in headers.items()
    }


class Ses(Adapter):
    backend_class = Backend
    kinds = {
        "AccountSuspendedException": FailureKind.MISCONFIGURED,
        "MailFromDomainNotVerifiedException": FailureKind.MISCONFIGURED,
        "NotFoundException": FailureKind.MISCONFIGURED,
        "SendingPausedException": FailureKind.MISCONFIGURED,
        "LimitExceededException": FailureKind.THROTTLED,
        "ThrottlingException": FailureKind.THROTTLED,
        "TooManyRequestsException": FailureKind.THROTTLED,
    }

    def settings(self, *, lists: bool) -> dict[str, Any]:
        options = self.options
        client: dict[str, Any] = {
            # A repeat on a time-out would mail people twice.
            "config": {"retries": {"total_max_attempts": 1}}
        }
        if options.api_url:
            client["endpoint_url"] = options.api_url
        if options.place:
            client["region_name"] = options.place
        session: dict[str, Any] = {"botocore_session": _boto()}
        if options.key:
            session["aws_access_key_id"] = options.key
            session["aws_secret_access_key"] = options.secret
        return {
            "client_params": client,
            "session_params": session,
            **options.extra,
        }

    def backend(self, http: Http, *, lists: bool) -> Any:
        return self.backend_class(
            http=http,
            lists=lists,
            ignore_recipient_status=True,
            **_named(self.settings(lists=lists)),
        )

    def address(self, backend: Any) -> str:
        return str(backend.client.meta.endpoint_url)

    def finish(self, message: Any, call: Call, letter: Merged, key: str) -> None:
        """A template without a name: its content is in the call."""
        content = {
            "Subject": letter.subject,
            "Text": letter.text,
            "Html": letter.html,
        }
        template = {
            "TemplateContent": {name: text for name, text in content.items() if text},
            "TemplateData": "{}",
        }
        message.template_id = "in this call"
        message.esp_extra = {"DefaultContent": {"Template": template}}
        message.subject = message.body = ""
        message.alternatives = []

    def outcomes(self, message: Any, call: Call) -> list[Outcome]:
        """In the order of the recipients."""
        results = _results(message)
        if len(results) != len(call):
            text = sentence(
                "%(results)s results for %(call)s recipients", results=len(results), call=len(call)
            )
            raise failure(FailureKind.AMBIGUOUS, Said(200, message=text), self.provider.title)
        return [
            Outcome(
                each.subscriber_id,
                STATUSES.get(status, ServerAnswer.RETRY),
                "" if status == "SUCCESS" else one_line(f"{status} {text}"),
            )
            for each, (status, text) in zip(call.messages, results, strict=True)
        ]

    def trouble(self, message: Any) -> TransportError | None:
        for status, text in _results(message):
            said = sentence("Amazon SES says: %(status)s %(text)s", status=status, text=text)
            if status in THROTTLED:
                return Throttled(said)
            if status not in STATUSES:
                return Misconfigured(said)
        return None


def _results(message: Any) -> list[tuple[str, str]]:
    """Status and text for each recipient; none where the answer has not the form it should."""
    response = message.anymail_status.esp_response
    entries = response.get("BulkEmailEntryResults", []) if isinstance(response, dict) else []
    return [(entry.get("Status", "FAILED"), entry.get("Error", "")) for entry in entries]


def _named(settings: dict[str, Any]) -> dict[str, Any]:
    name = settings.pop("configuration_set", None)
    return {**settings, "configuration_set_name": name} if name else settings


_AMAZON = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


class Reader(AmazonSESTrackingWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        # Not SES's own, which wants boto3 for what a worker does here (see `events.sns`).
        super(AmazonSESBaseWebhookView, self).__init__(**kwargs)


def _bounce(raw: Raw) -> str:
    bounce = raw.get("bounce")
    if not bounce:
        return ""
    recipients = bounce.get("bouncedRecipients") or [{}]
    if all(_has_no_domain(one) for one in recipients):
        return HARD  # "Transient" to Amazon
    return amazons_bounce(bounce.get("bounceType"), bounce.get("bounceSubType"))


def _has_no_domain(recipient: Raw) -> bool:
    """`smtp; 550 5.4.4 Invalid domain`"""
    said = f"{recipient.get('status', '')} {recipient.get('diagnosticCode', '')}"
    return "5.4.4" in said and "4.4.7" not in said


# Feedback of the kinds that RFC 5965 has beside complaints.
_NO_COMPLAINTS = {"not-spam", "auth-failure"}


def _special(raw: Raw) -> Verdict | None:
    if raw.get("eventType") == "DeliveryDelay":
        return Verdict(EventKind.DEFERRED)
    complaint = raw.get("complaint") or {}
    if complaint.get("complaintSubType") == "OnAccountSuppressionList":
        return Verdict(EventKind.BOUNCED, COMPLAINED_BEFORE)  # nothing was sent to her this time
    if complaint.get("complaintFeedbackType") in _NO_COMPLAINTS:
        return Verdict(EventKind.NOTHING)
    preferences = (raw.get("subscription") or {}).get("newTopicPreferences") or {}
    if preferences.get("unsubscribeAll"):
        return Verdict(EventKind.UNSUBSCRIBED)
    return None


def _to_confirm(body: bytes) -> str:
    """SNS asks first whether its events are welcome (SubscriptionConfirmation).

    Raises ValueError when it leads anywhere but to Amazon: the body is a stranger's if the secret
    got known, and must not make this server fetch whatever it names.
    """
    if b"SubscriptionConfirmation" not in body:
        return ""
    message = json.loads(body)
    if not isinstance(message, dict) or message.get("Type") != "SubscriptionConfirmation":
        return ""
    if not (url := str(message.get("SubscribeURL", ""))):
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not _AMAZON.fullmatch(parts.netloc):
        raise ValueError(f"the address to confirm at is not Amazon's: {parts.netloc[:100]!r}")
    return url


PROVIDER = Provider(
    title="Amazon SES",
    scheme="ses",
    url="ses://ACCESS:SECRET@REGION",
    place="region",
    key_pair=True,
    options=frozenset({"configuration_set"}),
    most=50,
    largest=9 * MB,
    syntax=MUSTACHE,
    ascii_headers=True,
    key_label=sentence("Access key ID"),
    # https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
    records=(
        DnsRecord("SPF", "TXT", "bounce.{domain}", "v=spf1 include:amazonses.com ~all"),
        DnsRecord(
            sentence("Return path"), "MX", "bounce.{domain}", "feedback-smtp.{place}.amazonses.com"
        ),
    ),
    adapter=Ses,
    webhook=Webhook(reader=Reader, bounce=_bounce, special=_special, to_confirm=_to_confirm),
)
