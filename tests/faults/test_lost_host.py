"""A host that is gone for good, with all that only it knew: of few is it not known."""

import os
import shutil
from pathlib import Path

import pytest

from tests.faults.books import agree, books
from tests.faults.site import Site, finish, kill, wait_until
from tests.sink import free_port

FULL = os.environ.get("FAULTS_SIZE") == "full"
READERS = 20_000 if FULL else 4_000
MOST = 200  # in doubt


@pytest.mark.parametrize("rate", [0.0, 100.0], ids=["fast", "slow"])
def test_a_lost_host_leaves_few_in_doubt_and_the_others_get_it_once(
    tmp_path: Path, rate: float
) -> None:
    port = free_port()
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port, rate=rate)
        readers = READERS if not rate else READERS // 4
        slug = site.prepare(readers)
        lost = site.start_worker("-n", "lost@localhost")
        site.ask("send_post", slug)
        wait_until(lambda: len(taken_for()) > readers // 4, seconds=120)
        kill(lost)
        shutil.rmtree(tmp_path / "var" / "journal")  # and the disk with it
        before = len(taken_for())
        assert before < readers, "it came too late to mean anything"
        assert site.report(slug)["accounted"]

        site.start_worker("-n", "other@localhost")
        finish(site, slug, seconds=300)
        found = books(site, slug)
        agree(found, taken_for())
        doubts = found.those("in_doubt")
        assert found["accepted"] + len(doubts) == readers
        assert 0 < len(doubts) <= MOST
        print(f"{readers:,} readers, lost at {before:,}: {len(doubts)} in doubt")  # noqa: T201

        assert f"finished but for {len(doubts)} in doubt" in site.run("mailing", slug)
        site.run("mailing", slug, "--settle", "resend")
        finish(site, slug)
        settled = books(site, slug)
        agree(settled, taken_for(), asked_again=doubts)
        assert settled["accepted"] == readers, "nobody is lost"
