"""What a hundred times as many readers cost a worker: memory, and CPU for each of them.

PostgreSQL and Redis, a short mail to a sink that does as little as the protocol allows. A run of
the few readers and one of the many take turns, each with a fresh worker that has mailed once.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_growth.py

DATABASE_URL and REDIS_URL name the services. GROWTH_MANY and GROWTH_ROUNDS take other numbers.
"""

import os
from dataclasses import dataclass

from tests.benchmarks.measuring import Figures, median, memory, say, sized, wait_until_idle
from tests.benchmarks.sinks import fast_sink
from tests.benchmarks.worker import SHORT, Bench, Run

FEW = sized(small=1_000, full=10_000)
MANY = int(os.environ.get("GROWTH_MANY", sized(small=10_000, full=1_000_000)))
ROUNDS = int(os.environ.get("GROWTH_ROUNDS", sized(small=1, full=3)))
CONNECTIONS = 8
MOST_GROWN_MB = 40.0
MOST_MEMORY = sized(small=1.3, full=1.1)  # of the many, as a ratio to that of the few
MOST_CPU = sized(small=2.0, full=1.1)


@dataclass(frozen=True)
class Grown:
    run: Run
    idle: float  # MB, before it ever mailed

    @property
    def grown(self) -> float:
        return self.run.peak - self.idle


def measure(site: Bench, newsletter: str, warm_up: str, port: int) -> Grown:
    with site.idle_worker(f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}") as worker:
        wait_until_idle(worker.pid)
        idle = memory(worker.pid)
        # What is loaded and opened once would otherwise be the few readers' share alone.
        worker.mail(site.post(warm_up, paragraphs=SHORT))
        run = worker.mail(site.post(newsletter, paragraphs=SHORT))
    grown = Grown(run, idle)
    say(f"  {run.readers:9,} readers {run}   {grown.grown:4.0f} MB above idle")
    return grown


def test_memory_and_cpu_a_reader_stay_with_many_more_readers(
    with_services: Bench,
) -> None:
    say(f"\nA mailing to {MANY:,} beside one to {FEW:,}, {ROUNDS} rounds:")
    site = with_services
    warm_up, few, many = (site.newsletter(number) for number in (500, FEW, MANY))
    with fast_sink() as port:
        rounds = [
            (measure(site, few, warm_up, port), measure(site, many, warm_up, port))
            for _ in range(ROUNDS)
        ]
    grown = median(large.grown for _, large in rounds)
    peaks = median(large.run.peak / small.run.peak for small, large in rounds)
    cpu = median(large.run.micros / small.run.micros for small, large in rounds)
    with Figures() as figures:
        figures.at_most("MB above the idle worker", grown, MOST_GROWN_MB)
        figures.at_most("peak memory, as a ratio to that with few readers", peaks, MOST_MEMORY)
        figures.at_most("CPU a reader, as a ratio to that with few readers", cpu, MOST_CPU)
