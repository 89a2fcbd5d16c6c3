"""Mails as servers and providers return them, built around a letter of ours."""

from email import policy
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from textwrap import dedent


def raw(letter: EmailMessage) -> str:
    return letter.as_bytes(policy=policy.SMTP).decode()


def dsn(
    letter: EmailMessage,
    *,
    address: str,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 <reader>: Recipient address rejected: User unknown",
    to: str = "bounces@letters.example",
    only_headers: bool = False,
) -> bytes:
    """As Postfix writes it (RFC 3464)."""
    kind = "text/rfc822-headers" if only_headers else "message/rfc822"
    returned = raw(letter).partition("\r\n\r\n")[0] + "\r\n" if only_headers else raw(letter)
    return (
        dedent(
            f"""\
        Return-Path: <>
        Delivered-To: {to}
        Date: Thu, 19 Nov 2026 10:00:00 +0000 (UTC)
        From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: {to}
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="9B095B5ADSN=_01"
        Message-Id: <20261119100000.9B095B5A@mx.example.net>

        This is a MIME-encapsulated message.

        --9B095B5ADSN=_01
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --9B095B5ADSN=_01
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net
        X-Postfix-Queue-ID: 9B095B5A
        Arrival-Date: Thu, 19 Nov 2026 09:59:59 +0000 (UTC)

        Final-Recipient: rfc822; {address}
        Original-Recipient: rfc822;{address}
        Action: {action}
        Status: {status}
        Remote-MTA: dns; mx.example.org
        Diagnostic-Code: smtp; {words}

        --9B095B5ADSN=_01
        Content-Description: Undelivered Message
        Content-Type: {kind}

        """
        )
        .replace("\n", "\r\n")
        .encode()
        + f"{returned}\r\n--9B095B5ADSN=_01--\r\n".encode()
    )


def feedback(letter: EmailMessage, *, kind: str = "abuse", address: str = "") -> bytes:
    """A feedback report (RFC 5965); `address` is empty where the provider blots it out."""
    recipient = f"Original-Rcpt-To: <{address}>\n" if address else ""
    head = f"""\
From: <feedback@isp.example.net>
To: <bounces@letters.example>
Subject: FW: A slow day
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <ada@letters.example>
{recipient}Reported-Domain: letters.example

--part1
Content-Type: message/rfc822

"""
    return head.replace("\n", "\r\n").encode() + f"{raw(letter)}\r\n--part1--\r\n".encode()


def qmail(letter: EmailMessage, *, address: str, words: str = "(#5.1.1)") -> bytes:
    """A bounce of no standard, with the letter behind it as text."""
    text = f"""\
From: MAILER-DAEMON@mx.example.org
To: bounces@letters.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{address}>:
Sorry, no mailbox here by that name. {words}

--- Below this line is a copy of the message.

Return-Path: <ada@letters.example>
"""
    return text.replace("\n", "\r\n").encode() + raw(letter).encode()


def exim(letter: EmailMessage, *, address: str) -> bytes:
    """Exim says that it answers automatically, and yet it is a bounce."""
    text = f"""\
From: Mail Delivery System <Mailer-Daemon@mx.example.org>
To: bounces@letters.example
Auto-Submitted: auto-replied
X-Failed-Recipients: {address}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {address}
    550 5.1.1 no such user

------ This is a copy of the message, including all the headers. ------

"""
    return text.replace("\n", "\r\n").encode() + raw(letter).encode()


def away(*, to: str, letter: EmailMessage) -> bytes:
    """An out-of-office."""
    answer = EmailMessage()
    answer["From"] = str(letter["To"])
    answer["To"] = to
    answer["Subject"] = "Out of office: A slow day"
    answer["Auto-Submitted"] = "auto-replied (vacation)"
    answer["In-Reply-To"] = str(letter["Message-ID"])
    answer.set_content("I am away. User unknown is what I feel like. Delivery failed, ha ha.\n")
    return answer.as_bytes()


def with_the_letter_attached(letter: EmailMessage, words: str) -> bytes:
    """A forward by hand, which is no bounce."""
    mail = MIMEMultipart()
    mail["From"], mail["To"], mail["Subject"] = "friend@example.org", "ada@letters.example", "Fw"
    mail.attach(MIMEText(words))
    mail.attach(BytesParser().parsebytes(letter.as_bytes()))
    return mail.as_bytes()


def plain(
    text: str,
    *,
    to: str = "bounces@letters.example",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.example.org>",
    subject: str = "Undelivered Mail Returned to Sender",
    charset: str = "utf-8",
    **headers: str,
) -> bytes:
    """A mail of one text, as servers write it that know no report."""
    mail = MIMEText(dedent(text), _charset=charset)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail.as_bytes()


def report(*recipients: str, text: str = "It came back.", gap: str = "\n\n") -> bytes:
    """A report (RFC 3464) with these blocks of fields, and no letter."""
    head = f"""\
From: MAILER-DAEMON@mx.example.org
To: bounces@letters.example
Subject: Returned mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=utf-8

{dedent(text)}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org"""
    return (
        gap.join([head, *(dedent(block).strip() for block in recipients)]).encode() + b"\n--b--\n"
    )


def complaint_of_outlook(letter: EmailMessage) -> bytes:
    """JMRP: the letter, and no report."""
    mail = MIMEMultipart()
    mail["From"], mail["To"] = "staff@hotmail.com", "bounces@letters.example"
    mail["Subject"] = "complaint about message from 192.0.2.7"
    mail.attach(MIMEMessage(BytesParser().parsebytes(letter.as_bytes())))
    return mail.as_bytes()
