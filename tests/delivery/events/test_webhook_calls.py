"""What each provider calls it, and what it means for us: real-shaped calls, as a worker reads."""

import json
from typing import Any

import pytest

from posts.delivery.events.event import Event
from posts.delivery.events.webhook_calls import read
from posts.delivery.transports.verdict import (
    BLOCKED,
    COMPLAINED_BEFORE,
    FAILED,
    HARD,
    SOFT,
    UNSUBSCRIBED_BEFORE,
    EventKind,
    Verdict,
)
from tests.delivery.events import payloads
from tests.delivery.events.payloads import headers_for

ADDRESS = "reader@example.org"
IDS = {"mailing": 5, "subscriber": 7}


def events_of(provider: str, body: bytes) -> list[Event]:
    headers = {**headers_for(provider, body), "Content-Type": "application/json"}
    return read(provider, headers, body)


def returned(reason: str) -> Verdict:
    return Verdict(EventKind.BOUNCED, reason)


def mailgun_failure(severity: str, reason: str, **status: Any) -> bytes:
    return payloads.mailgun(
        "failed",
        ADDRESS,
        IDS,
        severity=severity,
        reason=reason,
        **{"delivery-status": {"code": 550, "message": "550 5.1.1 no such user", **status}},
    )


def sparkpost_bounce(kind: str) -> bytes:
    return payloads.sparkpost("bounce", ADDRESS, IDS, bounce_class=kind, raw_reason="550 no")


