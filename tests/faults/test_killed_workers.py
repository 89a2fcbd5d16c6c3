"""kill -9 in the middle of a mailing, three times: nobody lost, nobody mailed twice."""

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.site import Site, busy, kill, wait_until
from tests.sink import free_port

READERS = {"small": 2_000, "full": 5_000}[os.environ.get("FAULTS_SIZE", "full")]
KILLS = 3
CONNECTIONS = 4  # threads of one worker, one connection each
RATE = 500  # a second, so that the kills hit


def mail_with_kills(site: Site, slug: str, done: Callable[[], int]) -> None:
    """Send, kill the worker at a quarter, a half and three quarters, start it again."""
    site.ask("send_post", slug)
    worker = site.start_worker()
    for number in range(1, KILLS + 1):
        mark = READERS * number // (KILLS + 1)
        wait_until(lambda mark=mark: done() >= mark, seconds=120)  # type: ignore[misc]
        kill(worker)
        assert site.report(slug)["accounted"]
        assert done() < READERS, "the kill came too late to mean anything"
        worker = site.start_worker()
    wait_until(lambda: not busy(site.report(slug)["deliveries"]), seconds=180, every=1.0)
    wait_until(lambda: site.report(slug)["state"] == "finished", seconds=40, every=1.0)


def test_to_the_outbox_everybody_gets_exactly_one_file(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        slug = site.prepare(READERS)
        mail_with_kills(site, slug, lambda: len(site.outbox()))
        report = site.report(slug)
        assert report["accounted"]
        assert report["deliveries"]["accepted"] == READERS
        assert len(site.outbox()) == READERS


@pytest.mark.parametrize("rate", [RATE])
def test_over_smtp_everybody_is_accepted_once_or_in_doubt(tmp_path: Path, rate: int) -> None:
    port, log = free_port(), tmp_path / "sink.log"
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        site.start(
            *(sys.executable, "-m", "tests.sink", "--port", str(port)),
            *("--log", str(log), "--rate", str(rate)),
            log="sink.out",
        )
        wait_until(log.exists, seconds=20)
        slug = site.prepare(READERS)
        mail_with_kills(site, slug, lambda: len(log.read_text().splitlines()))
        report = site.report(slug)
        taken = Counter(log.read_text().split())

    deliveries = report["deliveries"]
    assert report["accounted"]
    assert deliveries["in_doubt"] <= KILLS * CONNECTIONS
    assert deliveries["accepted"] + deliveries["in_doubt"] == READERS
    assert max(taken.values()) == 1, "somebody was mailed twice"
    # Whoever the sink has not seen must be in doubt; whoever is accepted was seen.
    assert deliveries["accepted"] <= len(taken) <= READERS
