"""Two web servers with two processes each, ours and nginx, and `wrk`, which asks them."""

import http.client
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.worker import Bench
from tests.faults.site import end_group, wait_until
from tests.sink import free_port, listening

HOST = "localhost:8000"  # of the site's SITE_URL, whatever the port
HEADERS = {"Host": HOST, "Accept-Encoding": "gzip, br"}
WORKERS = THREADS = 2
# Said by the server itself, or about the connection.
_OF_THE_SERVER = {"content-length", "content-type", "date", "server", "connection", "etag"}
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}  # in milliseconds
NGINX = """
worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; open_file_cache max=10; keepalive_requests 1000000000;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{
    listen 127.0.0.1:{port}; root {folder}/www; default_type "text/html; charset=utf-8";
    {headers}
  }}
}}
"""


@dataclass(frozen=True)
class Load:
    """What wrk says."""

    rate: float  # requests a second
    p50: float  # milliseconds
    p99: float
    failed: int

    def __str__(self) -> str:
        return f"{self.rate:8,.0f}/s  p50 {self.p50:5.2f} ms  p99 {self.p99:6.2f} ms"


@dataclass(frozen=True)
class Page:
    status: int
    headers: dict[str, str]
    body: bytes


@contextmanager
def granian(site: Bench, renders: Path) -> Iterator[int]:
    """The site served as README says; answers the port."""
    port = free_port()
    process = site.start(
        *(sys.executable, "-m", "granian", "tests.benchmarks.counted:application"),
        *("--interface", "rsgi", "--http", "1", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WORKERS), "--backpressure", "4096", "--http1-buffer-size", "65536"),
        log="web.log",
        more={"RENDERS": str(renders)},
    )
    try:
        wait_until(lambda: listening(port), seconds=120)
        yield port
    finally:
        end_group(process)


@contextmanager
def nginx(site: Bench, page: Page) -> Iterator[int]:
    """The same bytes as a file, with the same headers; answers the port."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    folder, port = site.folder / "nginx", free_port()
    (folder / "www").mkdir(parents=True)
    (folder / "www" / "page").write_bytes(page.body)
    for shown in (folder.parent, folder, folder / "www", folder / "www" / "page"):
        shown.chmod(0o755)  # its workers are another user's where we are root
    headers = " ".join(
        f"add_header {name} '{value.replace(chr(39), chr(92) + chr(39))}';"
        for name, value in page.headers.items()
        if name not in _OF_THE_SERVER
    )
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, headers=headers))
    process = site.start(program, "-p", str(folder), "-c", str(config), log="nginx.log")
    try:
        wait_until(lambda: listening(port), seconds=20)
        yield port
    finally:
        end_group(process)


def get(port: int, path: str, *, encoding: str = "gzip, br") -> Page:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={**HEADERS, "Accept-Encoding": encoding})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Page(response.status, headers, response.read())
    finally:
        connection.close()


def burst(port: int, path: str, *, readers: int) -> list[Page]:
    """All at the same time."""
    pages: list[Page] = []
    ready = threading.Barrier(readers)

    def read() -> None:
        ready.wait()
        pages.append(get(port, path))

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pages


def load(port: int, path: str, *, connections: int, seconds: float) -> Load:
    return end(begin(port, path, connections=connections, seconds=seconds))


def begin(
    port: int, path: str, *, connections: int, seconds: float, options: Sequence[str] = ()
) -> subprocess.Popen[str]:
    program = shutil.which("wrk")
    assert program, "wrk is missing: install it"
    headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
    command = [program, "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency", *options]
    return subprocess.Popen(
        [*command, *headers, f"http://127.0.0.1:{port}{path}"], stdout=subprocess.PIPE, text=True
    )


def end(wrk: subprocess.Popen[str]) -> Load:
    said, _ = wrk.communicate(timeout=120)
    errors = [int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", said)]
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert rate, said
    failed = sum(errors) + (int(refused[1]) if refused else 0)
    return Load(float(rate[1]), _latency(said, 50), _latency(said, 99), failed)


def _latency(said: str, percent: int) -> float:
    found = re.search(rf"\s{percent}%\s+([\d.]+)(us|ms|s)\b", said)
    assert found, said
    return float(found[1]) * _UNITS[found[2]]