DEFERRED, ACCEPTED, DELIVERED, COMPLAINED, UNSUBSCRIBED = (
    Verdict(kind) for kind in EventKind if kind not in (EventKind.NOTHING, EventKind.BOUNCED)
)
CALLS = [
    ("mailgun", payloads.mailgun("accepted", ADDRESS, IDS), ACCEPTED),
    ("mailgun", payloads.mailgun("delivered", ADDRESS, IDS), DELIVERED),
    ("mailgun", mailgun_failure("temporary", "generic"), DEFERRED),
    ("mailgun", mailgun_failure("permanent", "bounce"), returned(HARD)),
    ("mailgun", mailgun_failure("permanent", "generic", **{"bounce-type": "soft"}), returned(SOFT)),
    ("mailgun", mailgun_failure("permanent", "old"), returned(SOFT)),
    ("mailgun", mailgun_failure("permanent", "espblock"), returned(BLOCKED)),
    ("mailgun", mailgun_failure("permanent", "suppress-bounce"), returned(HARD)),
    ("mailgun", mailgun_failure("permanent", "suppress-complaint"), returned(COMPLAINED_BEFORE)),
    (
        "mailgun",
        mailgun_failure("permanent", "suppress-unsubscribe"),
        returned(UNSUBSCRIBED_BEFORE),
    ),
    (
        "mailgun",
        payloads.mailgun("rejected", ADDRESS, IDS, reject={"reason": "Sandbox"}),
        returned(BLOCKED),
    ),
    ("mailgun", payloads.mailgun("complained", ADDRESS, IDS), COMPLAINED),
    ("mailgun", payloads.mailgun("unsubscribed", ADDRESS, IDS), UNSUBSCRIBED),
    ("postmark", payloads.postmark("Delivery", ADDRESS, IDS), DELIVERED),
    (
        "postmark",
        payloads.postmark("Bounce", ADDRESS, IDS, Type="HardBounce", TypeCode=1),
        returned(HARD),
    ),
    (
        "postmark",
        payloads.postmark("Bounce", ADDRESS, IDS, Type="BadEmailAddress", TypeCode=100000),
        returned(HARD),
    ),
    (
        "postmark",
        payloads.postmark("Bounce", ADDRESS, IDS, Type="SoftBounce", TypeCode=4096),
        returned(SOFT),
    ),
    (
        "postmark",
        payloads.postmark("Bounce", ADDRESS, IDS, Type="Transient", TypeCode=2),
        DEFERRED,
    ),
    (
        "postmark",
        payloads.postmark("Bounce", ADDRESS, IDS, Type="Blocked", TypeCode=100006),
        returned(BLOCKED),
    ),
    (
        "postmark",
        payloads.postmark("Bounce", ADDRESS, IDS, Type="SpamNotification", TypeCode=512),
        returned(BLOCKED),
    ),
    (
        "postmark",
        payloads.postmark("SpamComplaint", ADDRESS, IDS, Type="SpamComplaint", TypeCode=100001),
        COMPLAINED,
    ),
    (
        "postmark",
        payloads.postmark(
            "SubscriptionChange",
            ADDRESS,
            IDS,
            SuppressSending=True,
            SuppressionReason="ManualSuppression",
        ),
        UNSUBSCRIBED,
    ),
    (
        "postmark",
        payloads.postmark(
            "SubscriptionChange", ADDRESS, IDS, SuppressSending=True, SuppressionReason="HardBounce"
        ),
        returned(HARD),
    ),
    ("brevo", payloads.brevo("request", ADDRESS, IDS), ACCEPTED),
    ("brevo", payloads.brevo("delivered", ADDRESS, IDS), DELIVERED),
    ("brevo", payloads.brevo("hard_bounce", ADDRESS, IDS), returned(HARD)),
    ("brevo", payloads.brevo("invalid_email", ADDRESS, IDS), returned(HARD)),
    ("brevo", payloads.brevo("soft_bounce", ADDRESS, IDS), returned(SOFT)),
    ("brevo", payloads.brevo("blocked", ADDRESS, IDS), returned(BLOCKED)),
    ("brevo", payloads.brevo("error", ADDRESS, IDS), returned(FAILED)),
    ("brevo", payloads.brevo("deferred", ADDRESS, IDS), DEFERRED),
    ("brevo", payloads.brevo("spam", ADDRESS, IDS), COMPLAINED),
    ("brevo", payloads.brevo("unsubscribe", ADDRESS, IDS), UNSUBSCRIBED),
    ("resend", payloads.resend("email.sent", ADDRESS, IDS), ACCEPTED),
    ("resend", payloads.resend("email.delivered", ADDRESS, IDS), DELIVERED),
    (
        "resend",
        payloads.resend("email.delivery_delayed", ADDRESS, IDS),
        DEFERRED,
    ),
    (
        "resend",
        payloads.resend(
            "email.bounced",
            ADDRESS,
            IDS,
            bounce={"type": "Permanent", "subType": "General", "message": "a bounce message"},
        ),
        returned(HARD),
    ),
    (
        "resend",
        payloads.resend(
            "email.bounced",
            ADDRESS,
            IDS,
            bounce={"type": "Transient", "subType": "MailboxFull", "message": "a bounce message"},
        ),
        returned(SOFT),
    ),
    ("resend", payloads.resend("email.failed", ADDRESS, IDS), returned(FAILED)),
    ("resend", payloads.resend("email.complained", ADDRESS, IDS), COMPLAINED),
    ("ses", payloads.ses("Send", ADDRESS, IDS, send={}), ACCEPTED),
    (
        "ses",
        payloads.ses("Delivery", ADDRESS, IDS, delivery={"recipients": [ADDRESS]}),
        DELIVERED,
    ),
    (
        "ses",
        payloads.ses("DeliveryDelay", ADDRESS, IDS, deliveryDelay={}),
        DEFERRED,
    ),
    ("ses", payloads.ses_bounce(ADDRESS, IDS, "Permanent", "General"), returned(HARD)),
    (
        "ses",
        payloads.ses_bounce(ADDRESS, IDS, "Permanent", "UnsubscribedRecipient"),
        returned(UNSUBSCRIBED_BEFORE),
    ),
    ("ses", payloads.ses_bounce(ADDRESS, IDS, "Transient", "MailboxFull"), returned(SOFT)),
    ("ses", payloads.ses_bounce(ADDRESS, IDS, "Transient", "ContentRejected"), returned(BLOCKED)),
    ("ses", payloads.ses_bounce(ADDRESS, IDS, "Undetermined", "Undetermined"), returned(SOFT)),
    (
        "ses",
        payloads.ses(
            "Complaint",
            ADDRESS,
            IDS,
            complaint={"complainedRecipients": [{"emailAddress": ADDRESS}]},
        ),
        COMPLAINED,
    ),
    (
        "ses",
        payloads.ses(
            "Complaint",
            ADDRESS,
            IDS,
            complaint={
                "complainedRecipients": [{"emailAddress": ADDRESS}],
                "complaintSubType": "OnAccountSuppressionList",
            },
        ),
        returned(COMPLAINED_BEFORE),
    ),
    ("ses", payloads.ses("Reject", ADDRESS, IDS, reject={"reason": "virus"}), returned(BLOCKED)),
    ("sparkpost", payloads.sparkpost("injection", ADDRESS, IDS), ACCEPTED),
    ("sparkpost", payloads.sparkpost("delivery", ADDRESS, IDS), DELIVERED),
    ("sparkpost", payloads.sparkpost("delay", ADDRESS, IDS, bounce_class="20"), None),
    ("sparkpost", sparkpost_bounce("10"), returned(HARD)),
    ("sparkpost", sparkpost_bounce("30"), returned(HARD)),
    ("sparkpost", sparkpost_bounce("22"), returned(SOFT)),
    ("sparkpost", sparkpost_bounce("1"), returned(SOFT)),
    ("sparkpost", sparkpost_bounce("51"), returned(BLOCKED)),
    ("sparkpost", sparkpost_bounce("90"), UNSUBSCRIBED),
    (
        "sparkpost",
        payloads.sparkpost("spam_complaint", ADDRESS, IDS),
        COMPLAINED,
    ),
    (
        "sparkpost",
        payloads.sparkpost("list_unsubscribe", ADDRESS, IDS),
        UNSUBSCRIBED,
    ),
]


