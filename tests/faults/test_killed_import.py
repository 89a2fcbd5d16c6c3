"""kill -9 of an import, again and again: running it once more finishes it, and nobody is twice."""

import csv
import io
import json
import os
import sys
import time
from pathlib import Path

import pytest

from tests.faults.site import Site, kill

FULL = os.environ.get("FAULTS_SIZE") == "full"
KILLS = 10 if FULL else 2


def everybody(site: Site) -> dict[str, str]:
    """Address to what proves the consent, as an export has it."""
    rows = csv.DictReader(io.StringIO(site.manage("export_subscribers", "-").stdout))
    return {row["email"]: row["consent_source"] for row in rows}


@pytest.mark.parametrize("url", ["", os.environ.get("DATABASE_URL", "")], ids=["SQLite", "served"])
def test_an_import_killed_again_and_again_is_finished_by_running_it_again(
    tmp_path: Path, url: str
) -> None:
    chunk = 50_000 if url else 10_000  # rows a transaction
    rows = 1_000_000 if FULL else 5 * chunk
    with Site(tmp_path, DATABASE_URL=url) as site:
        people = tmp_path / "people.csv"
        people.write_text("email\n" + "".join(f"reader{n}@example.org\n" for n in range(rows)))
        command = ("import_subscribers", str(people), "--confirmed", "--source", "a fair", "--json")
        site.run("prepare")
        there = 0
        for _ in range(KILLS):
            importing = site.start(sys.executable, "manage.py", *command, log="import.log")
            before, until = there, time.monotonic() + 60
            while importing.poll() is None and there <= before and time.monotonic() < until:
                there = site.count("subscribers_subscription")
            assert importing.poll() is None, "it was over before the kill"
            kill(importing)
            there = site.count("subscribers_subscription")
            assert before < there < rows, "the kill hit nothing"
            assert there % chunk == 0, "half a chunk was kept"
        totals = json.loads(site.manage(*command).stdout.splitlines()[-1])
        assert (totals["read"], totals["unchanged"], totals["added"]) == (rows, there, rows - there)
        assert site.count("subscribers_subscription") == rows
        assert site.count("subscribers_consentevent") == rows
        assert everybody(site) == {f"reader{n}@example.org": "a fair" for n in range(rows)}
