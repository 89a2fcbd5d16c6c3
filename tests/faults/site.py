"""A whole site of real processes, in a folder of its own: commands, workers, databases, sinks.

With DATABASE_URL naming PostgreSQL each site gets a database of its own there; with REDIS_URL
its broker is a Redis of its own. Without them, or where a site is made with both empty, all of
it is embedded. A test may name others.
"""

import atexit
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg

from posts.delivery.worker.journal import BOOT_SIZE
from tests.faults.services import Redis
from tests.sink import TAKEN, listening

ROOT = Path(__file__).resolve().parents[2]
POST = """Resting before you have to

Some days the smallest errand takes all there is.

Why rest feels like losing
Rest is not the opposite of getting somewhere. It is part of how we get there.

—Mara
"""


@dataclass
class SinkLog:
    """What a mail server wrote down; called, whom it took a mail for, once for each time."""

    file: Path
    _read: int = 0
    _lines: list[str] = field(default_factory=list)

    def __call__(self) -> list[str]:
        return self.of(TAKEN)

    def of(self, word: str) -> list[str]:
        return [line[len(word) + 1 :] for line in self._all() if line.startswith(f"{word} ")]

    def _all(self) -> list[str]:
        """Read on from where we were: a hundred thousand lines are asked for many times."""
        with self.file.open() as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind("\n") + 1]
        self._read += len(whole)  # ASCII
        self._lines += whole.splitlines()
        return self._lines