@pytest.mark.parametrize(("provider", "body", "expected"), CALLS)
def test_each_event_of_each_provider_is_understood(
    provider: str, body: bytes, expected: Verdict | None
) -> None:
    [event] = events_of(provider, body)
    assert event.verdict == (expected or DEFERRED)
    assert (event.mailing_id, event.subscriber_id) == (5, 7)
    assert event.addresses == (ADDRESS,)
    assert event.trusted


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("mailgun", payloads.mailgun("opened", ADDRESS, IDS)),
        ("postmark", payloads.postmark("Open", ADDRESS, IDS)),
        ("brevo", payloads.brevo("unique_opened", ADDRESS, IDS)),
        ("resend", payloads.resend("email.clicked", ADDRESS, IDS)),
        ("ses", payloads.ses("Open", ADDRESS, IDS, open={})),
        ("sparkpost", payloads.sparkpost("open", ADDRESS, IDS)),
        ("sparkpost", b'[{"msys": {}}]'),
        ("sparkpost", sparkpost_bounce("60")),  # an out-of-office
        ("postmark", payloads.postmark("Bounce", ADDRESS, IDS, Type="AutoResponder")),
    ],
)
def test_opens_clicks_and_automatic_answers_are_no_events(provider: str, body: bytes) -> None:
    assert events_of(provider, body) == []


def test_a_servers_reply_is_kept_on_one_line_without_what_no_database_stores() -> None:
    body = payloads.brevo("hard_bounce", "Reader@Example.ORG", IDS, reason="550\0no\r\n such user")
    [event] = events_of("brevo", body)
    assert event.reply == "550 no such user"
    assert event.addresses == (ADDRESS,)


def test_where_a_provider_repeats_our_headers_they_name_the_mailing() -> None:
    headers = [
        {"name": "X-Mailing", "value": "5"},
        {"name": "Message-ID", "value": "<a@b.example>"},
    ]
    [event] = events_of("ses", payloads.ses("Send", ADDRESS, {}, headers=headers, send={}))
    assert (event.mailing_id, event.subscriber_id) == (5, 0)
    assert "<a@b.example>" in event.message_ids


def test_one_call_may_tell_of_many() -> None:
    many = [payloads.sparkpost_event("delivery", ADDRESS, IDS) for _ in range(3)]
    assert len(events_of("sparkpost", json.dumps(many).encode())) == 3
