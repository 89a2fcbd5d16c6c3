"""Hard, soft or blocked: the words of servers as they really are."""

import pytest

from posts.delivery.transports import bounce_class, bounce_words
from posts.delivery.transports.bounce_class import Stage, kind, known, plain, reason
from posts.delivery.transports.verdict import EventKind


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
        ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled.", "soft"),
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


PASSING = [
    ("5.2.1", "550 5.2.1 The user you are trying to contact is receiving mail at a rate that"),
    ("5.1.1", "550 5.1.1 too many recipients this hour"),
    ("5.4.4", "Name service error for name=x.example: Malformed or unexpected name server reply"),
    ("5.0.0", "450 4.1.1 user unknown"),
    ("5.0.0", "451 user unknown"),
    ("5.1.1", "552 5.1.1 sorry, mailbox is over quota temporarily"),
    ("5.0.0", "550 Mailbox unavailable or access denied"),
    ("5.1.0", "5.1.0 - Unknown address error 554-'transaction failed'"),
    ("5.7.13", "525 5.7.13 Disabled recipient address"),
    ("5.1.1", "550 5.1.1 Refused due to recipient preferences"),
    ("2.1.5", "250 2.1.5 Ok"),
]


@pytest.mark.parametrize(("status", "words"), PASSING)
def test_what_passes_loses_nobody(status: str, words: str) -> None:
    assert reason(status, words, Stage.RCPT) == "soft"


@pytest.mark.parametrize("table", ["GONE", "GONE_FOR_SURE", "NO_DOMAIN"])
def test_every_word_for_gone_is_believed_in_reply_to_the_address(table: str) -> None:
    phrases = [phrase.replace("*", "x") for phrase in getattr(bounce_words, table)]
    assert [one for one in phrases if reason("5.0.0", f"550 {one}", Stage.RCPT) != "hard"] == []


@pytest.mark.parametrize("table", ["FULL", "SHUT", "RATE", "NAMES_FAIL"])
def test_no_word_for_a_passing_trouble_loses_anybody(table: str) -> None:
    phrases = [phrase.replace("*", "x") for phrase in getattr(bounce_words, table)]
    lost = [one for one in phrases if reason("", f"550 5.1.1 {one}", Stage.RCPT) == "hard"]
    assert lost == []


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("words", ["550 user unknown", "550 no such mailbox"])
def test_a_filter_may_say_it_of_people_who_are_there(stage: Stage, words: str) -> None:
    believed = stage in (Stage.RCPT, Stage.REPORT)
    assert reason("5.0.0", words, stage) == ("hard" if believed else "soft")
    assert reason("5.7.1", words, stage) == "blocked"


def test_no_address_host_or_page_is_a_word() -> None:
    words = "550 5.1.1 <spam@policy.example> gone, see https://x.example/blocklist"
    assert plain(words) == "gone, see"
    assert reason("", words) == "hard"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("host mx said: 550 no (in reply to RCPT TO command)", Stage.RCPT),
        ("Remote host said: 550 no\n[RCPT_TO]", Stage.RCPT),
        ("550 no (in reply to end of DATA command)", Stage.DATA),
        ("SMTP error after end of data: 550 no", Stage.DATA),
        ("550 no", Stage.TEXT),
    ],
)
def test_when_it_was_said(text: str, stage: Stage) -> None:
    assert bounce_class.stage(text, Stage.TEXT) is stage


def test_words_that_are_joined_by_lines_are_words() -> None:
    assert known("", "sorry,_no_mailbox_here_by_that_name.", Stage.TEXT) == "hard"


def test_words_are_not_found_in_the_middle_of_others() -> None:
    assert known("", "550 superuser unknown") == ""
    assert known("", "550 user unknown") == "hard"


@pytest.mark.parametrize(
    ("action", "expected"),
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
def test_what_the_server_did(action: str, expected: EventKind) -> None:
    assert kind(action) is expected
