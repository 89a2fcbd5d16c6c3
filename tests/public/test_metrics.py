"""`/metrics`: who may read it, and what it says."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from posts.delivery import status
from posts.delivery.events.models import ProviderEvent
from posts.delivery.models import Batch, Delivery
from posts.public import metrics as room
from posts.public.server import measured
from posts.public.server.handler import Handler
from posts.public.server.measured import KINDS, kind_of
from tests.delivery.making import claim, make_mailing
from tests.rsgi import Protocol, request

TOKEN = "a-token-that-nobody-guesses"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _on(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.METRICS, settings.METRICS_TOKEN = True, TOKEN
    settings.TRUSTED_PROXIES = 0
    monkeypatch.setattr(room, "of_the_ledger", room._OfTheLedger())
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))


def asked(client: Client, token: str = TOKEN, **more: Any) -> Any:
    return client.get("/metrics", headers={"authorization": f"Bearer {token}"}, **more)


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """By name and values of labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


# --- Who may read it ---


@pytest.mark.django_db
def test_without_the_token_there_is_nothing(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert asked(client, "another-token-of-16").status_code == 404
    assert asked(client, "täken").status_code == 404


@pytest.mark.django_db
def test_where_nothing_is_set_there_is_nothing(client: Client, settings: Settings) -> None:
    settings.METRICS, settings.METRICS_TOKEN = False, ""
    assert asked(client, "").status_code == 404
    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("peer", "status_code"), [("10.1.2.3", 200), ("192.0.2.7", 404)])
def test_an_allowed_network_needs_no_token(
    client: Client, settings: Settings, peer: str, status_code: int
) -> None:
    settings.METRICS_NETWORKS = ["10.0.0.0/8"]
    assert client.get("/metrics", REMOTE_ADDR=peer).status_code == status_code


@pytest.mark.django_db
def test_a_proxy_of_ours_lets_nobody_in_for_its_own_address(
    client: Client, settings: Settings
) -> None:
    settings.METRICS_NETWORKS, settings.TRUSTED_PROXIES = ["127.0.0.0/8"], 1
    answer = client.get(
        "/metrics", REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": "192.0.2.7"}
    )
    assert answer.status_code == 404


# --- What it says ---


@pytest.mark.django_db
def test_the_ledger_in_numbers(client: Client) -> None:
    mailing = make_mailing(5, batch_size=3)
    held = claim()
    held.journal.delete()
    Delivery.objects.filter(subscriber_id=held.recipients[0].id).update(
        state=Delivery.State.ACCEPTED, changed_at=timezone.now()
    )
    Delivery.objects.filter(subscriber_id=held.recipients[1].id).update(
        state=Delivery.State.IN_DOUBT
    )
    Batch.objects.filter(pk=held.batch_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    ProviderEvent.objects.create(provider="mailgun", digest=b"1", body=b"")
    status.worker_seen("one:1")
    answer = asked(client)
    assert answer["Content-Type"].startswith("text/plain; version=")
    said = numbers(answer.content.decode())
    assert said["passalong_deliveries", "accepted"] == 1
    assert said["passalong_deliveries", "in_doubt"] == 1
    assert said["passalong_deliveries", "attempting"] == 1
    assert said["passalong_accepted_last_minute",] == 1
    assert (said["passalong_due_batches",], said["passalong_due_recipients",]) == (1, 2)
    assert (said["passalong_leases_overdue",], said["passalong_leases_expired",]) == (1, 0)
    assert said["passalong_events_waiting",] == 1
    assert (said["passalong_workers",], said["passalong_beat",]) == (1, 0)
    assert mailing.candidates == 5


@pytest.mark.django_db
def test_a_batch_that_was_taken_over_is_counted(client: Client) -> None:
    make_mailing(2)
    Batch.objects.update(state="finished", epoch=2)
    assert numbers(asked(client).content.decode())["passalong_leases_expired",] == 1


@pytest.mark.django_db
def test_it_asks_the_ledger_once_in_a_while(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    asked(client)
    with django_assert_num_queries(0):
        asked(client)


COUNTING = """
import sys, time
from django.conf import settings
settings.configure(DATA_DIR=sys.argv[1])
from posts.public.server.measured import Measured
one = Measured()
for path in ("/permission-to-rest/", "/s/x7k", "/admin/"):
    one.made(path, 200, time.perf_counter())
"""


def test_the_requests_of_all_processes_are_counted_together(tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if k != "PROMETHEUS_MULTIPROC_DIR"}
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", COUNTING, str(tmp_path)],
            cwd=ROOT, env=clean, check=True, timeout=60,
        )  # fmt: skip
    text = measured.text().decode()
    said = numbers(text)
    for kind in ("page", "share link", "desk"):
        assert said["passalong_requests_total", kind, "200"] == 2
        assert said["passalong_request_seconds_count", kind] == 2
    assert "permission" not in text
    assert "x7k" not in text


def test_the_counts_of_a_process_that_ended_long_ago_are_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    for pid in (os.getpid(), 4_194_999):
        file = folder / f"counter_{pid}.db"
        file.write_bytes(b"")
        os.utime(file, (0, 0))
    measured._prepare(folder)
    assert [file.name for file in folder.iterdir()] == [f"counter_{os.getpid()}.db"]


def answer_200(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b""]


def test_each_answer_of_the_server_is_measured_by_kind(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAGE_CACHE = False
    made: list[tuple[str, int]] = []

    class Noting:
        def made(self, path: str, status: int, began: float) -> None:
            made.append((kind_of(path), status))

    monkeypatch.setattr("posts.public.server.handler.Measured", Noting)
    handler = Handler(answer_200)
    asyncio.run(handler.__rsgi__(request("/s/x7k"), Protocol()))
    too_long = request("/" + "x" * 9_000)
    asyncio.run(handler.__rsgi__(too_long, Protocol()))
    assert made == [("share link", 200), ("page", 414)]


def test_where_nobody_may_ask_nothing_is_measured(settings: Settings) -> None:
    settings.METRICS = False
    assert Handler(answer_200)._measured is None


def test_no_kind_is_made_of_an_address() -> None:
    assert kind_of("/a-post-for-subscribers/") == "page"
    assert kind_of("/s/abc/card.png") == "share link"
    assert {kind_of(f"/{first}/x") for first in KINDS} == set(KINDS.values())
