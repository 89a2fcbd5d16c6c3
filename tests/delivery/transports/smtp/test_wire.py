"""What arrives, byte by byte: letters of the machine, and Django's own mails."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from django.core.mail import EmailMessage as OwnMail
from pytest_django import Settings

from posts.delivery.models import LetterVariant
from posts.delivery.worker.drain import drain_ledger
from tests.delivery.making import make_mailing
from tests.delivery.no_pace import NoPace
from tests.delivery.transports.smtp.checking import CheckingSink

pytestmark = pytest.mark.django_db

NASTY = [
    ".",
    "..",
    ".a line that begins with a dot",
    "a dot at column seventy-six: " + "x" * 46 + ". and on",
    "ré" * 600,
    "word " * 400,
    "no space " + "y" * 2_000,
    "trailing blanks   ",
    "=2E is not a dot, =\tnor is this",
    "From the start, as mailboxes know it",
]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("pipelining", [True, False])
def test_letters_arrive_as_they_were_meant_in_lines_that_every_server_takes(
    settings: Settings, pipelining: bool
) -> None:
    make_mailing(40)
    for variant in LetterVariant.objects.all():
        variant.text = "\n".join([*NASTY, variant.text])
        variant.html = "\n".join([*NASTY, variant.html])
        variant.save()
    with CheckingSink(pipelining=pipelining) as sink:
        settings.EMAIL_URL = f"{sink.url}?connections=4"
        drain_ledger(seconds=30, senders=1, pace=NoPace())
    assert sink.wrong == []
    assert len(set(sink.addresses)) == len(sink.handler.messages) == 40
    for address, content in sink.handler.messages:
        lines = content.split(b"\r\n")
        assert max(map(len, lines)) <= 78
        assert b"\n" not in b"".join(lines)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        assert not message.defects
        assert message["To"] == address
        assert text_of(message).startswith("\n".join(NASTY))


@pytest.mark.parametrize("body", ["no line end", "", ".", "a\n.\nb", "\n.\n", "ré\n"])
def test_mails_of_django_arrive_whatever_they_end_with(settings: Settings, body: str) -> None:
    with CheckingSink() as sink:
        settings.EMAIL_URL = sink.url
        settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"
        assert OwnMail("Hello", body, "ada@letters.example", ["ben@example.org"]).send() == 1
    assert sink.wrong == []
    [message] = sink.parsed()
    assert text_of(message).rstrip("\n") == body.rstrip("\n")
