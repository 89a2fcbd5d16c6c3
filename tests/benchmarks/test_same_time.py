"""The time of an answer tells nothing about an address. A ratio, measured by turns.

uv run pytest -s tests/benchmarks/test_same_time.py
"""

import random
import statistics
import time

import pytest
from django.conf import LazySettings
from django.test import Client

from posts.content.actions import ensure_site
from subscribers import actions
from subscribers.addresses import normalise
from subscribers.limits import throttle
from subscribers.models import Suppression
from tests.benchmarks.measuring import sized
from tests.subscribers.making import sign_up, subscribed

ROUNDS = sized(small=60, full=400)
# What two runs of the very same request differ by on a machine that others use too.
MOST = 1.1


@pytest.mark.django_db
def test_known_unknown_and_suppressed_addresses_take_the_same_time(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "PER_ADDRESS", throttle.Limit(1_000_000, throttle.DAY))
    monkeypatch.setattr(throttle, "PER_SITE_UNPROVEN", throttle.Limit(1_000_000, throttle.HOUR))
    monkeypatch.setattr(throttle, "PER_SITE", throttle.Limit(1_000_000, throttle.HOUR))
    newsletter = ensure_site().newsletter
    subscribed(newsletter, "active1@example.org")
    sign_up(newsletter, address="pendin1@example.org")
    barred = normalise("barred1@example.org")
    actions.suppress(address=barred, reason=Suppression.Reason.COMPLAINED, source="test", by="test")
    addresses = [f"{who}@example.org" for who in ("active1", "pendin1", "barred1", "unknown")]
    times: dict[str, list[float]] = {address: [] for address in addresses}
    for number in range(ROUNDS + 5):
        random.shuffle(addresses)
        for place, address in enumerate(addresses):
            client = Client(REMOTE_ADDR=f"10.{place}.{number % 250}.{number // 250}")
            begun = time.perf_counter()
            answer = client.post("/subscribe/", {"email": address})
            took = time.perf_counter() - begun
            assert answer.status_code == 200
            if number >= 5:  # templates and keys are loaded by then
                times[address].append(took)
    medians = {address: statistics.median(took) for address, took in times.items()}
    for address, median in medians.items():
        print(f"\n{address}: {median * 1000:.2f} ms", end="")  # noqa: T201 - figures, with -s
    assert max(medians.values()) / min(medians.values()) < MOST
