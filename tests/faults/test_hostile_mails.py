"""Returned mails as nobody should write them, in the middle of a mailing: the heart goes on."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Self

from posts.delivery.worker.ledger import HEARTBEAT
from posts.delivery.worker.senders import TICK
from tests.faults.books import books
from tests.faults.pulse import longest
from tests.faults.site import ROOT, Site, finish, wait_until
from tests.growth.mails import SHAPES
from tests.sink import free_port

FULL = os.environ.get("FAULTS_SIZE") == "full"
READERS = 10_000 if FULL else 2_000
# A second: slow enough that each batch wants its lease renewed, and that the mails come in the
# middle of the mailing on a busy machine, too.
RATE = 25 if FULL else 12  # letters a second: the mails must come while they leave
TIMES = 10 if FULL else 1  # that each mail comes, each time a little different
LARGEST = 500_000  # bytes, of which all is kept
LONGEST_SILENCE = 2.0  # seconds


class Leases(threading.Thread):
    """Looks at the leases all the time: when each was renewed, as long as it was held."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self.renewed: dict[tuple[int, int], list[float]] = defaultdict(list)
        self._site = site
        self._ended = threading.Event()
        self._seen: dict[tuple[int, int], object] = {}

    def run(self) -> None:
        held = "SELECT id, epoch, lease_until FROM posts_batch WHERE lease_until IS NOT NULL"
        while not self._ended.wait(0.1):
            now = time.monotonic()
            for number, epoch, until in self._site.select(held):
                if self._seen.get((number, epoch)) != until:
                    self._seen[number, epoch] = until
                    self.renewed[number, epoch].append(now)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    def longest(self) -> float:
        """Seconds between two renewals of one lease, or between its claim and the first."""
        return max(b - a for times in self.renewed.values() for a, b in pairwise(times))


def test_no_mail_makes_the_heart_miss_a_beat_nor_anybody_her_letter(tmp_path: Path) -> None:
    port = free_port()
    pulse = tmp_path / "pulse"
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port, rate=RATE)
        slug = site.prepare(READERS)
        site.start_beat()
        site.start(
            *(sys.executable, "-m", "tests.faults.pulse", str(pulse), "worker"),
            *("-n", "one@localhost", "--loglevel", "WARNING"),
            log="worker.log",
        )
        site.ask("send_post", slug)
        wait_until(lambda: len(taken_for()) > READERS // 10, seconds=120)
        begun = time.monotonic()
        with Leases(site) as leases:
            told = give_all(site)
            returned = come_back(site, taken_for()[0])
            wait_until(lambda: nothing_waits(site), seconds=120, every=0.2)
            took = time.monotonic() - begun
            assert len(taken_for()) < READERS, "the mails came too late to mean anything"
            finish(site, slug, seconds=600)
        silence = longest(pulse, since=begun)
        print(  # noqa: T201 - what a run is for
            f"{READERS} readers, {told} mails read within {took:.0f} s: the longest silence of the "
            f"worker {silence:.2f} s, between two renewals of a lease {leases.longest():.1f} s"
        )
        assert silence < LONGEST_SILENCE
        assert leases.longest() < HEARTBEAT + TICK + LONGEST_SILENCE
        assert {epoch for _, epoch in leases.renewed} == {1}, "a lease was lost"

        found = books(site, slug)
        assert dict(Counter(taken_for())) == dict.fromkeys(found.states, 1)
        assert found.those("bounced") == {returned}, "the one bounce among them is believed"
        assert found["accepted"] == READERS - 1
        aside = "posts_providerevent WHERE problem LIKE 'Set aside%'"
        assert 0 < site.count(aside) < told
        assert "set aside unread" in site.manage("doctor", ok=False).stdout


def give_all(site: Site) -> int:
    """Answers how many: every shape of hostile mail there is, as large as it is kept."""
    file = site.folder / "mail.eml"
    for number in range(TIMES):
        for make in SHAPES.values():
            file.write_bytes((b"X: %d\n" % number + make(LARGEST - 2_000))[:LARGEST])
            site.run("receive_bounce", str(file))
    return TIMES * len(SHAPES)


def come_back(site: Site, address: str) -> str:
    """A bounce as a mail server pipes it to us, of a letter that it took."""
    file = site.folder / "returned.eml"
    with (site.folder / "returning.log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "tests.faults.returning", address, str(file)],
            cwd=ROOT,
            env=site.environment,
            check=True,
            stderr=log,
        )
    subprocess.run(
        [sys.executable, "manage.py", "receive_bounce"],
        cwd=ROOT,
        env=site.environment,
        input=file.read_bytes(),
        check=True,
        capture_output=True,
    )
    return address


def nothing_waits(site: Site) -> bool:
    return site.count("posts_providerevent WHERE applied_at IS NULL") == 0
