"""Returned mails as nobody should write them, of any size."""

from collections.abc import Callable

from tests.growth.shapes import Shape

Bytes = Callable[[int], bytes]

HEAD = b"From: MAILER-DAEMON@mx.example\nTo: bounces@letters.example\nMIME-Version: 1.0\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
REPORT = (
    HEAD + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
    b"--b\n\nIt came back.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
)
FEEDBACK = HEAD + b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
# With these the readers of no standard begin to look for addresses.
OPENINGS = (
    b"\nYour message could not be delivered to\nThe following addresses had\n"
    b"A message that you sent could not be delivered\nfailed addresses follow:\n"
    b"This is the machine generated message from mail service.\nHi. This is the\n\n"
    b"This Message was undeliverable due to the following reason:\n"
    b"did not reach the following recipient\nnot yet been delivered\nReporting\n"
)


def many(unit: bytes, *, head: bytes = HEAD, tail: bytes = b"") -> Bytes:
    def make(size: int) -> bytes:
        return head + unit * max(1, size // len(unit)) + tail

    return make


def numbered(unit: str, *, head: bytes = HEAD, tail: bytes = b"") -> Bytes:
    """Each a little different: {n} is its number."""

    def make(size: int) -> bytes:
        number = max(1, size // len(unit))
        return head + "".join(unit.format(n=n) for n in range(number)).encode() + tail

    return make


def nested(size: int) -> bytes:
    part = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    return HEAD + b"".join(part % (n, n) for n in range(size // 50))


def nested_with_lines(size: int) -> bytes:
    part = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    return HEAD + b"".join(part % (n, n) for n in range(15)) + b"x\n" * (size // 2)


def in_words(unit: bytes) -> Bytes:
    return many(unit, head=HEAD + OPENINGS)


def in_a_part(unit: bytes) -> Bytes:
    head = MIXED + b"--b\nContent-Type: text/plain\n" + OPENINGS
    return many(unit, head=head, tail=b"\n--b\n\nx\n--b--\n")


def in_header(name: bytes, unit: bytes) -> Bytes:
    return many(unit, head=name + b": ", tail=b"\n" + HEAD + b"\nx")


_TYPE = b"Content-Type: text/plain"
SHAPES: dict[str, Shape] = {
    "blank lines": many(b"\n", head=HEAD + b"\n"),
    "blank lines before an id": many(b"\n", head=HEAD + b"\n", tail=b"Message-ID:"),
    "blank lines with spaces": many(b" \n", head=HEAD + b"\n"),
    "lines without a word": many(b"\r", head=HEAD + b"\n"),
    "quotation marks": many(b">", head=HEAD + b"\n", tail=b"X"),
    "spaces": many(b" ", head=HEAD + b"\n", tail=b"X"),
    "short lines": many(b"a b\n", head=HEAD + b"\n"),
    "ordinary lines": many(b"All is well, and nothing has been returned to you.\n", head=HEAD),
    "recipients": numbered(
        "Final-Recipient: rfc822; a{n}@h{n}.example\nAction: failed\nStatus: 5.1.1\n\n", head=REPORT
    ),
    "long reasons of recipients": numbered(
        "Final-Recipient: rfc822; a{n}@h{n}.example\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; " + "user x mailbox " * 60 + "\n\n",
        head=REPORT,
    ),
    "recipients without blank lines": numbered(
        "Final-Recipient: rfc822; a{n}@h{n}.example\nAction: failed\n", head=REPORT
    ),
    "reports as text": numbered(
        "Final-Recipient: rfc822; a{n}@h{n}.example\nAction: failed\n", head=HEAD + b"\n"
    ),
    "addresses in lines": numbered("<a{n}@h{n}.example>: no such user\n", head=HEAD + b"\n"),
    "tags": many(b"<b>a", head=HEAD + b"Content-Type: text/html\n\n"),
    "open tags": many(b"<br ", head=HEAD + b"Content-Type: text/html\n\n"),
    "a long subject": in_header(b"Subject", b"=?utf-8?q?a?= "),
    "recipients with one word": many(b"Action: failed\n\n", head=REPORT),
    "words of a recipient": many(b"user unknown ", head=REPORT + b"Action: failed\nStatus: 5 "),
    "parts": many(b"--b\n\nx\n", head=MIXED),
    "parts of text": many(b"--b\nContent-Type: text/plain\n\nhello\n", head=MIXED),
    "parts within parts": nested,
    "lines within parts within parts": nested_with_lines,
    "mails within mails": many(b"Content-Type: message/rfc822\n\n"),
    "returned letters": many(
        b"--b\nContent-Type: message/rfc822\n\nTo: a@x.example\n\nx\n", head=MIXED
    ),
    "returned headers": many(
        b"--b\nContent-Type: text/rfc822-headers\n\nTo: a@x.example\nX: y\n\n", head=MIXED
    ),
    "complaints": many(
        b"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n", head=FEEDBACK
    ),
    "headers": many(b"a:\n"),
    "headers of one name": many(b"To: a\n"),
    "folded headers": many(b" a\n", head=HEAD + b"Delivered-To: a\n"),
    "mailbox marks": many(b"From \n"),
    "a long header": in_header(b"Delivered-To", b"a"),
    "a header of addresses": in_header(b"To", b"a@b.example, "),
    "envelopes that look like ours": in_header(b"To", b"bounces+1-1-abcdefghijkl@letters.example "),
    "failed recipients": in_header(b"X-Failed-Recipients", b"a@b.example,"),
    "failed recipients in comments": in_header(b"X-Failed-Recipients", b"("),
    "failed recipients in quotes": in_header(b"X-Failed-Recipients", b'"<'),
    "a sender of comments": in_header(b"From", b"(a"),
    "a sender of signs": in_header(b"From", b"@"),
    "encoded words": in_header(b"From", b"=?utf-8?q?a?= "),
    "a header in no charset": in_header(b"To", b"\xff"),
    "parameters": many(b";a=b", head=HEAD + _TYPE),
    "an open parameter": many(b";", head=HEAD + _TYPE + b'; a="'),
    "pieces of a parameter": numbered("; boundary*{n}=a", head=HEAD + b"Content-Type: multipart/x"),
    "a number of a piece": many(b"9", head=HEAD + b"Content-Type: multipart/x; boundary*"),
    "quoted-printable": many(
        b"=41=\n", head=HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n"
    ),
    "base64": many(b"AAAA=", head=HEAD + b"Content-Transfer-Encoding: base64\n\n"),
    "uuencode": many(
        b"M\n", head=HEAD + b"Content-Transfer-Encoding: uuencode\n\nbegin 644 x\n"
    ),
    "a slow charset": many(b"\xff\xfe", head=HEAD + _TYPE + b"; charset=punycode\n\n"),
    "unsubscribe links": many(b"/unsubscribe/AAAAAAAAAAAAAAAAAAAAAA/ ", head=HEAD + b"\n"),
    "ids": many(b"Message-ID: <" + b"a" * 32 + b"@x.example>\n", head=HEAD + b"\n"),
    "an id without an end": many(b"a", head=HEAD + b"\nMessage-ID: <" + b"a" * 32 + b"@"),
    "digits": many(b"9", head=HEAD + b"\nX-Mailing: "),
    "boundaries that are none": many(b"--b" + b" " * 500 + b"x\n", head=MIXED),
    "X-Mailer": in_header(b"X-Mailer", b"<SMTP32 v"),
} | {
    f"{where}: {unit.decode()[:12]!r}": make(unit)
    for unit in (
        *(b"a", b"a ", b"a" * 100 + b" ", b"<", b"<a ", b"<a>", b"@", b"a@", b",", b",a\n", b"*"),
        *(b" " * 40 + b"x", b'"', b">", b"SMTP=", b"account ", b"user mailbox "),
    )
    for where, make in (("words", in_words), ("a part", in_a_part))
}  # fmt: skip
