"""The embedded default, SQLite and no Redis: against PostgreSQL with Redis, and a bare loop.

To `smtp-sink` the two take turns. To the outbox it is compared with a loop that writes the same
bytes to the same folders in the same way, beside and renamed, and does nothing else.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_embedded.py

DATABASE_URL and REDIS_URL name the services.
"""

import os
import shutil
import time
from pathlib import Path

from tests.benchmarks.measuring import Figures, median, say, sized
from tests.benchmarks.sinks import smtp_sink
from tests.benchmarks.worker import Bench, Run

READERS = sized(small=3_000, full=50_000)
FILES = sized(small=2_000, full=20_000)
ROUNDS = sized(small=1, full=3)
CONNECTIONS = 8
LEAST_OF_SERVED = sized(small=0.1, full=0.4)
LEAST_OF_BARE = sized(small=0.05, full=0.5)


def mailed(site: Bench, newsletter: str, url: str) -> Run:
    with site.idle_worker(url) as worker:
        return worker.mail(site.post(newsletter))


def test_without_services_most_of_the_rate_is_left(embedded: Bench, with_services: Bench) -> None:
    say(f"\nEmbedded beside PostgreSQL and Redis, to smtp-sink, {READERS:,} recipients:")
    ratios = []
    ours, theirs = embedded.newsletter(READERS), with_services.newsletter(READERS)
    with smtp_sink() as port:
        url = f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}"
        for _ in range(ROUNDS):
            plain, served = mailed(embedded, ours, url), mailed(with_services, theirs, url)
            ratios.append(plain.rate / served.rate)
            say(f"  embedded {plain}   with services {served}   ratio {ratios[-1]:.2f}")
    with Figures() as figures:
        figures.at_least(
            "rate, as a ratio to the one with services", median(ratios), LEAST_OF_SERVED
        )


def test_the_outbox_is_not_much_slower_than_writing_files(embedded: Bench) -> None:
    say(f"\nEmbedded, to the outbox, {FILES:,} recipients:")
    ratios = []
    newsletter = embedded.newsletter(FILES)
    for _ in range(ROUNDS):
        run = mailed(embedded, newsletter, "outbox:")
        outbox = embedded.folder / "var" / "outbox"
        bare = bare_rate(outbox, embedded.folder / "bare")
        ratios.append(run.rate / bare)
        say(f"  passalong {run}   bare loop {bare:8,.0f}/s   ratio {ratios[-1]:.2f}")
        shutil.rmtree(outbox)
    with Figures() as figures:
        figures.at_least("rate, as a ratio to the bare loop", median(ratios), LEAST_OF_BARE)


def bare_rate(outbox: Path, folder: Path) -> float:
    """Files a second; all that ours wrote are written again, from memory."""
    files = [(name, (outbox / "new" / name).read_bytes()) for name in os.listdir(outbox / "new")]
    assert len(files) == FILES
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(parents=True)
    began = time.perf_counter()
    for name, content in files:
        draft = os.path.join(folder, "tmp", name)
        with open(draft, "wb") as file:
            file.write(content)
        os.replace(draft, os.path.join(folder, "new", name))
    took = time.perf_counter() - began
    shutil.rmtree(folder)
    return FILES / took
