"""kill -9 of a worker in the middle of telling a program something, again and again: the program
hears of everything, and what it hears twice has the same id."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.delivery.webhooks.receiver import receiver
from tests.faults.site import ROOT, Site, end_group, wait_until

FULL = os.environ.get("FAULTS_SIZE") == "full"
EVENTS = 3_000 if FULL else 60
KILLS = 15 if FULL else 2
TOLD_BETWEEN = 7
WAITING = "posts_webhookmessage WHERE arrived_at IS NULL"


def telling(site: Site, *words: str) -> str:
    command = [sys.executable, "-m", "tests.faults.telling", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_each_event_is_told_though_workers_die_and_twice_only_under_its_id(tmp_path: Path) -> None:
    # What is told on this machine is told only while the code is changed.
    with receiver() as shop, Site(tmp_path, DEBUG="yes") as site:
        secret = telling(site, "to", shop.url, str(EVENTS))
        for _ in range(KILLS):
            shop.holds_at = len(shop.got) + TOLD_BETWEEN
            worker = site.start_worker()
            wait_until(lambda: len(shop.got) == shop.holds_at, seconds=120)
            end_group(worker)
        shop.holds_at = 0
        assert site.count(WAITING) >= EVENTS - KILLS * TOLD_BETWEEN, "a kill hit nothing"
        site.start_worker()
        wait_until(lambda: site.count(WAITING) <= KILLS, seconds=120 + EVENTS / 20)
        telling(site, "later")
        wait_until(lambda: site.count(WAITING) == 0, seconds=120)
        assert site.count("posts_webhookmessage") == EVENTS
        ids = {row[0] for row in site.select("SELECT id FROM posts_webhookmessage")}
    times = Counter(shop.ids)
    assert times.keys() == ids, "one was lost"
    assert sum(times.values()) >= EVENTS + KILLS, "what was not answered was not told again"
    assert len(set(zip(shop.ids, (body for _, body in shop.got), strict=True))) == EVENTS
    shop.verify(secret)
