"""More of everything than there should be: planners, beats, and workers that claim at once."""

import os
import sys
from pathlib import Path

from tests.faults.books import agree, books
from tests.faults.site import Site, finish, wait_until
from tests.sink import free_port

READERS = 50_000 if os.environ.get("FAULTS_SIZE", "full") == "full" else 8_000


def test_two_planners_and_ten_workers_that_claim_at_once_mail_everybody_once(
    tmp_path: Path,
) -> None:
    port = free_port()
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port)
        slug = site.prepare(READERS)
        crowd = site.start(
            *(sys.executable, "-m", "tests.faults.crowd", slug, "2", "10"), log="crowd.log"
        )
        assert crowd.wait(timeout=200) == 0, (tmp_path / "crowd.log").read_text()
        found = books(site, slug)
        assert found.report["state"] == "finished"
        assert found["accepted"] == READERS
        agree(found, taken_for())


def test_two_beats_beside_two_workers_send_a_scheduled_mailing_once(tmp_path: Path) -> None:
    """Beats of their own with schedules of their own, as on two hosts: each sweep comes twice."""
    port, readers = free_port(), 2_000
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        log = site.start_sink(port, options=("--451", "2"))
        slug = site.prepare(readers)
        for name in ("one", "two"):
            site.start_beat("--schedule", str(tmp_path / name))
            site.start_worker("-n", f"{name}@localhost", beat=False)
        wait_until(lambda: "celery" in (tmp_path / "worker.log").read_text(), seconds=60)
        site.ask("send_post", slug)
        finish(site, slug, seconds=150)
        found = books(site, slug)
        assert found["accepted"] == readers
        agree(found, log())
