"""What is mailed to, and what we are measured against: Postfix's own pair, and our cheap ones."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measuring import MICRO
from tests.faults.site import ROOT, wait_until
from tests.sink import free_port, listening

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian keeps them


@contextmanager
def running(*command: str, port: int) -> Iterator[int]:
    """A server of its own process, from when it listens to the end of the block."""
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PATH": PATH})
    try:
        wait_until(lambda: listening(port), seconds=20)
        yield port
    finally:
        process.kill()
        process.wait()


@contextmanager
def smtp_sink() -> Iterator[int]:
    """Postfix's: one thread of C that takes everything. As root it wants to be told to stay so."""
    port = free_port()
    as_root = ("-u", "root") if os.geteuid() == 0 else ()
    with running("smtp-sink", *as_root, f"127.0.0.1:{port}", "1024", port=port):
        yield port


@contextmanager
def fast_sink() -> Iterator[int]:
    port = free_port()
    with running(sys.executable, "-m", "tests.benchmarks.fast_sink", str(port), port=port):
        yield port


@contextmanager
def delayed(to: int, *, round_trip: float) -> Iterator[int]:
    """A port that leads to another one, as far away as that."""
    port = free_port()
    command = (sys.executable, "-m", "tests.benchmarks.delay", str(port), str(to), str(round_trip))
    with running(*command, port=port):
        yield port


@contextmanager
def fake_esp(folder: Path, *, latency: float = 0.0) -> Iterator[int]:
    port = free_port()
    command = (sys.executable, "-m", "tests.fake_esp", "--port", str(port))
    options = ("--log", str(folder / f"esp-{port}.log"), "--latency", str(latency))
    with running(*command, *options, port=port):
        yield port


def smtp_source(port: int, *, mail: Path, messages: int, connections: int) -> tuple[float, float]:
    """Postfix's client sends the same mail over as many connections: messages a second, and its
    CPU for each, in millionths of a second."""
    command = ("smtp-source", "-d", "-s", str(connections), "-m", str(messages), "-F", str(mail))
    addresses = ("-f", "ada@letters.example", "-t", "r1@example.org")
    began, before = time.perf_counter(), _cpu_of_children()
    subprocess.run(
        (*command, *addresses, f"127.0.0.1:{port}"),
        env={**os.environ, "PATH": PATH},
        check=True,
        timeout=600,
    )
    cpu = _cpu_of_children() - before
    return messages / (time.perf_counter() - began), cpu / messages * MICRO


def _cpu_of_children() -> float:
    """Seconds, user and system, of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def smtplib_rate(port: int, *, mail: Path, messages: int, connections: int) -> float:
    """Python's client, a thread a connection; messages a second once all are connected."""
    command = (sys.executable, "-m", "tests.benchmarks.smtplib_peer", str(port), str(mail))
    done = subprocess.run(
        (*command, str(messages), str(connections)),
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=600,
    )
    return messages / float(done.stdout)
