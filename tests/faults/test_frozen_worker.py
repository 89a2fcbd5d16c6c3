"""A worker that stands still for longer than its leases: nobody lost, nobody mailed twice."""

import signal
from collections import Counter
from pathlib import Path

from tests.faults.books import books
from tests.faults.site import Site, busy, finish, wait_until
from tests.sink import free_port


def test_a_worker_that_was_frozen_past_its_lease_mails_nobody_twice(tmp_path: Path) -> None:
    """SIGSTOP, as when a machine is suspended: it lives, and does not know that time went by."""
    port, readers = free_port(), 1_600
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port, rate=100)
        slug = site.prepare(readers)
        site.ask("send_post", slug)
        frozen = site.start_worker("-n", "frozen@localhost")
        wait_until(lambda: len(taken_for()) > 100, seconds=60)
        frozen.send_signal(signal.SIGSTOP)
        site.start_worker("-n", "other@localhost")
        # Its leases run out, the other takes its batches over and can say nothing of them.
        wait_until(lambda: bool(doubts(site, slug)), seconds=90, every=1.0)
        assert site.report(slug)["accounted"]
        wait_until(lambda: not busy(site.report(slug)["deliveries"]), seconds=90, every=1.0)
        frozen.send_signal(signal.SIGCONT)
        # Now it tells what it knows: what was answered, and who was never attempted.
        wait_until(lambda: len(taken_for()) == readers, seconds=90, every=1.0)
        finish(site, slug)
        assert max(Counter(taken_for()).values()) == 1, "somebody was mailed twice"
        assert books(site, slug)["accepted"] == readers


def doubts(site: Site, slug: str) -> int:
    return int(site.report(slug)["deliveries"]["in_doubt"])
