"""What returned mails say: of whom, what became of it, and why."""

import pytest

from posts.delivery.events import human_part, returned
from posts.delivery.events.parsing import Measure, parse
from posts.delivery.transports.verdict import EventKind, Verdict
from tests.delivery.events.returned_mails import plain, report

READER = "reader@example.org"
GONE = Verdict(EventKind.BOUNCED, "hard")
SOFT = Verdict(EventKind.BOUNCED, "soft")


def found(body: bytes) -> dict[str, Verdict]:
    mail = parse(body, Measure())
    reports = returned.reports(mail, human_part.of(mail), ())
    return {one.addresses[-1]: one.verdict for one in reports if one.addresses}


def block(address: str, *, action: str = "failed", status: str = "5.1.1", words: str = "") -> str:
    lines = [f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}"]
    return "\n".join([*lines, *([f"Diagnostic-Code: smtp; {words}"] if words else [])])


# --- Reports -------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_each_recipient_has_her_own_also_where_no_blank_line_parts_them(gap: str) -> None:
    blocks = (block("a@x.example"), block("b@x.example", status="5.2.2"))
    assert found(report(*blocks, gap=gap)) == {"a@x.example": GONE, "b@x.example": SOFT}


def test_a_report_within_a_text_is_read_as_well() -> None:
    text = f"Technical report:\n\n{block(READER, status='5.1.1')}\n"
    assert found(plain(text)) == {READER: GONE}


def test_what_the_report_leaves_out_stands_in_the_part_for_people() -> None:
    text = f"These failed:\n\n{READER}: Domain does not exist\n"
    assert found(report(block(READER, status="5.0.0"), text=text)) == {READER: GONE}


def test_the_words_about_another_are_not_hers() -> None:
    text = "a@x.example: mailbox full\nb@x.example: no such user here, in reply to RCPT TO\n"
    blocks = (block("a@x.example", status="5.0.0"), block("b@x.example", status="5.0.0"))
    assert found(report(*blocks, text=text)) == {"a@x.example": SOFT, "b@x.example": GONE}


def test_a_remark_behind_the_status_is_a_word_of_the_server() -> None:
    status = "5.0.0 (mailbox is full)"
    assert found(report(block(READER, status=status))) == {READER: SOFT}


@pytest.mark.parametrize(
    ("status", "kind"), [("5.1.1", EventKind.BOUNCED), ("4.4.1", EventKind.DEFERRED)]
)
def test_without_an_action_the_status_says_it(status: str, kind: EventKind) -> None:
    fields = f"Original-Recipient: rfc822; {READER}\nStatus: {status}"
    assert found(report(fields))[READER].kind is kind


def test_a_report_in_utf_8_is_read_like_others() -> None:
    """RFC 6533."""
    body = report(block(READER)).replace(b"message/delivery", b"message/global-delivery")
    assert found(body) == {READER: GONE}


def test_a_report_that_is_itself_returned_is_no_report() -> None:
    inner = report(block(READER)).decode()
    body = f"--c\nContent-Type: message/rfc822\n\n{inner}\n--c--\n"
    head = "From: a@x.example\nSubject: Look\nContent-Type: multipart/mixed; boundary=c\n\n"
    assert found(f"{head}{body}".encode()) == {}


# --- Texts ---------------------------------------------------------------------------------


def test_a_server_of_no_standard_names_each_with_her_words() -> None:
    text = """\
        There was an error delivering your mail to <a@x.example>.
        mx.x.example did not like our RCPT TO:
        550 5.1.1 no such user

        There was an error delivering your mail to <b@x.example>.
        552 5.2.2 quota exceeded

        Message headers follow.

        Subject: spam
    """
    assert found(plain(text)) == {"a@x.example": GONE, "b@x.example": SOFT}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("This user doesn't have a yahoo.example account", "hard"),
        ("Sorry, no mailbox here by that name.", "hard"),
        ("taki użytkownik nie istnieje", "hard"),
        ("550 пользователь не найден (in reply to RCPT TO command)", "hard"),
        ("550 用户不存在 (in reply to RCPT TO command)", "hard"),
        ("550 usuario desconocido, said to RCPT", "hard"),
        ("User unknown", "soft"),  # a filter may have said so, after the letter
        ("550 User unknown (in reply to end of DATA command)", "soft"),
        ("554 transaction failed", "soft"),
        ("550 rejected as spam", "blocked"),
    ],
)
def test_why_it_came_back_is_what_is_written_about_her(words: str, expected: str) -> None:
    assert found(plain(f"It did not reach:\n\n{READER}\n    {words}\n"))[READER].reason == expected


def test_the_returned_letter_is_no_reason() -> None:
    text = f"""\
        {READER}: Unrouteable address

        ------ This is a copy of the message ------
        DKIM-Signature: v=1; d=letters.example
        Subject: Our policy on spam
    """
    assert found(plain(text)) == {READER: GONE}


def test_a_warning_is_a_delay() -> None:
    text = f"{READER}\n  Could not connect.\nYou do not need to resend. We will keep trying.\n"
    assert found(plain(text)) == {READER: Verdict(EventKind.DEFERRED)}


def test_a_mail_that_does_not_come_back_names_nobody() -> None:
    body = plain(f"{READER}\nno such user\n", sender="friend@x.example", subject="Look at this")
    assert found(body) == {}
