"""Hard, soft or blocked: the words of servers as they really are."""

import pytest

from posts.delivery.events.bounce_class import reason, verdict
from posts.delivery.transports.verdict import EventKind, Verdict


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        ("5.1.1", "550 5.1.1 user unknown", "hard"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "hard"),
        ("5.0.0", "550 5.1.1 The email account that you tried to reach does not exist.", "hard"),
        ("5.0.0", "550 No such user here", "hard"),
        ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable", "hard"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied.", "hard"),
        ("5.4.4", "Host or domain name not found. Name service error", "hard"),
        ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled.", "hard"),
        ("", "550 5.1.1 unknown user", "hard"),
        ("5.2.2", "552 5.2.2 The recipient's mailbox is full", "soft"),
        ("5.2.2", "552 5.2.2 mailbox unavailable: over quota", "soft"),
        ("5.3.4", "552 5.3.4 message too big", "soft"),
        ("4.4.7", "delivery temporarily suspended: connect timed out", "soft"),
        ("4.2.2", "452 4.2.2 user unknown for now", "soft"),
        ("5.4.7", "delivery time expired", "soft"),
        ("5.0.0", "554 transaction failed", "soft"),
        ("", "", "soft"),
        ("5.7.1", "550 5.7.1 Message rejected", "blocked"),
        ("5.7.26", "550-5.7.26 This mail is unauthenticated", "blocked"),
        ("5.1.8", "550 5.1.8 sender address rejected: domain not found", "blocked"),
        ("5.1.1", "550 5.1.1 blocked by our blocklist, see https://…", "blocked"),
        ("5.0.0", "550 mailbox unavailable. Reject due to policy restrictions", "blocked"),
    ],
)
def test_why_it_came_back(status: str, words: str, expected: str) -> None:
    assert reason(status, words) == expected


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", EventKind.BOUNCED),
        ("Failed ", EventKind.BOUNCED),
        ("delayed", EventKind.DEFERRED),
        ("delivered", EventKind.DELIVERED),
        ("relayed", EventKind.ACCEPTED),
        ("expanded", EventKind.ACCEPTED),
        ("", EventKind.NOTHING),
    ],
)
def test_what_the_server_did(action: str, kind: EventKind) -> None:
    assert verdict(action, "5.1.1", "").kind is kind


def test_only_a_failure_has_a_reason() -> None:
    assert verdict("delayed", "4.4.1", "later") == Verdict(EventKind.DEFERRED)
