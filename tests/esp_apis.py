"""What each provider does with a call: reads it, answers it, and makes mails of it.

Written after the providers' documentation and what anymail sends and reads, not after our own
code. A template that the provider could not read, a merge key that is missing and a field of the
wrong shape are refused here as they would be there, or leave the hole that they leave there.
"""

import base64
import email.policy
import html
import json
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

from tests.esp_api import Api, Mail, Malformed, Request, mustache, need

# --- Mailgun ------------------------------------------------------------------------------


def _mailgun_variables(request: Request) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    fields = {name: values[0] for name, values in request.form().items()}
    need(fields, "from", "to", "subject")
    if "," in fields["to"]:
        need(fields, "recipient-variables")  # else everybody would see everybody
    if not (fields.get("text") or fields.get("html")):
        raise Malformed("Need at least one of 'text' or 'html' parameters specified")
    return fields, json.loads(fields.get("recipient-variables", "{}"))


def _mailgun_recipients(request: Request) -> list[str]:
    fields = request.form()
    return [address.strip() for each in fields["to"] for address in each.split(",")]


def _mailgun_mails(request: Request) -> list[Mail]:
    fields, variables = _mailgun_variables(request)

    def filled(text: str, address: str) -> str:
        own = variables.get(address, {})
        return re.sub(
            r"%recipient\.([\w.:-]+)%|%(\w+_url|\w+_email)%",
            lambda found: str(own.get(found[1], "")) if found[1] else "http://mailgun.example",
            text,
        )

    return [
        Mail(
            address=address,
            subject=filled(fields["subject"], address),
            text=filled(fields.get("text", ""), address),
            html=filled(fields.get("html", ""), address),
            sender=filled(fields["from"], address),
            reply_to=filled(fields.get("h:Reply-To", ""), address),
            headers={
                name.removeprefix("h:"): filled(value, address)
                for name, value in fields.items()
                if name.startswith("h:")
            },
            metadata={
                name.removeprefix("v:"): filled(value, address)
                for name, value in fields.items()
                if name.startswith("v:")
            },
        )
        for address in _mailgun_recipients(request)
    ]


MAILGUN = Api(
    name="mailgun",
    paths=lambda path: path.endswith("/messages"),
    recipients=_mailgun_recipients,
    mails=_mailgun_mails,
    accept=lambda taken: {"id": "<20260101.1@mailgun.example>", "message": "Queued. Thank you."},
    refuse=lambda words: (400, {"message": words}),
    secret=lambda request: (
        base64.b64decode(request.headers["authorization"][6:]).decode().removeprefix("api:")
    ),
)


# --- Brevo --------------------------------------------------------------------------------


def _brevo_mails(request: Request) -> list[Mail]:
    data = request.json()
    need(data, "sender", "subject", "messageVersions")
    return [_brevo_mail(data, version) for version in data["messageVersions"]]


def _brevo_mail(data: dict[str, Any], version: dict[str, Any]) -> Mail:
    params = version.get("params", {})
    # Instead of, not besides.
    headers = dict(version.get("headers") or data.get("headers", {}))
    for value in headers.values():
        if not isinstance(value, str) or not value.isascii():
            raise Malformed("headers must be ASCII")
    metadata = json.loads(headers.pop("X-Mailin-custom", "{}"))

    def filled(text: str, *, escape: bool) -> str:
        return mustache(text, params, escape=escape, prefix="params.", triple=False)

    return Mail(
        address=version["to"][0]["email"],
        subject=filled(data["subject"], escape=False),
        text=filled(data.get("textContent", ""), escape=False),
        html=html.unescape(filled(data.get("htmlContent", ""), escape=True)),
        sender=f"{data['sender'].get('name', '')} <{data['sender']['email']}>",
        reply_to=data.get("replyTo", {}).get("email", ""),
        headers=headers,
        metadata=metadata,
    )


BREVO = Api(
    name="brevo",
    paths=lambda path: path.endswith("/smtp/email"),
    recipients=lambda request: [
        to["email"] for version in request.json()["messageVersions"] for to in version["to"]
    ],
    mails=_brevo_mails,
    accept=lambda taken: {
        "messageIds": [f"<{number}@brevo.example>" for number in range(len(taken))]
    },
    refuse=lambda words: (400, {"code": "invalid_parameter", "message": words}),
    key=lambda request: str(request.json().get("headers", {}).get("idempotencyKey", "")),
    duplicate=(400, {"code": "duplicate_parameter", "message": "idempotencyKey already used"}),
    secret=lambda request: request.headers["api-key"],
)


