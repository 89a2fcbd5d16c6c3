"""A site whose worker is measured: its readers, its mailings, and what each cost."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.benchmarks.measuring import (
    MICRO,
    cpu_seconds,
    forget_peak,
    memory,
    sized,
    wait_until_idle,
)
from tests.benchmarks.readers import make_readers
from tests.faults.site import ROOT, Site, end_group, wait_until

PROSE = "Rest is not the opposite of getting somewhere. It is how we get there."
LONGEST = sized(small=90.0, full=900.0)  # seconds for a mailing
LONG, SHORT = 29, 3  # paragraphs: a mail of about 30 KB, and one that says little
EMBEDDED = {"DATABASE_URL": "", "REDIS_URL": ""}
SETTLED = "SELECT state FROM posts_mailing WHERE id = {}"
TIMES = (
    "SELECT e.at, m.finished_at, m.candidates FROM posts_mailing m"
    " JOIN posts_mailingevent e ON e.mailing_id = m.id AND e.action = 'started' WHERE m.id = {}"
)
ACCEPTED = "SELECT count(*) FROM posts_delivery WHERE mailing_id = {} AND state = 2"


@dataclass(frozen=True)
class Run:
    """One mailing: from the commit that started it to the one that finished it."""

    slug: str
    readers: int
    seconds: float
    cpu: float  # of the worker, in seconds
    peak: float  # MB

    @property
    def rate(self) -> float:
        return self.readers / self.seconds

    @property
    def micros(self) -> float:
        """Worker CPU a recipient, in millionths of a second."""
        return self.cpu / self.readers * MICRO

    def __str__(self) -> str:
        return f"{self.rate:8,.0f}/s  {self.micros:6.1f} µs of worker CPU  {self.peak:4.0f} MB"


def served() -> dict[str, str]:
    """Where the services are. A figure of PostgreSQL and Redis cannot be had without them."""
    found = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    assert found["DATABASE_URL"].startswith("postgres"), "set DATABASE_URL to a PostgreSQL"
    assert found["REDIS_URL"], "set REDIS_URL"
    return found


class Bench(Site):
    """Commands run with the outbox in sight; each worker is told its own way out."""

    _numbers = count(1)

    def query(self, statement: str) -> list[Any]:
        """Past Django, so that looking costs the measured machine next to nothing."""
        if self.on_postgresql:
            return self._connection.execute(statement.encode()).fetchall()
        with closing(sqlite3.connect(self._file, timeout=30)) as connection, connection:
            return connection.execute(statement).fetchall()

    @property
    def on_postgresql(self) -> bool:
        return self._server.startswith("postgres")

    @property
    def _file(self) -> Path:
        return self.folder / "var" / "passalong.sqlite3"

    @cached_property
    def _connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.environment["DATABASE_URL"], autocommit=True)

    def __exit__(self, *error: Any) -> None:
        if "_connection" in self.__dict__:
            self._connection.close()
        super().__exit__(*error)

    # --- What is mailed to whom ---

    def newsletter(self, readers: int) -> str:
        """A newsletter with so many readers; answers its slug."""
        slug = f"letters-{next(self._numbers)}"
        [[number]] = self.query(
            "INSERT INTO subscribers_newsletter (name, slug, description, from_name, from_email,"
            " reply_to, postal_address, rhythm, created_at)"
            f" VALUES ('Letters', '{slug}', '', 'Ada Fern',"
            " 'ada@letters.example', '', '1 Quiet Lane, Ghent', '', CURRENT_TIMESTAMP) RETURNING id"
        )
        vendor = "postgresql" if self.on_postgresql else "sqlite"
        make_readers(self._execute, vendor=vendor, newsletter=number, number=readers)
        return slug

    def _execute(self, statement: str) -> None:
        if self.on_postgresql:
            self._connection.execute(statement.encode())
        else:
            self.query(statement)

    def post(self, newsletter: str, *, paragraphs: int = LONG) -> str:
        """A published post; answers its slug."""
        text = self.folder / "post.txt"
        body = "\n\n".join([" ".join([PROSE] * 5)] * paragraphs)
        text.write_text(f"Permission to rest\n\n{body}\n")
        wanted = f"rest-{next(self._numbers)}"
        arguments = (str(text), "--slug", wanted, "--newsletter", newsletter, "--publish")
        return str(self.ask("import_post", *arguments)["slug"])

    def mail_of(self, run: Run) -> Path:
        """What one of its readers got, byte for byte but for its line ends."""
        file = self.folder / "mail.eml"
        command = (sys.executable, "-m", "tests.benchmarks.inside", run.slug, str(file))
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=60)
        return file

    # --- Measuring ---

    @contextmanager
    def idle_worker(self, email_url: str) -> Iterator["Worker"]:
        """A worker that has started up, said that it is there, and waits for work."""
        self.environment["EMAIL_URL"] = email_url
        process = self.start_worker()
        name = f"{socket.gethostname()}:{process.pid}"
        try:
            wait_until(
                lambda: bool(self.query(f"SELECT 1 FROM posts_heartbeat WHERE worker = '{name}'")),
                seconds=60,
            )
            yield Worker(self, process.pid)
        finally:
            end_group(process)


@dataclass(frozen=True)
class Worker:
    bench: Bench
    pid: int

    def mail(self, slug: str, *, seconds: float = LONGEST) -> Run:
        """Start the first mailing of a post, and wait until it is finished."""
        bench = self.bench
        wait_until_idle(self.pid)  # what starting it, or the last mailing, left to do
        forget_peak(self.pid)
        before = cpu_seconds(self.pid)
        mailing = int(bench.ask("send_post", slug)["mailing"])
        until = time.monotonic() + seconds
        while bench.query(SETTLED.format(mailing)) != [("finished",)]:
            assert time.monotonic() < until, f"{bench.report(slug)} after {seconds} s"
            time.sleep(0.05)
        cpu = cpu_seconds(self.pid) - before
        [(began, ended, readers)] = bench.query(TIMES.format(mailing))
        assert bench.query(ACCEPTED.format(mailing)) == [(readers,)], bench.report(slug)
        took = (_moment(ended) - _moment(began)).total_seconds()
        return Run(slug, readers, took, cpu, memory(self.pid, "VmHWM"))


def _moment(value: datetime | str) -> datetime:
    """SQLite has texts. All times are of one clock and zone here."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


@contextmanager
def bench(**environment: str) -> Iterator[Bench]:
    """A site of its own in a folder that is gone afterwards: outboxes are large."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        Bench(Path(folder), **environment) as site,
    ):
        yield site
