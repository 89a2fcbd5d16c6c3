"""What is due leaves once: claimed before it leaves, released when it certainly did not."""

import smtplib
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_django import Settings

from posts.content.actions import Foundation
from subscribers import actions, mailer
from subscribers.mailer import NotHandedOver
from subscribers.models import Newsletter, TransactionalMail
from tests.subscribers.making import a_day_later, mail_row, sign_up, subscribed

pytestmark = pytest.mark.django_db


class Troubled(BaseEmailBackend):
    """A mail server of which each test says what goes wrong."""

    at_open: ClassVar[Exception | None] = None
    at_send: ClassVar[Exception | None] = None
    tried: ClassVar[list[str]] = []

    def open(self) -> None:
        if Troubled.at_open is not None:
            raise Troubled.at_open

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Troubled.tried += email_messages[0].to
        if Troubled.at_send is not None:
            raise Troubled.at_send
        return len(email_messages)


@pytest.fixture
def server(settings: Settings) -> type[Troubled]:
    settings.EMAIL_BACKEND = f"{__name__}.Troubled"
    Troubled.at_open = Troubled.at_send = None
    Troubled.tried = []
    return Troubled


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def due_now() -> int:
    return TransactionalMail.objects.filter(due_at__lte=timezone.now()).count()


@pytest.mark.parametrize("stage", ["at_open", "at_send"])
def test_a_server_out_of_reach_costs_nobody_a_mail(
    server: type[Troubled], newsletter: Newsletter, stage: str
) -> None:
    trouble = ConnectionRefusedError("refused") if stage == "at_open" else NotHandedOver("refused")
    setattr(server, stage, trouble)
    sign_up(newsletter)
    for _ in range(5):
        assert mailer.mail_due() == 0
        TransactionalMail.objects.update(due_at=timezone.now())
    row = mail_row()
    assert (row.times, row.mailed_at) == (0, None)
    setattr(server, stage, None)
    assert mailer.mail_due() == 1
    assert mail_row().due_at is None


def test_a_server_out_of_reach_is_not_asked_for_everybody(
    server: type[Troubled], newsletter: Newsletter
) -> None:
    server.at_send = NotHandedOver("refused")
    for number in range(10):
        sign_up(newsletter, address=f"reader{number}@example.org")
    mailer.mail_due()
    assert len(server.tried) == mailer.MOST_REFUSALS_IN_A_ROW
    assert due_now() == 7


@pytest.mark.parametrize(
    "refusal",
    [
        smtplib.SMTPRecipientsRefused({"ada@example.org": (450, b"try later")}),
        smtplib.SMTPDataError(451, b"try later"),
        smtplib.SMTPSenderRefused(530, b"log in first", "letters@localhost"),
    ],
)
def test_a_refusal_for_now_is_tried_again_soon(
    server: type[Troubled], newsletter: Newsletter, refusal: Exception
) -> None:
    server.at_send = refusal
    sign_up(newsletter)
    mailer.mail_due()
    due_at = mail_row().due_at
    assert due_at is not None
    assert timezone.now() < due_at < timezone.now() + timedelta(minutes=11)
    assert mail_row().times == 0


def test_an_unknown_recipient_is_not_tried_again(
    server: type[Troubled], newsletter: Newsletter
) -> None:
    server.at_send = smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")})
    sign_up(newsletter)
    mailer.mail_due()
    assert mail_row().due_at is None


@pytest.mark.parametrize(
    "doubt", [smtplib.SMTPServerDisconnected("gone"), TimeoutError(), MemoryError()]
)
def test_when_nobody_knows_whether_it_left_it_waits_a_day(
    server: type[Troubled], newsletter: Newsletter, doubt: Exception
) -> None:
    server.at_send = doubt
    sign_up(newsletter)
    with pytest.raises(type(doubt)):
        mailer.mail_due()
    server.at_send = None
    assert mailer.mail_due() == 0, "not twice in a day"
    a_day_later()
    assert mailer.mail_due() == 1, "but not lost either"
    assert mail_row().times == 2


def test_one_bad_row_does_not_hold_up_the_others(
    server: type[Troubled], newsletter: Newsletter
) -> None:
    sign_up(newsletter)
    sign_up(newsletter, address="ben@example.org")
    server.at_send = TimeoutError()
    with pytest.raises(TimeoutError):
        mailer.mail_due()
    server.at_send = None
    mailer.mail_due()
    assert server.tried == ["ada@example.org", "ben@example.org"]


def test_two_workers_with_the_same_row_send_one_mail(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    row = TransactionalMail.objects.select_related("subscriber").get()
    for _ in range(2):
        mailer._Run().mail(row)
    assert len(mail.outbox) == 1


def test_a_sign_up_while_the_mail_leaves_is_not_lost(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    row = mail_row()
    now = timezone.now()
    assert mailer._claim(row, now)
    TransactionalMail.objects.filter(pk=row.pk).update(due_at=now)
    mailer._claimed(row, now).update(due_at=None)
    assert mail_row().due_at == now


def test_what_was_overtaken_by_events_does_not_leave(newsletter: Newsletter) -> None:
    row = subscribed(newsletter)
    mail.outbox.clear()
    sign_up(newsletter)
    actions.unsubscribe(subscription=row, source="test", by="test")
    assert mailer.mail_due() == 0
    assert mail.outbox == []
    assert mail_row("already").times == 0
    assert due_now() == 0


def test_a_sweep_ends_in_time_and_leaves_the_rest_due(newsletter: Newsletter) -> None:
    for number in range(3):
        sign_up(newsletter, address=f"reader{number}@example.org")
    assert mailer.mail_due(seconds=0) == 1
    assert due_now() == 2
