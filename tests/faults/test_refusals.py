"""A mail server that always refuses, or always hangs up, at one step of the dialogue."""

from pathlib import Path

import pytest

from tests.faults.services import smtp_sink
from tests.faults.site import Site, wait_until


@pytest.mark.parametrize(
    "options",
    [["-q", "rcpt"], ["-q", "data"], ["-q", "."], ["-f", "rcpt"], ["-r", "."], ["-r", "data"]],
    ids=" ".join,
)
def test_a_server_that_refuses_or_hangs_up_loses_nobody(tmp_path: Path, options: list[str]) -> None:
    """-q: hangs up at that step, -f: refuses it, -r: refuses it for now. Always."""
    with (
        smtp_sink(*options) as port,
        Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=4") as site,
    ):
        slug = site.prepare(100)
        site.ask("send_post", slug)
        worker = site.start_worker()
        wait_until(lambda: site.report(slug)["deliveries"]["waiting"] == 0, seconds=60, every=0.5)
        worker.terminate()
        worker.wait(timeout=10)
        report = site.report(slug)
        assert report["accounted"]
        assert report["deliveries"]["accepted"] == report["deliveries"]["attempting"] == 0
        # Only who was handed over may be in doubt.
        assert bool(report["deliveries"]["in_doubt"]) is (options == ["-q", "."])