# --- Postmark -----------------------------------------------------------------------------


def _postmark_mails(request: Request) -> list[Mail]:
    data = request.json()
    need(data, "From", "Subject", "Messages")
    return [_postmark_mail(data, message) for message in data["Messages"]]


def _postmark_mail(data: dict[str, Any], message: dict[str, Any]) -> Mail:
    model = message.get("TemplateModel", {})
    headers = {item["Name"]: item["Value"] for item in message["Headers"]}
    return Mail(
        address=message["To"],
        subject=mustache(data["Subject"], model, escape=False),
        text=mustache(data.get("TextBody", ""), model, escape=False),
        html=html.unescape(mustache(data.get("HtmlBody", ""), model, escape=True)),
        sender=data["From"],
        reply_to=data.get("ReplyTo", ""),
        headers=headers,
        metadata={k: v for k, v in message.get("Metadata", {}).items() if k != "anymail_id"},
    )


POSTMARK = Api(
    name="postmark",
    paths=lambda path: path.endswith("/email/bulk"),
    recipients=lambda request: [message["To"] for message in request.json()["Messages"]],
    mails=_postmark_mails,
    accept=lambda taken: {"ID": "f24af63c", "Status": "Accepted", "PercentageCompleted": 0.0},
    refuse=lambda words: (422, {"ErrorCode": 300, "Message": words}),
    secret=lambda request: request.headers["x-postmark-server-token"],
)


# --- Resend -------------------------------------------------------------------------------


def _resend_mails(request: Request) -> list[Mail]:
    items = request.json()
    if not isinstance(items, list) or len(items) > 100:
        raise Malformed("at most 100 emails")
    return [_resend_mail(item) for item in items]


def _resend_mail(item: dict[str, Any]) -> Mail:
    need(item, "from", "to", "subject", "text")
    headers = dict(item.get("headers", {}))
    return Mail(
        address=item["to"][0],
        subject=item["subject"],
        text=item["text"],
        html=item.get("html", ""),
        sender=item["from"],
        reply_to=", ".join(item.get("reply_to", [])),
        metadata=json.loads(headers.pop("X-Metadata", "{}")),
        headers=headers,
    )


RESEND = Api(
    name="resend",
    paths=lambda path: path.endswith("/emails/batch"),
    recipients=lambda request: [item["to"][0] for item in request.json()],
    mails=_resend_mails,
    accept=lambda taken: {"data": [{"id": f"id-{number}"} for number in range(len(taken))]},
    refuse=lambda words: (422, {"statusCode": 422, "name": "validation_error", "message": words}),
    key=lambda request: request.headers.get("idempotency-key", ""),
    secret=lambda request: request.headers["authorization"].removeprefix("Bearer "),
)


# --- SparkPost ----------------------------------------------------------------------------


def _sparkpost_mails(request: Request) -> list[Mail]:
    data = request.json()
    need(data, "content", "recipients")
    need(data["content"], "from", "subject")
    return [_sparkpost_mail(data, recipient) for recipient in data["recipients"]]


def _sparkpost_mail(data: dict[str, Any], recipient: dict[str, Any]) -> Mail:
    content = data["content"]
    own = data.get("substitution_data", {}) | recipient.get("substitution_data", {})
    headers = {
        name: mustache(value, own, escape=False)
        for name, value in content.get("headers", {}).items()
    }
    if not data.get("options", {}).get("transactional"):
        headers["List-Unsubscribe"] = "<https://sparkpost.example/its-own>"
    return Mail(
        address=recipient["address"]["email"],
        subject=mustache(content["subject"], own, escape=False),
        text=mustache(content.get("text", ""), own, escape=False),
        html=mustache(content.get("html", ""), own, escape=True),
        sender=mustache(content["from"], own, escape=False),
        reply_to=content.get("reply_to", ""),
        headers=headers,
        metadata=data.get("metadata", {}) | recipient.get("metadata", {}),
    )


