"""The disk is full in the middle of a mailing to the outbox."""

import os
import resource
from pathlib import Path

from tests.faults.books import books
from tests.faults.site import Site, finish, wait_until

READERS = 3_000


def test_a_full_disk_stops_the_outbox_with_plain_words_and_loses_nobody(tmp_path: Path) -> None:
    """The kernel lets no file of the worker grow to the size of a letter (a disk of the size we
    would like can be mounted by few): what was whole stays whole, and nothing half appears."""
    with Site(tmp_path) as site:
        new = tmp_path / "var" / "outbox" / "new"
        slug = site.prepare(READERS)
        worker = site.start_worker()
        site.ask("send_post", slug)
        wait_until(lambda: len(site.outbox()) > 100, seconds=60)
        before = site.outbox()
        size = min((new / name).stat().st_size for name in before)
        limits = resource.prlimit(worker.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (size // 2, limits[1]))
        wait_until(lambda: bool(site.report(slug)["problem"]), seconds=60, every=0.5)
        report = site.report(slug)
        assert "cannot be written" in report["problem"]
        assert (report["state"], report["accounted"]) == ("sending", True)
        assert 0 < len(site.outbox()) < READERS, "it came too late to mean anything"
        assert all((new / name).stat().st_size >= size for name in site.outbox())
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, limits)
        finish(site, slug, seconds=120)
        assert books(site, slug)["accepted"] == len(site.outbox()) == READERS
        assert os.listdir(tmp_path / "var" / "outbox" / "tmp") == []
