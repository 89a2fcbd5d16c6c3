"""A mail server 20 ms away, 200 connections: against `smtplib` with as many, a thread for each.

The distance is a proxy that holds every byte back for half a round trip, however many are on
their way. A short mail, so that two cores suffice for the proxy and the sink beside the worker.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_round_trip.py

DATABASE_URL and REDIS_URL name the services.
"""

from tests.benchmarks.measuring import Figures, median, say, sized
from tests.benchmarks.sinks import delayed, smtp_sink, smtplib_rate
from tests.benchmarks.worker import SHORT, Bench

READERS = sized(small=10_000, full=100_000)
THEIRS = sized(small=3_000, full=20_000)  # a rate needs no more
ROUNDS = sized(small=1, full=3)
CONNECTIONS = 200
ROUND_TRIP = 0.02
LEAST_RATIO = sized(small=0.8, full=3.5)


def one_round(site: Bench, newsletter: str, port: int) -> float:
    url = f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}"
    with site.idle_worker(url) as worker:
        ours = worker.mail(site.post(newsletter, paragraphs=SHORT))
    mail = site.mail_of(ours)
    theirs = smtplib_rate(port, mail=mail, messages=THEIRS, connections=CONNECTIONS)
    ratio = ours.rate / theirs
    say(
        f"  passalong {ours}   smtplib {theirs:8,.0f}/s   ratio {ratio:.2f}   "
        f"mail of {mail.stat().st_size / 1000:.1f} KB"
    )
    return ratio


def test_far_away_a_worker_is_several_times_as_fast_as_smtplib(with_services: Bench) -> None:
    say(
        f"\nSMTP over a round trip of {ROUND_TRIP * 1000:.0f} ms, {CONNECTIONS} connections, "
        f"{READERS:,} recipients:"
    )
    newsletter = with_services.newsletter(READERS)
    with smtp_sink() as sink, delayed(sink, round_trip=ROUND_TRIP) as port:
        ratios = [one_round(with_services, newsletter, port) for _ in range(ROUNDS)]
    with Figures() as figures:
        figures.at_least("rate, as a ratio to smtplib", median(ratios), LEAST_RATIO)
