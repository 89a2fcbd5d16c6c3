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


def ses_no_domain(kind: str, words: str) -> bytes:
    bounce = {
        "bounceType": kind,
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": ADDRESS, "diagnosticCode": f"smtp; {words}"}],
    }
    return payloads.ses("Bounce", ADDRESS, IDS, bounce=bounce)


def ses_complaint(kind: str) -> bytes:
    complaint = {
        "complainedRecipients": [{"emailAddress": ADDRESS}],
        "complaintFeedbackType": kind,
    }
    return payloads.ses("Complaint", ADDRESS, IDS, complaint=complaint)


def resend_bounce(**bounce: str) -> bytes:
    return payloads.resend("email.bounced", ADDRESS, IDS, bounce=bounce)


def suppressed_by_resend(words: str) -> bytes:
    why = {"message": words, "type": "OnAccountSuppressionList"}
    return payloads.resend("email.suppressed", ADDRESS, IDS, suppressed=why)


def returned_by_postmark(kind: str) -> bytes:
    return payloads.postmark("Bounce", ADDRESS, IDS, Type=kind)


DEFERRED, ACCEPTED, DELIVERED, COMPLAINED, UNSUBSCRIBED = (
    Verdict(kind) for kind in EventKind if kind not in (EventKind.NOTHING, EventKind.BOUNCED)
)
SOFT_AT_SPARKPOST = ("20", "21", "23", "24", "40", "70")
BLOCKED_AT_SPARKPOST = ("25", "50", "52", "53", "54")
CALLS = [
    ("mailgun", payloads.mailgun("accepted", ADDRESS, IDS), ACCEPTED),
    ("mailgun", payloads.mailgun("delivered", ADDRESS, IDS), DELIVERED),
    ("mailgun", mailgun_failure("temporary", "generic"), DEFERRED),
    ("mailgun", mailgun_failure("permanent", "bounce"), returned(HARD)),
    ("mailgun", mailgun_failure("permanent", "generic", **{"bounce-type": "soft"}), returned(SOFT)),
    ("mailgun", mailgun_failure("permanent", "old"), returned(SOFT)),
    ("mailgun", mailgun_failure("permanent", "espblock"), returned(BLOCKED)),
    (
        "mailgun",
        mailgun_failure("permanent", "bounce", code=552, message="5.2.2 Mailbox is full"),
        returned(SOFT),
    ),
    (
        "mailgun",
        mailgun_failure(
            "permanent", "generic", **{"enhanced-code": "5.2.2", "message": "no", "code": 552}
        ),
        returned(SOFT),
    ),
    (
        "mailgun",
        mailgun_failure("permanent", "bounce", message="554 5.7.1 Refused for spam", code=554),
        returned(BLOCKED),
    ),
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
    *(("postmark", returned_by_postmark(kind), DEFERRED) for kind in ("DnsError", "OpenRelayTest")),
    *(
        ("postmark", returned_by_postmark(kind), returned(BLOCKED))
        for kind in ("VirusNotification", "ManuallyDeactivated", "DMARCPolicy", "Unconfirmed")
    ),
    *(
        ("postmark", returned_by_postmark(kind), returned(FAILED))
        for kind in ("SMTPApiError", "TemplateRenderingFailed")
    ),
    ("postmark", returned_by_postmark("Unsubscribe"), UNSUBSCRIBED),
    ("brevo", payloads.brevo("request", ADDRESS, IDS), ACCEPTED),
    ("brevo", payloads.brevo("delivered", ADDRESS, IDS), DELIVERED),
    ("brevo", payloads.brevo("hard_bounce", ADDRESS, IDS), returned(HARD)),
    ("brevo", payloads.brevo("invalid_email", ADDRESS, IDS), returned(HARD)),
    ("brevo", payloads.brevo("soft_bounce", ADDRESS, IDS), returned(SOFT)),
    ("brevo", payloads.brevo("blocked", ADDRESS, IDS), returned(BLOCKED)),
    ("brevo", payloads.brevo("error", ADDRESS, IDS), returned(FAILED)),
    ("brevo", payloads.brevo("deferred", ADDRESS, IDS), DEFERRED),
    ("brevo", payloads.brevo("spam", ADDRESS, IDS), COMPLAINED),
    ("brevo", payloads.brevo("complaint", ADDRESS, IDS), COMPLAINED),
    ("brevo", payloads.brevo("unsubscribe", ADDRESS, IDS), UNSUBSCRIBED),
    ("brevo", payloads.brevo("unsubscribed", ADDRESS, IDS), UNSUBSCRIBED),
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
    ("resend", resend_bounce(type="Permanent", subType="NoEmail"), returned(HARD)),
    ("resend", resend_bounce(type="Permanent", subType="Suppressed"), returned(HARD)),
    ("resend", resend_bounce(type="Transient", subType="General"), returned(SOFT)),
    ("resend", resend_bounce(type="Transient", subType="ContentRejected"), returned(BLOCKED)),
    ("resend", resend_bounce(type="Transient", subType="AttachmentRejected"), returned(BLOCKED)),
    ("resend", resend_bounce(type="Transient", subType="MessageTooLarge"), returned(SOFT)),
    ("resend", resend_bounce(type="Undetermined", subType="Undetermined"), returned(SOFT)),
    ("resend", resend_bounce(message="The provider sent a hard bounce message."), returned(HARD)),
    ("resend", resend_bounce(message="The inbox was full."), returned(SOFT)),
    ("resend", suppressed_by_resend("It is on the suppression list."), returned(HARD)),
    ("resend", suppressed_by_resend("She complained."), returned(COMPLAINED_BEFORE)),
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
    ("ses", ses_complaint("abuse"), COMPLAINED),
    ("ses", ses_complaint("other"), COMPLAINED),
    ("ses", ses_no_domain("Transient", "550 5.4.4 Invalid domain"), returned(HARD)),
    ("ses", ses_no_domain("Transient", "550 4.4.7 Expired <5.4.4 later>"), returned(SOFT)),
    *(
        ("ses", payloads.ses_bounce(ADDRESS, IDS, "Permanent", kind), returned(HARD))
        for kind in ("NoEmail", "Suppressed", "OnAccountSuppressionList")
    ),
    ("ses", payloads.ses_bounce(ADDRESS, IDS, "Transient", "MessageTooLarge"), returned(SOFT)),
    (
        "ses",
        payloads.ses_bounce(ADDRESS, IDS, "Transient", "AttachmentRejected"),
        returned(BLOCKED),
    ),
    (
        "ses",
        payloads.ses("Rendering Failure", ADDRESS, IDS, failure={"errorMessage": "no name"}),
        returned(FAILED),
    ),
    (
        "ses",
        payloads.ses(
            "Subscription",
            ADDRESS,
            IDS,
            subscription={"newTopicPreferences": {"unsubscribeAll": True}},
        ),
        UNSUBSCRIBED,
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
    *(("sparkpost", sparkpost_bounce(kind), returned(SOFT)) for kind in SOFT_AT_SPARKPOST),
    *(("sparkpost", sparkpost_bounce(kind), returned(BLOCKED)) for kind in BLOCKED_AT_SPARKPOST),
    ("sparkpost", sparkpost_bounce("90"), UNSUBSCRIBED),
    (
        "sparkpost",
        payloads.sparkpost("out_of_band", ADDRESS, IDS, bounce_class="10"),
        returned(HARD),
    ),
    ("sparkpost", payloads.sparkpost("policy_rejection", ADDRESS, IDS), returned(BLOCKED)),
    ("sparkpost", payloads.sparkpost("generation_failure", ADDRESS, IDS), returned(FAILED)),
    ("sparkpost", payloads.sparkpost("generation_rejection", ADDRESS, IDS), returned(BLOCKED)),
    ("sparkpost", payloads.sparkpost("link_unsubscribe", ADDRESS, IDS), UNSUBSCRIBED),
    ("sparkpost", payloads.sparkpost("spam_complaint", ADDRESS, IDS), COMPLAINED),
    ("sparkpost", payloads.sparkpost("list_unsubscribe", ADDRESS, IDS), UNSUBSCRIBED),
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
        ("ses", ses_complaint("not-spam")),
        ("ses", ses_complaint("auth-failure")),
        ("resend", payloads.resend("email.opened", ADDRESS, IDS)),
        ("resend", payloads.resend("email.scheduled", ADDRESS, IDS)),
        ("brevo", payloads.brevo("unique_proxy_open", ADDRESS, IDS)),
        ("brevo", payloads.brevo("click", ADDRESS, IDS)),
        ("sparkpost", sparkpost_bounce("100")),
        *(
            ("postmark", returned_by_postmark(kind))
            for kind in ("AutoResponder", "AddressChange", "ChallengeVerification", "Subscribe")
        ),
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
