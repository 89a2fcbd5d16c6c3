"""A provider's batch calls, through anymail's Mailgun backend to a local fake of Mailgun.

The whole machine with PostgreSQL and Redis. Recipients a second and core are recipients by the
seconds of CPU that the worker needed; with slow answers it is the rate of one process.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_esp.py

DATABASE_URL and REDIS_URL name the services.
"""

from collections.abc import Callable

from tests.benchmarks.measuring import Figures, median, say, sized
from tests.benchmarks.sinks import fake_esp
from tests.benchmarks.worker import Bench, Run
from tests.fake_esp import email_url

READERS = sized(small=10_000, full=100_000)
ROUNDS = sized(small=1, full=3)
LATENCY = 0.3
CONNECTIONS = 16
LEAST_A_CORE = sized(small=3_000, full=15_000)
LEAST_WITH_SLOW_ANSWERS = sized(small=1_500, full=10_000)


def rounds(site: Bench, latency: float, options: str, figure: Callable[[Run], float]) -> float:
    newsletter = site.newsletter(READERS)
    with fake_esp(site.folder, latency=latency) as port:
        url = email_url("mailgun", port, options)
        return median(figure(one_run(site, newsletter, url)) for _ in range(ROUNDS))


def one_run(site: Bench, newsletter: str, url: str) -> Run:
    with site.idle_worker(url) as worker:
        run = worker.mail(site.post(newsletter))
    say(f"  passalong {run}   {run.readers / run.cpu:8,.0f}/s and core")
    return run


def test_a_core_hands_many_recipients_to_a_provider(with_services: Bench) -> None:
    say(f"\nMailgun's batch calls to a local fake, {READERS:,} recipients:")
    a_core = rounds(with_services, 0.0, "", lambda run: run.readers / run.cpu)
    with Figures() as figures:
        figures.at_least("recipients a second and core", a_core, LEAST_A_CORE)


def test_slow_answers_do_not_slow_down_a_process(with_services: Bench) -> None:
    say(
        f"\nMailgun's batch calls answered after {LATENCY * 1000:.0f} ms, {CONNECTIONS} at a time, "
        f"{READERS:,} recipients:"
    )
    rate = rounds(with_services, LATENCY, f"&connections={CONNECTIONS}", lambda run: run.rate)
    with Figures() as figures:
        figures.at_least("recipients a second from one process", rate, LEAST_WITH_SLOW_ANSWERS)
