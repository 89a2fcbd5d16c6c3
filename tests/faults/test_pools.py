"""Whatever pool of Celery a worker has: asked to end, it drains."""

import sys
from pathlib import Path

import pytest

from tests.faults.services import smtp_sink
from tests.faults.site import Site, busy, wait_until


@pytest.mark.parametrize("pool", ["threads", "prefork", "solo"])
def test_every_pool_of_celery_drains_and_ends_in_time(tmp_path: Path, pool: str) -> None:
    with (
        smtp_sink("-w", "1") as port,  # a second for each DATA, so that the end hits
        Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=8") as site,
    ):
        slug = site.prepare(200)
        site.ask("send_post", slug)
        beat = [*("celery", "-A", "config", "beat", "--loglevel", "WARNING")]
        options = ["--pool", pool, "--concurrency", "2"]
        worker = [*("celery", "-A", "config", "worker", *options, "--loglevel", "WARNING")]
        site.start(sys.executable, "-m", *beat, log="beat.log")
        first = site.start(sys.executable, "-m", *worker, log="worker.log")
        wait_until(lambda: site.journaled() > 0, seconds=60)
        first.terminate()
        first.wait(timeout=10)
        report = site.report(slug)
        assert report["accounted"]
        assert (report["deliveries"]["in_doubt"], report["deliveries"]["attempting"]) == (0, 0)
        site.start(sys.executable, "-m", *worker, log="worker.log")
        wait_until(lambda: not busy(site.report(slug)["deliveries"]), seconds=120, every=0.5)
        assert site.report(slug)["deliveries"]["accepted"] == 200
