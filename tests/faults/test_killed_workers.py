"""kill -9 in the middle of a mailing: nobody lost, nobody mailed twice."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.books import agree, books
from tests.faults.site import Site, finish, kill, wait_until
from tests.sink import free_port

FULL = os.environ.get("FAULTS_SIZE") == "full"
READERS = 100_000 if FULL else 5_000
KILLS = 20 if FULL else 5
OUTBOX_READERS = 20_000 if FULL else 3_000
CONNECTIONS = 4  # of one worker, as EMAIL_URL has it where it says nothing
RATE = 500 if FULL else 200  # a second, so that the kills hit


def kill_at_random(
    site: Site,
    slug: str,
    done: Callable[[], int],
    *,
    readers: int,
    kills: int,
    chance: random.Random,
) -> None:
    """Two workers send; one of them, whichever, is killed again and again, and started again."""
    workers = [site.start_worker("-n", f"{name}@localhost") for name in ("one", "two")]
    site.ask("send_post", slug)
    marks = sorted(chance.sample(range(readers // 50, readers * 9 // 10), kills))
    for number, mark in enumerate(marks):
        wait_until(lambda mark=mark: done() >= mark, seconds=300)  # type: ignore[misc]
        time.sleep(chance.random() * 0.05)
        victim = chance.randrange(len(workers))
        kill(workers[victim])
        assert done() < readers, "the kill came too late to mean anything"
        assert site.report(slug)["accounted"]
        workers[victim] = site.start_worker("-n", f"after{number}@localhost")
    finish(site, slug, seconds=300)


def test_to_the_outbox_everybody_gets_exactly_one_file(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        slug = site.prepare(OUTBOX_READERS)
        kill_at_random(
            *(site, slug, lambda: len(site.outbox())),
            readers=OUTBOX_READERS,
            kills=3,
            chance=random.Random(1),
        )
        assert books(site, slug)["accepted"] == OUTBOX_READERS
        assert len(site.outbox()) == OUTBOX_READERS


def test_over_smtp_everybody_is_accepted_once_or_in_doubt(tmp_path: Path) -> None:
    port, seed = free_port(), random.randrange(1_000_000)
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        taken_for = site.start_sink(port, rate=RATE)
        slug = site.prepare(READERS)
        kill_at_random(
            *(site, slug, lambda: len(taken_for())),
            readers=READERS,
            kills=KILLS,
            chance=random.Random(seed),
        )
        found = books(site, slug)
        agree(found, taken_for())
        doubts = found.those("in_doubt")
        assert found["accepted"] + len(doubts) == READERS, f"seed {seed}"
        assert len(doubts) <= KILLS * CONNECTIONS, f"seed {seed}"

        # A person asks for them again: some get it twice, as they were told, and nobody else.
        site.run("mailing", slug, "--settle", "resend")
        finish(site, slug)
        settled = books(site, slug)
        agree(settled, taken_for(), asked_again=doubts)
        assert settled["accepted"] == READERS
        twice = len(taken_for()) - READERS
        print(  # noqa: T201 - what a run at full size is for
            f"{READERS} readers, {KILLS} kills (seed {seed}): {len(doubts)} in doubt, "
            f"{twice} twice after a person asked again"
        )
