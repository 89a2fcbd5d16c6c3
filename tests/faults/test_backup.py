"""A site comes back from its backup: on another database, and in the middle of a mailing."""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.full_tables import FIRST, ROWS
from tests.faults.services import Postgres
from tests.faults.site import ROOT, Site, finish, wait_until
from tests.sink import free_port

GIVEN_NUMBER = """
from posts.delivery.models import TransportStatus
row = TransportStatus.objects.create(name="one more")
print(row.pk)
row.delete()
"""
SWEPT = 16.0  # seconds, in which beat rings for whatever is due


def full_tables(site: Site, *what: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.full_tables", *what],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_every_table_comes_over_from_sqlite_to_postgresql_and_back(tmp_path: Path) -> None:
    out, back = tmp_path / "out.backup", tmp_path / "back.backup"
    with (
        Postgres() as server,
        Site(tmp_path / "small", DATABASE_URL="", REDIS_URL="") as small,
        Site(tmp_path / "large", DATABASE_URL=server.url, REDIS_URL="") as large,
        Site(tmp_path / "again", DATABASE_URL="", REDIS_URL="") as again,
    ):
        before = full_tables(small, "fill")
        assert all(rows for rows, _ in before.values()), "a table is empty"
        small.manage("backup", str(out))
        assert full_tables(large, "load", str(out)) == before
        # Numbers go on behind those that came.
        number = large.manage("shell", "-v", "0", "-c", GIVEN_NUMBER).stdout
        assert int(number) == FIRST + ROWS
        large.manage("backup", str(back))
        assert full_tables(again, "load", str(back)) == before


def test_a_copy_restored_beside_a_running_mailing_mails_nobody(tmp_path: Path) -> None:
    """Backed up in the middle; the original goes on. Nobody hears twice, or after a no."""
    port, readers, file = free_port(), 1_800, tmp_path / "letters.backup"
    way = {"EMAIL_URL": f"smtp://127.0.0.1:{port}?connections=1"}
    with Site(tmp_path / "first", **way) as first, Site(tmp_path / "copy", **way) as copy:
        taken_for = first.start_sink(port, rate=60)
        slug = first.prepare(readers)
        first.start_worker()
        first.ask("send_post", slug)
        wait_until(lambda: len(taken_for()) > 100, seconds=60)
        first.run("backup", str(file))
        assert len(taken_for()) < readers, "the backup came too late to mean anything"
        first.run("erase_subscriber", "reader7@example.org")

        said = first.folder / "var" / "objections"
        assert copy.ask("restore", str(file), "--objections", str(said))["objectors"] == 1
        copy.start_worker()
        wait_until(lambda: copy.count("posts_heartbeat") > 0, seconds=60)
        time.sleep(SWEPT)

        finish(first, slug, seconds=120)
        assert set(Counter(taken_for()).values()) == {1}, "somebody was mailed twice"
        assert len(taken_for()) >= readers - 1
        report = copy.report(slug)
        assert (report["state"], report["accounted"]) == ("paused", True)
        assert "They may have got it since" in report["problem"]
        assert report["deliveries"]["waiting"] > 0
        assert report["deliveries"]["in_doubt"] > 0
        erased = "SELECT 1 FROM subscribers_subscriber WHERE address = 'reader7@example.org'"
        assert not copy.select(erased)
