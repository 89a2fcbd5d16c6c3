"""What `doctor` says of webhooks and bounces."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from posts.delivery import check, doctor
from posts.delivery.events.checks import checks
from posts.delivery.events.inbox import store
from posts.delivery.events.models import ProviderEvent
from tests.delivery.events.making import report
from tests.delivery.events.payloads import URLS

pytestmark = pytest.mark.django_db


def found(name: str) -> list[check.Check]:
    return [check for check in checks() if check.name == name]


@pytest.mark.parametrize("provider", URLS)
def test_a_provider_without_a_secret_is_a_warning_that_says_what_to_set(
    provider: str, settings: Settings
) -> None:
    settings.EMAIL_URL = URLS[provider].partition("?")[0]
    settings.SITE_URL = "https://letters.example.org"
    [check] = found("webhooks")
    assert check.level == "warning"
    option = URLS[provider].partition("?")[2].partition("=")[0]
    assert f"?{option}=" in check.todo
    assert f"letters.example.org/hooks/{provider}/" in check.todo


@pytest.mark.parametrize("provider", URLS)
def test_with_its_secret_all_is_well_and_the_secret_is_not_shown(
    provider: str, settings: Settings
) -> None:
    settings.EMAIL_URL = URLS[provider]
    settings.SITE_URL = "https://letters.example.org"
    [check] = found("webhooks")
    assert check.level == "ok"
    assert URLS[provider].rpartition("=")[2] not in check.message + check.todo


def test_the_outbox_needs_neither() -> None:
    assert list(checks()) == []


def test_a_mail_server_whose_bounces_nobody_reads_is_a_warning(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://smtp.example.org"
    [check] = found("bounces")
    assert check.level == "warning"
    assert "BOUNCE_URL" in check.todo


def test_bounces_that_are_piped_to_us_are_read(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://smtp.example.org"
    report("mailbox", b"From: a@example.org\r\n\r\nhello\r\n")
    assert found("bounces") == []


def test_an_envelope_address_that_cannot_be_used_is_an_error(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1?verp=bounces"
    [check] = found("bounces")
    assert (check.level, "verp=bounces" in check.message) == ("error", True)


def test_a_mailbox_that_is_read_is_named_without_its_password(settings: Settings) -> None:
    settings.BOUNCE_URL = "imaps://bounces:secret@imap.example.org"
    [check] = found("bounces")
    assert check.level == "ok"
    assert "INBOX of bounces on imap.example.org:993" in check.message
    assert "secret" not in check.message


def test_what_could_not_be_read_is_shown_for_a_week() -> None:
    report("brevo", b"{")
    [check] = found("events")
    assert "cannot be read" in check.message
    ProviderEvent.objects.update(received_at=timezone.now() - timedelta(days=8))
    assert found("events") == []


def test_mails_that_were_set_aside_are_counted_with_the_reason_of_the_last() -> None:
    report("mailbox", b"A: b\n" * 600)
    [check] = found("events")
    assert "1 mail to the mailbox for bounces was set aside" in check.message
    report("mailbox", b"\n" + b"a\n" * 60_000)
    [check] = found("events")
    assert "2 mails to the mailbox for bounces were set aside" in check.message
    assert "it has more than 50,000 lines. No mail server" in check.message
    report("brevo", b"{")
    unread, aside = found("events")
    assert ("used: 1. The last, of brevo" in unread.message, aside) == (True, check)


def test_what_waits_too_long_is_an_error() -> None:
    store(provider="brevo", headers={}, body=b"{}")
    assert found("events") == []
    ProviderEvent.objects.update(received_at=timezone.now() - timedelta(minutes=6))
    [check] = found("events")
    assert check.level == "error"


def test_the_doctor_asks_for_them(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1?verp=bounces"
    assert "bounces" in {check.name for check in doctor.checks()}