class Site:
    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",  # not the tests own
            "DATA_DIR": str(folder / "var"),
            "SECRET_KEY": "faults only",
            "SITE_URL": "http://localhost:8000",
            "EMAIL_URL": "outbox:",
            **environment,
        }
        self._redis: Redis | None = None
        if "REDIS_URL" in os.environ and "REDIS_URL" not in environment:
            # One for each site: workers of two at the same broker would take each other's tasks.
            self._redis = Redis()
            self.environment["REDIS_URL"] = self._redis.url
        self._clerk: subprocess.Popen[bytes] | None = None
        self._server = self.environment.get("DATABASE_URL", "")
        self._database = f"faults_{uuid.uuid4().hex[:12]}"

    # --- Setting up and clearing away ---

    def __enter__(self) -> Self:
        (self.folder / "var").mkdir(parents=True, exist_ok=True)
        if self._redis is not None:
            self._redis.start()
        if self._own_server():
            _sql(self._server, f"CREATE DATABASE {self._database}")
            self.environment["DATABASE_URL"] = _named(self._server, self._database)
            self.manage("migrate", "--verbosity", "0")
            return self
        template = migrated(self._server)
        if self._server.startswith("postgres"):
            _sql(self._server, f"CREATE DATABASE {self._database} TEMPLATE {template}")
            self.environment["DATABASE_URL"] = _named(self._server, self._database)
        else:
            shutil.copy(template, self.folder / "var" / "passalong.sqlite3")
        return self

    def _own_server(self) -> bool:
        """One that the test started, and will end before any template in it could be dropped."""
        on_postgresql = self._server.startswith("postgres")
        return on_postgresql and self._server != os.environ.get("DATABASE_URL", "")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes:
            end_group(process)
        if self._clerk is not None:
            for pipe in (self._clerk.stdin, self._clerk.stdout):
                assert pipe is not None
                pipe.close()
        if self._redis is not None:
            self._redis.end()
        if self._server.startswith("postgres"):
            _sql(self._server, f"DROP DATABASE IF EXISTS {self._database} WITH (FORCE)")

    # --- Commands ---

    def manage(self, *arguments: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if ok:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def run(self, *arguments: str) -> str:
        """A command that must succeed, in a process that stays for the next: it starts slowly."""
        if self._clerk is None:
            self._clerk = self.start(
                *(sys.executable, "-m", "tests.faults.clerk"), log="clerk.log", talks=True
            )
        asked, answers = self._clerk.stdin, self._clerk.stdout
        assert asked is not None
        assert answers is not None
        asked.write(json.dumps(arguments).encode() + b"\n")
        asked.flush()
        line = answers.readline()
        assert line, (self.folder / "clerk.log").read_text()
        answer = json.loads(line)
        assert answer["code"] == 0, answer["said"]
        return str(answer["said"])

    def ask(self, *arguments: str) -> dict[str, Any]:
        """The JSON with which a command ends."""
        answer: dict[str, Any] = json.loads(self.run(*arguments, "--json").splitlines()[-1])
        return answer

    def prepare(self, readers: int) -> str:
        """A published post and `readers` subscribers; answers the slug."""
        people = self.folder / "people.csv"
        rows = [f"reader{number}@example.org" for number in range(readers)]
        people.write_text("email\n" + "\n".join(rows) + "\n")
        text = self.folder / "post.txt"
        text.write_text(POST)
        slug = str(self.ask("import_post", str(text), "--publish")["slug"])
        self.run("import_subscribers", str(people), "--confirmed", "--source", "faults")
        return slug

    def start(
        self, *command: str, log: str, talks: bool = False, more: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """`more`: what this process finds in its environment besides."""
        with (self.folder / log).open("ab") as file:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment, **(more or {})},
                stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE if talks else file,
                stderr=file,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_worker(
        self, *options: str, beat: bool = True, more: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        options = (*options, "-B") if beat else options
        return self._celery("worker", *options, log="worker.log", more=more)

    def start_beat(self, *options: str, more: Mapping[str, str] | None = None) -> None:
        self._celery("beat", *options, log="beat.log", more=more)

    def _celery(
        self, what: str, *options: str, log: str, more: Mapping[str, str] | None
    ) -> subprocess.Popen[bytes]:
        command = (sys.executable, "-m", "celery", "-A", "config", what, *options)
        return self.start(*command, "--loglevel", "WARNING", log=log, more=more)

    # --- Looking ---

    def start_sink(self, port: int, *, rate: float = 0.0, options: Sequence[str] = ()) -> SinkLog:
        """A mail server of its own process. Answers what it says to whom."""
        log = self.folder / "sink.log"
        self.start(
            *(sys.executable, "-m", "tests.sink", "--port", str(port)),
            *("--log", str(log), "--rate", str(rate), *options),
            log="sink.out",
        )
        wait_until(lambda: log.exists() and listening(port), seconds=20)
        return SinkLog(log)

    def outbox(self) -> list[str]:
        folder = self.folder / "var" / "outbox" / "new"
        return os.listdir(folder) if folder.exists() else []

    def journaled(self) -> int:
        """Bytes that the workers have noted of attempts and answers not yet in the ledger."""
        files = (self.folder / "var" / "journal").glob("*.journal")
        return sum(file.stat().st_size - BOOT_SIZE for file in files)

    def report(self, slug: str) -> dict[str, Any]:
        return self.ask("mailing", slug)

    def count(self, table: str) -> int:
        """Rows that are committed."""
        return int(self.select(f"SELECT count(*) FROM {table}")[0][0])

    def select(self, statement: str) -> list[tuple[Any, ...]]:
        """What is committed."""
        if url := self.environment.get("DATABASE_URL"):
            with psycopg.connect(url) as connection:
                return connection.execute(statement.encode()).fetchall()
        file = sqlite3.connect(self.folder / "var" / "passalong.sqlite3", timeout=30)
        with contextlib.closing(file):
            return file.execute(statement).fetchall()


@cache
def migrated(server: str) -> str:
    """An empty site's database to copy from, made once: its name, or the file of SQLite.

    Whoever runs several of us at a time has made one for all, and names it in FAULTS_TEMPLATE.
    """
    if server.startswith("postgres") and (given := os.environ.get("FAULTS_TEMPLATE")):
        return given
    folder = Path(tempfile.mkdtemp(prefix="faults-template-"))
    atexit.register(shutil.rmtree, folder)
    environment = Site(folder, DATA_DIR=str(folder), DATABASE_URL=server, REDIS_URL="").environment
    name = f"faults_template_{uuid.uuid4().hex[:8]}"
    if server.startswith("postgres"):
        _sql(server, f"CREATE DATABASE {name}")
        atexit.register(_sql, server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        environment["DATABASE_URL"] = _named(server, name)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return name if server.startswith("postgres") else str(folder / "passalong.sqlite3")


def _named(server: str, database: str) -> str:
    return urlsplit(server)._replace(path=f"/{database}").geturl()


def _sql(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def wait_until(true: Callable[[], bool], *, seconds: float, every: float = 0.02) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"nothing happened for {seconds} s"
        time.sleep(every)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9, of exactly this process."""
    process.kill()
    process.wait()


def end_group(process: subprocess.Popen[bytes]) -> None:
    """The process and what it started (a worker's beat outlives its kill -9)."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def busy(deliveries: Mapping[str, int]) -> int:
    return sum(deliveries[state] for state in ("waiting", "attempting", "retrying"))


def finish(site: Site, slug: str, *, seconds: float = 90) -> None:
    """Wait until the mailing is finished."""
    wait_until(lambda: site.report(slug)["state"] == "finished", seconds=seconds, every=0.5)