def _sparkpost_partial(taken: list[str], bad: set[str]) -> Any:
    """It counts them, and names them in the words of its errors only."""
    errors = [{"message": "invalid recipient", "description": f"<{each}> is bad"} for each in bad]
    return {
        "errors": [{"message": "transmission created, but with validation errors", "code": "2000"}],
        "results": {
            "rcpt_to_errors": errors,
            "total_rejected_recipients": len(bad),
            "total_accepted_recipients": len(taken),
            "id": "1166",
        },
    }


SPARKPOST = Api(
    name="sparkpost",
    paths=lambda path: path.endswith("/transmissions/"),
    recipients=lambda request: [each["address"]["email"] for each in request.json()["recipients"]],
    mails=_sparkpost_mails,
    accept=lambda taken: {
        "results": {
            "total_rejected_recipients": 0,
            "total_accepted_recipients": len(taken),
            "id": "1166",
        }
    },
    refuse=lambda words: (422, {"errors": [{"message": words, "code": "1902"}]}),
    partial=_sparkpost_partial,
    secret=lambda request: request.headers["authorization"],
)


# --- Amazon SES ---------------------------------------------------------------------------


def _ses_mails(request: Request) -> list[Mail]:
    data = request.json()
    need(data, "FromEmailAddress", "DefaultContent", "BulkEmailEntries")
    if len(data["BulkEmailEntries"]) > 50:
        raise Malformed("at most 50 destinations")
    return [_ses_mail(data, entry) for entry in data["BulkEmailEntries"]]


def _ses_mail(data: dict[str, Any], entry: dict[str, Any]) -> Mail:
    template = data["DefaultContent"]["Template"]
    content = template["TemplateContent"]
    own = json.loads(template["TemplateData"])
    replacement = entry["ReplacementEmailContent"]["ReplacementTemplate"]
    own |= json.loads(replacement["ReplacementTemplateData"])
    headers = {item["Name"]: item["Value"] for item in entry["ReplacementHeaders"]}
    if len(headers) > 15 or not all(value.isascii() for value in headers.values()):
        raise Malformed("at most 15 headers, in ASCII")

    def filled(name: str) -> str:
        return mustache(content.get(name, ""), own, escape=False, triple=False)

    return Mail(
        address=entry["Destination"]["ToAddresses"][0],
        subject=filled("Subject"),
        text=filled("Text"),
        html=filled("Html"),
        sender=data["FromEmailAddress"],
        reply_to=", ".join(data.get("ReplyToAddresses", [])),
        metadata=json.loads(headers.pop("X-Metadata", "{}")),
        headers=headers,
    )


def ses_results(addresses: list[str], bad: Mapping[str, str]) -> Any:
    """One result for each recipient, in their order; `bad` says which status."""
    return {
        "BulkEmailEntryResults": [
            {"Status": bad[each], "Error": f"about {each}"}
            if each in bad
            else {"Status": "SUCCESS", "MessageId": f"ses-{number}"}
            for number, each in enumerate(addresses)
        ]
    }


SES = Api(
    name="ses",
    paths=lambda path: path.endswith("/v2/email/outbound-bulk-emails"),
    recipients=lambda request: [
        entry["Destination"]["ToAddresses"][0] for entry in request.json()["BulkEmailEntries"]
    ],
    mails=_ses_mails,
    accept=lambda taken: ses_results(taken, {}),
    refuse=lambda words: (400, {"__type": "BadRequestException", "message": words}),
    secret=lambda request: request.headers["authorization"],
)

ALL = {api.name: api for api in (MAILGUN, BREVO, POSTMARK, RESEND, SPARKPOST, SES)}


# --- Mails that are no mailing --------------------------------------------------------------


def single(request: Request) -> tuple[str, str, Any] | None:
    """Provider, recipient and answer for a call with one mail; None: it is none."""
    if request.path.endswith("/v2/email/outbound-emails"):
        data = request.json()
        message = message_from_bytes(
            base64.b64decode(data["Content"]["Raw"]["Data"]), policy=email.policy.default
        )
        assert isinstance(message, EmailMessage)
        return "ses", data["Destination"]["ToAddresses"][0], {"MessageId": "ses-1"}
    if request.path.endswith("/email") and "x-postmark-server-token" in request.headers:
        to = request.json()["To"]
        return "postmark", to, {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": to}
    if request.path.endswith("/emails"):
        return "resend", request.json()["to"][0], {"id": "one"}
    if request.path.endswith("/smtp/email") and "to" in request.json():
        return "brevo", request.json()["to"][0]["email"], {"messageId": "<1@brevo.example>"}
    return None
