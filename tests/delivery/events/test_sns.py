"""Amazon asks once whether we want its events: said yes to by the worker, and to Amazon only."""

import urllib.request
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.error import URLError

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from posts.delivery.events.apply import apply_pending
from posts.delivery.events.models import ProviderEvent
from tests.delivery.events import payloads
from tests.delivery.events.making import events, report
from tests.delivery.events.test_webhook import call

GOOD = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37"


class Amazon:
    """Stands where the network begins."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.trouble: OSError | None = None
        self.in_transaction = False

    def open(self, url: str, timeout: float) -> BytesIO:
        self.asked.append(url)
        self.in_transaction = connection.in_atomic_block
        if self.trouble is not None:
            raise self.trouble
        return BytesIO(b"<ConfirmSubscriptionResponse/>")


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Amazon:
    amazon = Amazon()

    def build_opener(*_: Any) -> Amazon:
        return amazon

    monkeypatch.setattr(urllib.request, "build_opener", build_opener)
    return amazon


def question(url: str) -> bytes:
    return payloads.sns("SubscriptionConfirmation", SubscribeURL=url, Token="2336412f37")


@pytest.mark.django_db(transaction=True)
def test_the_worker_says_yes_and_no_transaction_is_open_meanwhile(
    amazon: Amazon, settings: Settings
) -> None:
    settings.EMAIL_URL = payloads.URLS["ses"]
    assert call("ses", question(GOOD)).status_code == 200
    assert amazon.asked == []  # not while Amazon waits for our answer
    apply_pending()
    assert amazon.asked == [GOOD]
    assert not amazon.in_transaction
    apply_pending()
    assert amazon.asked == [GOOD]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "https://sns.example.org/?Action=ConfirmSubscription",
        "http://sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com.example.org/",
        "https://sns.eu-west-1.amazonaws.com@example.org/",
        "https://example.org#sns.eu-west-1.amazonaws.com",
        "https://bucket.s3.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com:8443/",
        "file:///etc/passwd",
        "https://[::1/",
    ],
)
def test_to_anybody_else_nothing_is_said(amazon: Amazon, url: str) -> None:
    report("ses", question(url))
    assert amazon.asked == []
    assert events()[0].problem


@pytest.mark.django_db
def test_an_answer_that_fails_is_tried_again_for_a_day(amazon: Amazon) -> None:
    amazon.trouble = URLError("no route to host")
    report("ses", question(GOOD))
    [event] = events()
    assert "no route" in event.problem
    assert event.applied_at is None
    amazon.trouble = None
    apply_pending()
    assert len(amazon.asked) == 2
    assert (events()[0].problem, events()[0].applied_at is None) == ("", False)


@pytest.mark.django_db
def test_after_a_day_it_is_left(amazon: Amazon) -> None:
    amazon.trouble = URLError("no route to host")
    report("ses", question(GOOD))
    ProviderEvent.objects.update(received_at=timezone.now() - timedelta(days=2))
    apply_pending()
    apply_pending()
    assert len(amazon.asked) == 2
    assert events()[0].problem


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        payloads.sns("UnsubscribeConfirmation", SubscribeURL=GOOD),
        payloads.sns(
            "Notification",
            Message="Successfully validated SNS topic for Amazon SES event publishing.",
        ),
    ],
)
def test_other_notes_of_amazons_ask_for_nothing(amazon: Amazon, body: bytes) -> None:
    report("ses", body)
    assert amazon.asked == []
    assert events()[0].problem == ""
