"""kill -9 of a worker with calls on their way to a provider, whose answers nobody hears."""

import os
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.delivery.events import payloads
from tests.fake_esp import FakeEsp, Provider
from tests.faults.books import Books, agree, books
from tests.faults.site import Site, finish, kill, wait_until
from tests.sink import free_port, listening

READERS = 20_000 if os.environ.get("FAULTS_SIZE") == "full" else 3_000
CALLS = 2  # on their way at a time
KILLS = 2
LATENCY = 1.0  # seconds until the provider answers, so that the kill hits
MOST = {"mailgun": 500, "brevo": 500, "resend": 100}  # recipients a call; a batch has 500
OPTIONS = {
    "mailgun": f"&webhook_signing_key={payloads.SIGNING_KEY}",
    "brevo": "&webhook_secret=hook:secret",
    "resend": "&webhook_secret=hook:secret",
}


@dataclass(frozen=True)
class Story:
    found: Books
    taken: list[str]
    keys: list[str]
    after_webhooks: Books


def go_through(folder: Path, name: str) -> Story:
    with (
        FakeEsp(latency=LATENCY) as esp,
        Site(folder, EMAIL_URL=esp.url(name, f"&connections={CALLS}{OPTIONS[name]}")) as site,
    ):
        slug = site.prepare(READERS)
        worker = site.start_worker()
        site.ask("send_post", slug)
        for _ in range(KILLS):
            mark = len(esp.provider.calls)
            wait_until(lambda mark=mark: len(esp.provider.calls) > mark, seconds=60)  # type: ignore[misc]
            time.sleep(LATENCY / 2)  # the next calls are in the provider's hands
            kill(worker)
            assert site.report(slug)["accounted"]
            worker = site.start_worker()
        finish(site, slug, seconds=200)
        found = books(site, slug)
        taken = list(esp.provider.addresses)
        tell_what_arrived(site, name, esp.provider, found.those("in_doubt"))
        left = len(found.those("in_doubt") - set(taken))
        wait_until(
            lambda: site.report(slug)["deliveries"]["in_doubt"] == left, seconds=60, every=1.0
        )
        return Story(found, taken, esp.provider.keys, books(site, slug))


def tell_what_arrived(site: Site, name: str, provider: Provider, whom: set[str]) -> None:
    """The provider's webhooks, posted to the site's web server."""
    port = free_port()
    site.start(
        *(sys.executable, "-m", "granian", "config.rsgi:application", "--interface", "rsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        log="web.log",
    )
    wait_until(lambda: listening(port), seconds=60)
    for address, mail in provider.mails.items():
        if address not in whom:
            continue
        body = getattr(payloads, name)("delivered", address, mail.metadata)
        headers = {**payloads.headers_for(name, body), "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{port}/hooks/{name}/"
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            assert answer.status == 200


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Story]]:
    """All at the same time: most of it is waiting for a provider that takes its time."""
    folders = [tmp_path_factory.mktemp(name) for name in MOST]
    with ThreadPoolExecutor() as pool:
        yield dict(zip(MOST, pool.map(go_through, folders, MOST), strict=True))


@pytest.mark.parametrize("name", ["brevo", "resend"])
def test_a_lost_call_is_repeated_under_its_key_and_nobody_is_in_doubt_or_gets_it_twice(
    stories: dict[str, Story], name: str
) -> None:
    story = stories[name]
    assert story.found["accepted"] == READERS
    assert set(Counter(story.taken).values()) == {1}
    assert max(Counter(story.keys).values()) > 1, "no call was lost, so nothing is shown"


def test_without_keys_the_calls_that_were_on_their_way_are_in_doubt_and_stay_so(
    stories: dict[str, Story],
) -> None:
    story = stories["mailgun"]
    assert 0 < story.found["in_doubt"] <= KILLS * CALLS * MOST["mailgun"]
    assert story.found["accepted"] + story.found["in_doubt"] == READERS
    agree(story.found, story.taken)


def test_webhooks_resolve_the_doubts_about_whoever_was_taken(stories: dict[str, Story]) -> None:
    story = stories["mailgun"]
    arrived = story.found.those("in_doubt") & set(story.taken)
    assert arrived, "no call arrived, so nothing is shown"
    assert story.after_webhooks.those("delivered") == arrived
    assert story.after_webhooks.those("in_doubt") == story.found.those("in_doubt") - arrived
