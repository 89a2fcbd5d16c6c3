"""A mail server that refuses some, and hangs up at every point of a conversation; two beats.

Whoever is refused for now is tried again by the sweep, which two beats with schedules of their own
(as on two hosts) ring for twice: a second attempt must stay one.
"""

import csv
import io
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.books import Books, agree, books
from tests.faults.site import SinkLog, Site, finish
from tests.sink import MISCHIEF, free_port

READERS = 20_000 if os.environ.get("FAULTS_SIZE") == "full" else 2_000
RATE = 400
PER_CENT = {"451": 5, "550": 1, "before-data": 1, "after-data": 1, "after-dot": 1}
WAYS = {"one by one": (), "pipelined": ("--pipelining",)}


@dataclass(frozen=True)
class Story:
    found: Books
    attempts: dict[str, int]
    log: SinkLog

    def met(self, kind: str) -> set[str]:
        return set(self.log.of(kind))


def go_through(folder: Path, way: str) -> Story:
    port = free_port()
    mischief = [option for kind in MISCHIEF for option in (f"--{kind}", str(PER_CENT[kind]))]
    with Site(folder, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        log = site.start_sink(port, rate=RATE, options=[*WAYS[way], *mischief])
        slug = site.prepare(READERS)
        for name in ("one", "two"):
            site.start_beat("--schedule", str(folder / name))
            site.start_worker("-n", f"{name}@localhost", beat=False)
        site.ask("send_post", slug)
        finish(site, slug, seconds=300)
        found = books(site, slug)
        page = site.run("POST", f"/admin/mailings/{found.report['mailing']}/report/deliveries.csv")
    rows = csv.DictReader(io.StringIO(page.lstrip("\ufeff")))
    return Story(found, {row["address"]: int(row["attempts"]) for row in rows}, log)


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Story]]:
    """Both at the same time: most of it is waiting for the minute until a second attempt."""
    folders = [tmp_path_factory.mktemp("mischief") for _ in WAYS]
    with ThreadPoolExecutor() as pool:
        yield dict(zip(WAYS, pool.map(go_through, folders, WAYS), strict=True))


@pytest.mark.parametrize("way", WAYS)
class TestMischief:
    def test_everybody_is_accounted_for_as_the_server_wrote_down(
        self, stories: dict[str, Story], way: str
    ) -> None:
        story = stories[way]
        assert all(story.met(kind) for kind in MISCHIEF), "nobody met it, so nothing is shown"
        agree(story.found, story.log())
        assert story.found.those("refused") == story.met("550")
        rest = READERS - len(story.met("550")) - len(story.found.those("in_doubt"))
        assert story.found["accepted"] == rest

    def test_in_doubt_is_who_was_cut_off_with_her_body_on_the_wire_and_nobody_else(
        self, stories: dict[str, Story], way: str
    ) -> None:
        story = stories[way]
        assert story.found.those("in_doubt") == story.met("after-data") | story.met("after-dot")

    def test_refused_for_now_is_tried_again_and_cut_off_before_its_body_too(
        self, stories: dict[str, Story], way: str
    ) -> None:
        story = stories[way]
        assert story.met("451") | story.met("before-data") <= story.found.those("accepted")
        assert {story.attempts[address] for address in story.met("451")} == {2}

    def test_nobody_was_refused_twice_that_was_refused_for_good(
        self, stories: dict[str, Story], way: str
    ) -> None:
        assert set(Counter(stories[way].log.of("550")).values()) == {1}
