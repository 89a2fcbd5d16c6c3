"""A whole site of real processes, in a folder of its own: commands, workers, databases, sinks.

With DATABASE_URL naming PostgreSQL each site gets a database of its own there; with REDIS_URL
its broker is that Redis. Without them all of it is embedded.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
POST = """Resting before you have to

Some days the smallest errand takes all there is.

Why rest feels like losing
Rest is not the opposite of getting somewhere. It is part of how we get there.

—Mara
"""


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
        self._server = os.environ.get("DATABASE_URL", "")
        self._database = f"faults_{uuid.uuid4().hex[:12]}"

    # --- Setting up and clearing away ---

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._server.startswith("postgres"):
            self._sql(f"CREATE DATABASE {self._database}")
            base = urlsplit(self._server)._replace(path=f"/{self._database}")
            self.environment["DATABASE_URL"] = base.geturl()
        self.manage("migrate", "--verbosity", "0")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes:
            self._end_group(process)
        if self._server.startswith("postgres"):
            self._sql(f"DROP DATABASE IF EXISTS {self._database} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)

    @staticmethod
    def _end_group(process: subprocess.Popen[bytes]) -> None:
        """The process and what it started (a worker's beat outlives its kill -9)."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

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

    def ask(self, *arguments: str) -> dict[str, Any]:
        """The JSON with which a command ends."""
        lines = self.manage(*arguments, "--json").stdout.strip().splitlines()
        answer: dict[str, Any] = json.loads(lines[-1])
        return answer

    def prepare(self, readers: int) -> str:
        """A published post and `readers` subscribers; answers the slug."""
        people = self.folder / "people.csv"
        rows = [f"reader{number}@example.org" for number in range(readers)]
        people.write_text("email\n" + "\n".join(rows) + "\n")
        text = self.folder / "post.txt"
        text.write_text(POST)
        slug = str(self.ask("import_post", str(text), "--publish")["slug"])
        self.manage("import_subscribers", str(people), "--confirmed", "--source", "faults")
        return slug

    def start(self, *command: str, log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("ab") as file:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_worker(self, *options: str) -> subprocess.Popen[bytes]:
        return self.start(
            *(sys.executable, "-m", "celery", "-A", "config", "worker", "-B", *options),
            *("--loglevel", "WARNING"),
            log="worker.log",
        )

    # --- Looking ---

    def outbox(self) -> list[str]:
        folder = self.folder / "var" / "outbox" / "new"
        return os.listdir(folder) if folder.exists() else []

    def report(self, slug: str) -> dict[str, Any]:
        return self.ask("mailing", slug)


def wait_until(true: Callable[[], bool], *, seconds: float, every: float = 0.02) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"nothing happened for {seconds} s"
        time.sleep(every)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9, of exactly this process."""
    process.kill()
    process.wait()


def busy(deliveries: Mapping[str, int]) -> int:
    return sum(deliveries[state] for state in ("waiting", "attempting", "retrying"))
