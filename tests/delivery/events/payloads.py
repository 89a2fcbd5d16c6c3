"""Calls of providers, shaped as they send them. People and ids are our own inventions."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any

SIGNING_KEY = "key-of-the-tests"
RESEND_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BASIC = {"Authorization": f"Basic {base64.b64encode(b'hook:secret').decode()}"}
URLS = {
    "mailgun": f"mailgun://key@letters.example?webhook_signing_key={SIGNING_KEY}",
    "postmark": "postmark://token@?webhook_secret=hook:secret",
    "brevo": "brevo://key@?webhook_secret=hook:secret",
    "resend": f"resend://key@?webhook_signing_key={RESEND_KEY}",
    "ses": "ses://?webhook_secret=hook:secret",
    "sparkpost": "sparkpost://key@?webhook_secret=hook:secret",
}
Metadata = dict[str, Any]


def mailgun(event: str, address: str, metadata: Metadata, **fields: Any) -> bytes:
    stamp, token = str(int(time.time())), "c1b6c1f5e6e7"
    signature = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256)
    data = {
        "event": event,
        "timestamp": 1763550000.1,
        "id": "CPgfbmQMTCKtHW6uIWtuVe",
        "recipient": address,
        "user-variables": {key: str(value) for key, value in metadata.items()},
        "message": {"headers": {"message-id": "20261119.1@letters.example", "to": address}},
        "tags": [],
        **fields,
    }
    signed = {"timestamp": stamp, "token": token, "signature": signature.hexdigest()}
    return json.dumps({"signature": signed, "event-data": data}).encode()


def postmark(record: str, address: str, metadata: Metadata, **fields: Any) -> bytes:
    who = {"Recipient": address} if record == "Delivery" else {"Email": address}
    return json.dumps(
        {
            "RecordType": record,
            "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
            "ServerID": 23,
            "Metadata": {key: str(value) for key, value in metadata.items()},
            **who,
            **fields,
        }
    ).encode()


def brevo(event: str, address: str, metadata: Metadata, **fields: Any) -> bytes:
    return json.dumps(
        {
            "event": event,
            "email": address,
            "id": 26224,
            "message-id": "<201798300811.5787683@smtp-relay.mailin.fr>",
            "ts_epoch": 1763550000000,
            "X-Mailin-custom": json.dumps(metadata),
            **fields,
        }
    ).encode()


def resend(kind: str, address: str, metadata: Metadata, **data: Any) -> bytes:
    return json.dumps(
        {
            "type": kind,
            "created_at": "2026-11-19T10:00:00.000Z",
            "data": {
                "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
                "from": "Ada <ada@letters.example>",
                "to": [address],
                "headers": [{"name": "X-Metadata", "value": json.dumps(metadata)}],
                **data,
            },
        }
    ).encode()


def ses(kind: str, address: str, metadata: Metadata, **fields: Any) -> bytes:
    event = {
        "eventType": kind,
        "mail": {
            "messageId": "EXAMPLE7c191be45",
            "destination": [address],
            "headers": [
                {"name": "X-Metadata", "value": json.dumps(metadata)},
                *fields.pop("headers", []),
            ],
        },
        **fields,
    }
    return sns("Notification", Message=json.dumps(event))


def sns(kind: str, **fields: Any) -> bytes:
    return json.dumps(
        {
            "Type": kind,
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:letters",
            "Timestamp": "2026-11-19T10:00:00.000Z",
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            **fields,
        }
    ).encode()


def ses_bounce(address: str, metadata: Metadata, kind: str, detail: str) -> bytes:
    bounce = {
        "bounceType": kind,
        "bounceSubType": detail,
        "bouncedRecipients": [{"emailAddress": address, "diagnosticCode": "smtp; 550 no"}],
    }
    return ses("Bounce", address, metadata, bounce=bounce)


def sparkpost_event(kind: str, address: str, metadata: Metadata, **fields: Any) -> dict[str, Any]:
    event = {
        "type": kind,
        "timestamp": "1763550000",
        "event_id": "92356927693813856",
        "transmission_id": "65832150921904138",
        "rcpt_to": address,
        "raw_rcpt_to": address,
        "rcpt_meta": metadata,
        **fields,
    }
    return {"msys": {"message_event": event}}


def sparkpost(kind: str, address: str, metadata: Metadata, **fields: Any) -> bytes:
    return json.dumps([sparkpost_event(kind, address, metadata, **fields)]).encode()


def sparkpost_events(subscriber_ids: Iterable[int], *, mailing: int = 5, call: int = 0) -> bytes:
    """One call that tells of a delivery to each; another one for each number of the call."""
    events = [
        sparkpost_event(
            "delivery",
            f"reader{subscriber_id}@example.org",
            {"mailing": mailing, "subscriber": subscriber_id},
            event_id=f"{call}-{subscriber_id}",
        )
        for subscriber_id in subscriber_ids
    ]
    return json.dumps(events).encode()


def headers_for(provider: str, body: bytes) -> dict[str, str]:
    """The headers by which each provider shows who it is."""
    if provider == "mailgun":
        return {}
    if provider == "resend":
        return signed_by_svix(body)
    if provider == "ses":
        message = json.loads(body)
        return {
            **BASIC,
            "X-Amz-Sns-Message-Type": message["Type"],
            "X-Amz-Sns-Message-Id": message["MessageId"],
        }
    return BASIC


def signed_by_svix(body: bytes) -> dict[str, str]:
    stamp, identity = str(int(time.time())), "msg_p5jXN8AQM9LWM0D4loKWxJek"
    secret = base64.b64decode(RESEND_KEY.removeprefix("whsec_"))
    signed = f"{identity}.{stamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return {
        "Svix-Id": identity,
        "Svix-Timestamp": stamp,
        "Svix-Signature": f"v1,{signature}",
    }
