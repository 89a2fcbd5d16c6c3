"""Other forms in which Mailgun and Brevo make their calls: older ones, several at once, and with
the headers of other senders."""

from typing import Any

import pytest

from posts.delivery.events.webhook_calls import read
from posts.delivery.transports.verdict import (
    BLOCKED,
    COMPLAINED_BEFORE,
    FAILED,
    HARD,
    SOFT,
    UNSUBSCRIBED_BEFORE,
    Verdict,
)
from tests.delivery.events import payloads
from tests.delivery.events.test_webhook_calls import (
    ADDRESS,
    COMPLAINED,
    DELIVERED,
    IDS,
    UNSUBSCRIBED,
    events_of,
    returned,
)

LEGACY = [
    ("delivered", {}, DELIVERED),
    ("bounced", {"code": "550", "error": "5.1.1 no such user"}, returned(HARD)),
    ("bounced", {"code": "552", "error": "5.2.2 mailbox full"}, returned(SOFT)),
    ("bounced", {"code": "550", "error": "5.7.1 refused for spam"}, returned(BLOCKED)),
    ("bounced", {"code": "550", "error": "no"}, returned(HARD)),
    ("dropped", {"reason": "hardfail", "code": "605"}, returned(HARD)),
    ("dropped", {"reason": "hardfail", "code": "606"}, returned(UNSUBSCRIBED_BEFORE)),
    ("dropped", {"reason": "hardfail", "code": "607"}, returned(COMPLAINED_BEFORE)),
    ("dropped", {"reason": "hardfail", "code": "550"}, returned(FAILED)),
    ("dropped", {"reason": "old", "code": "602"}, returned(SOFT)),
    ("complained", {}, COMPLAINED),
    ("unsubscribed", {}, UNSUBSCRIBED),
]


@pytest.mark.parametrize(("kind", "fields", "expected"), LEGACY)
def test_mailguns_older_webhooks_are_understood(
    kind: str, fields: dict[str, str], expected: Verdict
) -> None:
    body = payloads.mailgun_legacy(kind, ADDRESS, IDS, **fields)
    [event] = read("mailgun", {"Content-Type": "application/x-www-form-urlencoded"}, body)
    assert (event.verdict, event.mailing_id, event.subscriber_id) == (expected, 5, 7)
    assert event.addresses == (ADDRESS,)


def test_mailguns_older_opens_are_no_events() -> None:
    body = payloads.mailgun_legacy("opened", ADDRESS, IDS)
    assert read("mailgun", {"Content-Type": "application/x-www-form-urlencoded"}, body) == []


@pytest.mark.parametrize("custom", ["campaign:spring|list:7", "", "[1, 2]", 5, None])
def test_another_senders_custom_header_at_brevo_loses_no_event(custom: Any) -> None:
    body = payloads.brevo("hard_bounce", ADDRESS, IDS, **{"X-Mailin-custom": custom})
    [event] = events_of("brevo", body)
    assert event.verdict == returned(HARD)
    assert (event.mailing_id, event.addresses) == (0, (ADDRESS,))


def test_brevo_may_tell_of_several_in_one_call() -> None:
    calls = [payloads.brevo(kind, ADDRESS, IDS) for kind in ("delivered", "spam", "opened")]
    events = events_of("brevo", b"[" + b",".join(calls) + b"]")
    assert [event.verdict for event in events] == [DELIVERED, COMPLAINED]
