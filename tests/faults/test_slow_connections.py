"""Two hundred connections that send a byte and wait, or ask for a picture and do not take it.

Everybody else must notice nothing, wherever the site runs: `up`, granian with two workers, Caddy
as it is shipped, and nginx, which may or may not read a whole request before it passes it on.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.benchmarks.measuring import memory, say
from tests.benchmarks.web import get
from tests.faults.site import ROOT, Site, end_group, wait_until
from tests.processes import family
from tests.sink import free_port, listening

SLOW = 200  # connections at a time
# Seconds in which every other reader is answered, also on a busy machine on which 200 pictures
# begin to leave at once. Where slow connections hold threads, nobody is until they hang up.
CALM = 4.0
SOON = 20.0  # seconds after which nobody waits for a body any more
PICTURE = 12_000_000  # bytes: more than any buffer on the way
GROWN = 100.0  # MB that the web processes may grow by while they hold what is not taken
Server = Callable[[Site], AbstractContextManager[int]]  # yields the port that readers ask
NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
  fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{upstream}; proxy_http_version 1.1;
      proxy_set_header Host localhost:8000; proxy_request_buffering {buffering};
      proxy_buffering {buffering};
    }}
  }}
}}
"""
ONE_BYTE = (
    b"POST /subscribe/ HTTP/1.1\r\nHost: localhost:8000\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ne"
)
BIG = b"GET /media/images/big.jpg HTTP/1.1\r\nHost: localhost:8000\r\n\r\n"


@contextmanager
def granian(site: Site) -> Iterator[int]:
    port = free_port()
    web = site.start(
        *(sys.executable, "-m", "granian", "--interface", "rsgi", "--http", "1", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "2"),
        *("--backpressure", "4096", "--http1-buffer-size", "65536", "config.rsgi:application"),
        log="web.log",
    )
    with _answering(port, web):
        yield port


@contextmanager
def up(site: Site) -> Iterator[int]:
    port = free_port()
    program = site.start(
        *(sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port)), log="up.log"
    )
    with _answering(port, program):
        yield port


@contextmanager
def caddy(site: Site) -> Iterator[int]:
    program, port = shutil.which("caddy"), free_port()
    assert program, "caddy is missing: install it"
    with granian(site) as upstream:
        process = site.start(
            *(program, "run", "--config", str(ROOT / "config/deploy/Caddyfile")),
            log="caddy.log",
            more={
                "HOME": str(site.folder),
                "CADDY_ADMIN": "off",
                # The site's own name at a free port, without TLS.
                "SITE_HOST": f"http://localhost:{port}",
                "UPSTREAM": f"127.0.0.1:{upstream}",
            },
        )
        with _answering(port, process):
            yield port


def nginx(buffering: str) -> Server:
    @contextmanager
    def running(site: Site) -> Iterator[int]:
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        folder, port = site.folder / "nginx", free_port()
        folder.mkdir()
        folder.chmod(0o755)
        with granian(site) as upstream:
            config = folder / "nginx.conf"
            config.write_text(
                NGINX.format(folder=folder, port=port, upstream=upstream, buffering=buffering)
            )
            process = site.start(program, "-p", str(folder), "-c", str(config), log="nginx.log")
            with _answering(port, process):
                yield port

    return running


@contextmanager
def _answering(port: int, process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        wait_until(lambda: listening(port), seconds=120)
        wait_until(lambda: get(port, "/healthz").status == 200, seconds=60)
        yield
    finally:
        process.terminate()  # first alone: `up` takes its children along
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        end_group(process)


SERVERS: dict[str, Server] = {
    "up": up,
    "granian": granian,
    "caddy": caddy,
    "nginx": nginx("on"),
    "nginx that does not buffer": nginx("off"),
}
# nginx reads the whole request before it passes it on. Caddy hears our answer at once, and tells it
# when its client goes on or goes away (Go's server can't close a body that it is reading).
KEEP_IT_WAITING = {"nginx", "caddy"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    tmp_path.chmod(0o755)  # nginx's workers are another user's where we are root
    with Site(tmp_path) as made:
        made.manage("prepare")
        pictures = tmp_path / "var" / "media" / "images"
        pictures.mkdir(parents=True)
        (pictures / "big.jpg").write_bytes(os.urandom(PICTURE))
        yield made


@contextmanager
def connections(port: int, request: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        opened = []
        for _ in range(SLOW):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", port))
            one.sendall(request)
            opened.append(one)
        yield opened


class Readers:
    """Others, one after another; how long each waited."""

    def __init__(self, port: int) -> None:
        self._port, self._stop = port, threading.Event()
        self.waited: list[float] = []
        self.failed: list[str] = []
        self._thread = threading.Thread(target=self._read)

    def _read(self) -> None:
        while not self._stop.is_set():
            for path in ("/", "/healthz", "/subscribe/", "/search/?q=rest"):
                began = time.monotonic()
                try:
                    status = get(self._port, path).status
                except OSError as error:
                    self.failed.append(f"{path}: {error!r}")
                else:
                    if status != 200:
                        self.failed.append(f"{path}: {status}")
                self.waited.append(time.monotonic() - began)
            self._stop.wait(0.05)

    def __enter__(self) -> "Readers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


@pytest.mark.parametrize("name", SERVERS)
def test_other_readers_notice_nothing(site: Site, name: str) -> None:
    with SERVERS[name](site) as port:
        get(port, "/"), get(port, "/search/?q=rest")
        with connections(port, ONE_BYTE) as senders, Readers(port) as beside_senders:
            time.sleep(6)
            refused = [] if name in KEEP_IT_WAITING else [_answer(one) for one in senders]
        before = _memory(site)
        with connections(port, BIG), Readers(port) as beside_readers:
            time.sleep(6)
            grown = _memory(site) - before
        for readers, whom in ((beside_senders, "senders"), (beside_readers, "takers")):
            say(
                f"\n{name}: {len(readers.waited)} readers beside {SLOW} slow {whom}, "
                f"the slowest waited {max(readers.waited) * 1000:.0f} ms"
            )
        say(f"{name}: {grown:.0f} MB more memory while {SLOW} took nothing of a picture")
        assert beside_senders.failed == beside_readers.failed == []
        assert max(beside_senders.waited) < CALM
        assert max(beside_readers.waited) < CALM
        assert set(refused) <= {b"HTTP/1.1 408"}
        assert grown < GROWN


def _answer(connection: socket.socket) -> bytes:
    connection.settimeout(SOON)
    return connection.recv(12)


def _memory(site: Site) -> float:
    """Megabytes that the site's web processes hold."""
    processes = {one.pid: "" for one in site.processes if one.poll() is None}
    for process in list(processes):
        processes |= family(process)
    return sum(memory(pid) for pid, command in processes.items() if "celery" not in command)
