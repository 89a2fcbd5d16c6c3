"""The proxy itself: a figure over a distance is worth what the distance is worth.

BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_delay.py
"""

import smtplib
import socket
import time

from tests.benchmarks.sinks import delayed, fast_sink

ROUND_TRIP = 0.1


def test_every_answer_takes_a_round_trip() -> None:
    with (
        fast_sink() as sink,
        delayed(sink, round_trip=ROUND_TRIP) as port,
        smtplib.SMTP("127.0.0.1", port, local_hostname="benchmark.example") as client,
    ):
        began = time.perf_counter()
        for _ in range(3):
            client.noop()
        took = time.perf_counter() - began
    assert took >= 3 * ROUND_TRIP * 0.98


def test_what_is_written_together_arrives_together() -> None:
    with (
        fast_sink() as sink,
        delayed(sink, round_trip=ROUND_TRIP) as port,
        socket.create_connection(("127.0.0.1", port)) as client,
        client.makefile("rb") as answers,
    ):
        answers.readline()
        began = time.perf_counter()
        for _ in range(20):
            client.sendall(b"NOOP\r\n")
            time.sleep(0.001)
        for _ in range(20):
            answers.readline()
        took = time.perf_counter() - began
    assert ROUND_TRIP * 0.98 <= took < 10 * ROUND_TRIP


def test_whoever_hangs_up_early_holds_up_nobody() -> None:
    with fast_sink() as sink, delayed(sink, round_trip=0.02) as port:
        for _ in range(20):
            socket.create_connection(("127.0.0.1", port)).close()
        with smtplib.SMTP("127.0.0.1", port, timeout=10, local_hostname="a.example") as client:
            assert client.noop()[0] == 250
