"""A worker that is asked to end: it drains, hands the rest back, and is gone within 10 seconds."""

from pathlib import Path

from tests.faults.books import agree, books
from tests.faults.site import Site, finish, wait_until
from tests.sink import free_port

GRACE = 10.0  # seconds that a service manager waits


def test_workers_restarted_one_after_another_lose_nobody_and_doubt_nobody(tmp_path: Path) -> None:
    port, readers = free_port(), 5_000
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port, rate=200)
        slug = site.prepare(readers)
        old = [site.start_worker("-n", f"old{number}@localhost") for number in range(3)]
        site.ask("send_post", slug)
        wait_until(lambda: len(taken_for()) > 200, seconds=60)
        for number, worker in enumerate(old):
            worker.terminate()
            worker.wait(timeout=GRACE)
            site.start_worker("-n", f"new{number}@localhost")
            mark = len(taken_for()) + 200
            wait_until(lambda mark=mark: len(taken_for()) >= mark, seconds=60)  # type: ignore[misc]
            report = site.report(slug)
            assert (report["accounted"], report["deliveries"]["in_doubt"]) == (True, 0)
        assert len(taken_for()) < readers, "the restarts came too late to mean anything"
        finish(site, slug)
        found = books(site, slug)
        agree(found, taken_for())
        assert found["accepted"] == readers


def test_a_worker_asked_to_stop_waits_for_no_server_that_is_silent(tmp_path: Path) -> None:
    port = free_port()
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=1") as site:
        site.start_sink(port, rate=0.001)  # takes a body and says nothing for a quarter of an hour
        slug = site.prepare(20)
        site.ask("send_post", slug)
        worker = site.start_worker()
        wait_until(lambda: site.journaled() > 0, seconds=60)
        worker.terminate()
        worker.wait(timeout=GRACE)
        report = site.report(slug)
        assert report["accounted"]
        assert report["deliveries"]["in_doubt"] == 1
        assert report["deliveries"]["retrying"] == 19
