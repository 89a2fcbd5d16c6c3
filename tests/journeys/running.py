"""A real `manage.py up` as a process of its own, as a person would start it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import psycopg

from tests.processes import family, runs
from tests.sink import free_port
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
# What the test run itself set, or the person who runs it, must not reach the site under test.
OURS = ("DATABASE_URL", "REDIS_URL", "SITE_URL", "EMAIL_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE")
START_SECONDS = 240.0  # machines that run tests are busy


@dataclass
class Up:
    """One start of `manage.py up --json`."""

    process: subprocess.Popen[bytes]
    screen: Path

    def wait_until_ready(self) -> dict[str, Any]:
        """The addresses, as the last line says them to programs."""
        assert until(lambda: self.answer() or self.process.poll() is not None, START_SECONDS)
        answer = self.answer()
        assert answer, self.text()
        return answer

    def answer(self) -> dict[str, Any]:
        for line in self.text().splitlines():
            if line.startswith("{") and line.endswith("}"):
                return dict(json.loads(line))
        return {}

    def text(self) -> str:
        return self.screen.read_text()

    def children(self) -> dict[int, str]:
        return family(self.process.pid)

    def end(self, number: int) -> int:
        """Send it a signal, and wait until it and all it started have ended."""
        children = self.children()
        self.process.send_signal(number)
        code = self.process.wait(60)
        assert until(lambda: not any(map(runs, children))), children
        return code


class Site:
    """A folder, a port and an environment: what one site is."""

    def __init__(self, folder: Path, services: dict[str, str]) -> None:
        self.folder, self.port = folder, free_port()
        self.data = folder / "data"
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env = {**kept, **services, "DATA_DIR": str(self.data)}
        self._starts = 0

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    @contextmanager
    def up(self, *arguments: str) -> Iterator[Up]:
        """Start it, and leave nothing behind."""
        self._starts += 1
        screen = self.folder / f"screen-{self._starts}"
        with screen.open("wb") as output:
            process = self._start(output, "up", "--json", "--port", str(self.port), *arguments)
        started = Up(process, screen)
        try:
            yield started
        finally:
            if process.poll() is None:
                started.end(15)

    def _start(self, output: IO[bytes], *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """The database and broker for one site: embedded, or of the servers this test run uses."""
    found = {}
    if redis := os.environ.get("REDIS_URL"):
        # Beside that of the process that runs this test, which has one of the first.
        beside = int(urlsplit(redis).path.strip("/") or 0) + 8
        found["REDIS_URL"] = urlsplit(redis)._replace(path=f"/{beside}").geturl()
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield found
        return
    name = f"journey_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {**found, "DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl()}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
