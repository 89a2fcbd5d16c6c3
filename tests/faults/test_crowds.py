"""More of everything at the same moment: planners, and workers that claim."""

import os
import sys
from pathlib import Path

from tests.faults.books import agree, books
from tests.faults.site import Site
from tests.sink import free_port

READERS = 50_000 if os.environ.get("FAULTS_SIZE") == "full" else 8_000


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
