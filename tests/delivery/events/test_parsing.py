"""How large and how tangled a mail may be that is read; beyond that it is not even tried."""

import pytest

from posts.delivery.events import parsing
from posts.delivery.events.parsing import Measure, TooMuch, parse

PARTS = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
PART = b"--b\r\n\r\nhello\r\n"
RECIPIENT = b"Final-Recipient: rfc822; reader@example.org\nAction: failed\n\n"


def nested(depth: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )


def status(recipients: int) -> bytes:
    return b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n" + (
        RECIPIENT * recipients
    )


def test_a_mail_of_usual_size_is_parsed_as_email_does() -> None:
    mail = parse(PARTS + PART * 5 + b"--b--\r\n", Measure())
    assert [part.get_payload() for part in mail.walk()][1:] == ["hello"] * 5


def test_several_hundred_recipients_are_within_the_bounds() -> None:
    assert len(parse(status(800), Measure()).get_payload()) == 801


def test_hours_of_blank_lines_are_as_good_as_a_few() -> None:
    mail = parse(PARTS + b"--b\n\nbefore" + b"\n" * 400_000 + b"after\n--b--\n", Measure())
    words = [*mail.walk()][1].as_string()
    assert words.split() == ["before", "after"], words[:100]
    assert len(words) < 100


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"\n" + b"a\n" * (parsing.MOST_LINES + 1), "lines"),
        (b"\r\n" + b"a\r" * (parsing.MOST_LINES + 1), "lines"),
        (PARTS + PART * (parsing.MOST_PARTS + 1), "parts"),
        (nested(parsing.DEEPEST + 2), "parts within each other"),
        (nested(15) + b"a\n" * 49_000, "lines within parts of parts"),
        (status(parsing.MOST_RECIPIENTS + 1), "recipients"),
        (b"A: b\n" * (parsing.MOST_HEADERS_OF_ONE + 1), "headers"),
        (PARTS + (b"--b\n" + b"A: b\n" * 450 + b"\n") * 50, "headers"),
        (b"To: " + b"a" * (parsing.LONGEST_HEADER + 1), "headers"),
        (b"To: a\n" + b" a\n" * 10_000, "headers"),
        (b"Content-Type: text/plain" + b"; a=b" * (parsing.MOST_PARAMETERS + 1), "length"),
        (b'Content-Type: text/plain; a="' + b"a" * parsing.LONGEST_TYPE, "length"),
        (b"content-type: Multipart/mixed; boundary=" + b"a" * 500, "length"),
    ],
    ids=range(13),
)
def test_beyond_the_measure_of_any_mail_it_is_refused_with_the_reason(
    body: bytes, what: str
) -> None:
    with pytest.raises(TooMuch, match=what):
        parse(body, Measure())


def test_what_is_returned_in_a_mail_is_measured_with_it() -> None:
    measure = Measure()
    half = b"\n" + b"a\n" * (parsing.MOST_LINES // 2 + 1)
    parse(half, measure)
    with pytest.raises(TooMuch):
        parse(half, measure)


def test_text_in_a_charset_that_takes_forever_is_kept_as_it_came() -> None:
    mail = parse(b"Content-Type: text/plain; charset=punycode\n\n\xff\xfe", Measure())
    assert mail.text.encode("ascii", "surrogateescape") == b"\xff\xfe"
