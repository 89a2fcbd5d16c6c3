"""kill -9 in the middle of a mailing, and a frozen worker: nobody lost, nobody mailed twice."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.site import Site, busy, kill, wait_until
from tests.sink import free_port

READERS = {"small": 2_000, "full": 5_000}[os.environ.get("FAULTS_SIZE", "full")]
KILLS = 3
CONNECTIONS = 3  # threads of one worker but the one kept free, one connection each
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


def test_over_smtp_everybody_is_accepted_once_or_in_doubt(tmp_path: Path) -> None:
    port = free_port()
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port, rate=RATE)
        slug = site.prepare(READERS)
        mail_with_kills(site, slug, lambda: len(taken_for()))
        report = site.report(slug)
        taken = Counter(taken_for())

    deliveries = report["deliveries"]
    assert report["accounted"]
    assert deliveries["in_doubt"] <= KILLS * CONNECTIONS
    assert deliveries["accepted"] + deliveries["in_doubt"] == READERS
    assert max(taken.values()) == 1, "somebody was mailed twice"
    # Whoever the sink has not seen must be in doubt; whoever is accepted was seen.
    assert deliveries["accepted"] <= len(taken) <= READERS


def test_a_worker_that_was_frozen_past_its_lease_mails_nobody_twice(tmp_path: Path) -> None:
    """SIGSTOP, as when a machine is suspended: it lives, and does not know that time went by."""
    port, readers = free_port(), 1_200
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port, rate=100)
        slug = site.prepare(readers)
        site.ask("send_post", slug)
        frozen = site.start_worker("-n", "frozen@localhost")
        wait_until(lambda: len(taken_for()) > 100, seconds=60)
        frozen.send_signal(signal.SIGSTOP)
        site.start_worker("-n", "other@localhost")
        # Its lease runs out, the other takes its batches over and can say nothing of them.
        wait_until(lambda: bool(doubts(site, slug)), seconds=90, every=1.0)
        assert site.report(slug)["accounted"]
        wait_until(lambda: not busy(site.report(slug)["deliveries"]), seconds=90, every=1.0)
        frozen.send_signal(signal.SIGCONT)
        # Now it tells what it knows: what was answered, and who was never attempted.
        wait_until(lambda: len(taken_for()) == readers, seconds=90, every=1.0)
        wait_until(lambda: site.report(slug)["state"] == "finished", seconds=60, every=1.0)
        assert max(Counter(taken_for()).values()) == 1, "somebody was mailed twice"
        assert site.report(slug)["deliveries"]["accepted"] == readers


def doubts(site: Site, slug: str) -> int:
    return int(site.report(slug)["deliveries"]["in_doubt"])
