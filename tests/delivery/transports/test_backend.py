"""Our own mails on their way through the transport of the site."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import send_mail
from django.utils import timezone
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.delivery.rate import store
from posts.delivery.rate.models import Allowance, SendingSettings
from posts.delivery.rate.queries import standing
from posts.delivery.transports.base import TransportError
from subscribers import mailer, tasks
from subscribers.models import TransactionalMail
from tests.subscribers.making import confirm, mail_row, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"  # not pytest's
    settings.EMAIL_URL, settings.DATA_DIR = "outbox:", tmp_path
    return tmp_path / "outbox" / "new"


def left(outbox: Path) -> int:
    return len(list(outbox.iterdir())) if outbox.exists() else 0


def due() -> int:
    return TransactionalMail.objects.filter(due_at__lte=timezone.now()).count()


@pytest.fixture
def asked(site: Foundation) -> None:
    for number in range(24):
        sign_up(site.newsletter, address=f"reader{number}@example.org")


def test_under_a_limit_of_ten_an_hour_ten_leave_and_the_rest_waits(
    asked: None, outbox: Path
) -> None:
    SendingSettings.objects.create(per_hour=10)
    for _ in range(3):
        tasks.mail_what_is_due()
    assert left(outbox) == 10
    assert due() == 14
    waits = TransactionalMail.objects.filter(due_at__isnull=False)
    assert not waits.exclude(times=0, mailed_at=None).exists(), "nothing counts that did not leave"
    for hours in (1, 2):
        Allowance.objects.update(hour=timezone.now() - timedelta(hours=hours))
        tasks.mail_what_is_due()
    assert left(outbox) == 24
    assert due() == 0


def test_the_oldest_leaves_first_whoever_was_told_to_wait(asked: None, outbox: Path) -> None:
    SendingSettings.objects.create(per_hour=10)
    for number in range(23, 9, -1):
        mailer.mail_due(subscriber_id=mail_row(address=f"reader{number}@example.org").subscriber_id)
    assert left(outbox) == 10
    before = TransactionalMail.objects.filter(due_at__isnull=False).order_by("due_at").first()
    mailer.mail_due()
    after = TransactionalMail.objects.filter(due_at__isnull=False).order_by("due_at").first()
    assert before == after


def test_a_long_mailing_under_way_does_not_keep_a_confirmation_back(
    site: Foundation, outbox: Path
) -> None:
    SendingSettings.objects.create(per_hour=10)
    assert store.grant("outbox", 5_000).tokens == 9
    sign_up(site.newsletter)
    tasks.mail_what_is_due()
    assert left(outbox) == 1
    assert confirm() is not None


def test_the_sweep_waits_for_a_turn_that_comes_soon(asked: None, outbox: Path) -> None:
    SendingSettings.objects.create(per_second=20)
    tasks.mail_what_is_due()
    assert left(outbox) == 24


def test_what_somebody_at_the_desk_waits_for_is_counted_and_not_kept_back(
    site: Foundation, outbox: Path
) -> None:
    SendingSettings.objects.create(per_hour=1)
    for _ in range(2):
        send_mail("A new password", "Here", "ada@letters.example", ["ben@example.org"])
    assert left(outbox) == 2
    assert standing("outbox").hour_used == 2


def test_a_way_out_that_is_shut_costs_nothing_of_the_hour(
    asked: None, outbox: Path, settings: Settings
) -> None:
    SendingSettings.objects.create(per_hour=10)
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert mailer.mail_due() == 0
    assert standing("smtp").hour_used == 0
    with pytest.raises(TransportError):
        send_mail("A new password", "Here", "ada@letters.example", ["ben@example.org"])
    assert standing("smtp").hour_used == 0
