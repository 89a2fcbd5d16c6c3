"""A PostgreSQL, a Redis and an smtp-sink of a test's own, to be stopped and started as it likes."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import redis

from tests.sink import free_port, listening

USER = "passalong"


def postgres_program(name: str) -> str:
    """Debian keeps them off the path, one folder per version."""
    found = shutil.which(name)
    if found is None:
        folders = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
        found = str(max(folders, key=lambda path: float(path.parts[4]), default=""))
    assert found, f"{name} is missing: install PostgreSQL"
    return found


class Service(ABC):
    """One server process on a free port, in a folder that is removed with it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="faults-service-"))
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @abstractmethod
    def who(self) -> dict[str, Any]:
        """As which user it runs; empty: as we do."""

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, start_new_session=True, **self.who()
            )
        until = time.monotonic() + 30
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, "it does not answer"
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's fast shutdown: whoever is connected is cut off."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(timeout=30)
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


class Redis(Service):
    """It keeps nothing on disk: started again it is empty."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def who(self) -> dict[str, Any]:
        return {}

    def command(self) -> list[str]:
        server = shutil.which("redis-server")
        assert server, "redis-server is missing: install it"
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        return [server, *where, "--save", "", "--appendonly", "no"]

    def answers(self) -> bool:
        return listening(self.port)

    def flush(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def waiting(self) -> int:
        """Workers that wait for something to do."""
        with redis.Redis(port=self.port) as client:
            return sum(each["cmd"] == "brpop" for each in client.client_list())


class Postgres(Service):
    """It refuses to run as root: there it is the user `postgres` that Debian makes."""

    def __init__(self) -> None:
        super().__init__()
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        subprocess.run(
            [
                *(postgres_program("initdb"), "-D", str(self.folder / "data"), "-U", USER),
                *("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            **self.who(),
        )

    @property
    def url(self) -> str:
        return f"postgres://{USER}@127.0.0.1:{self.port}/postgres"

    def who(self) -> dict[str, Any]:
        if os.getuid() != 0:
            return {}
        return {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": self.folder}

    def command(self) -> list[str]:
        # As a site would run it: what was committed survives, whatever happens to the process.
        return [
            *(postgres_program("postgres"), "-D", str(self.folder / "data")),
            *("-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"),
        ]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def smtp_sink(*options: str) -> Iterator[int]:
    """The port of an smtp-sink with these options; it takes, counts and forgets."""
    program = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "this test needs Postfix's smtp-sink: install postfix"
    port = free_port()
    user = ["-u", pwd.getpwuid(0).pw_name] if os.geteuid() == 0 else []
    sink = subprocess.Popen([program, *user, *options, f"127.0.0.1:{port}", "1000"])
    try:
        until = time.monotonic() + 10
        while not listening(port):
            assert time.monotonic() < until, "it does not answer"
            time.sleep(0.05)
        yield port
    finally:
        sink.terminate()
        sink.wait()
