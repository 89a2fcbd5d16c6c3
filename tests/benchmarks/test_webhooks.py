"""A provider's call is stored and answered; what it tells is read later, by a worker.

How much sooner, as a ratio within one run: uv run pytest -s tests/benchmarks/test_webhooks.py
"""

import time

import pytest
from django.test import Client
from pytest_django import Settings

from posts.delivery.events.apply import apply_pending
from tests.benchmarks.measuring import Figures, median, say, sized
from tests.delivery.events.making import handed_over, readers_of
from tests.delivery.events.payloads import URLS, headers_for, sparkpost_events

TOLD = 1_000
ROUNDS = sized(small=5, full=20)
LEAST = 3.0  # times as long as the answer takes what the worker does with it


@pytest.mark.django_db
def test_a_call_that_tells_of_a_thousand_is_answered_before_it_is_read(settings: Settings) -> None:
    settings.EMAIL_URL = URLS["sparkpost"]
    mailing = handed_over(TOLD)
    subscriber_ids = [reader.pk for reader in readers_of(mailing)]
    client = Client()
    answering, reading = [], []
    for number in range(ROUNDS + 1):
        body = sparkpost_events(subscriber_ids, mailing=mailing.pk, call=number)
        begun = time.perf_counter()
        answer = client.post(
            "/hooks/sparkpost/",
            body,
            content_type="application/json",
            headers=headers_for("sparkpost", body),
        )
        answered = time.perf_counter()
        apply_pending()
        read = time.perf_counter()
        assert answer.status_code == 200
        if number:  # the first loads what all need
            answering.append(answered - begun)
            reading.append(read - answered)
    say(
        f"\na call that tells of {TOLD:,}: answered in {median(answering) * 1_000:.1f} ms, "
        f"read in {median(reading) * 1_000:.1f} ms"
    )
    with Figures() as figures:
        figures.at_least("times sooner", median(reading) / median(answering), LEAST)
