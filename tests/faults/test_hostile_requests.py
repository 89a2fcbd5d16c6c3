"""A hundred thousand requests as strangers send them: no answer of ours is a fault, none is waited
for in vain, and the process that serves pages is as large afterwards as before.

`FAULTS_SIZE=full` sends 100,000, else 4,000. Some are whole and odd, some are huge, some are broken
in the middle, and some are so slow that only a deadline ends them.
"""

import os
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.benchmarks.measuring import memory, say
from tests.benchmarks.web import get
from tests.faults.site import Site, end_group, wait_until
from tests.processes import family
from tests.sink import free_port, listening

FULL = os.environ.get("FAULTS_SIZE") == "full"
REQUESTS = 100_000 if FULL else 4_000
WARM_UP = REQUESTS // 10  # until everything that is remembered once has been
SENDERS = 16
SLOW = 400 if FULL else 40  # connections that send a drop now and then
PATIENCE = 60.0  # seconds for an answer, on a machine on which much else runs
GROWN = 20.0  # MB

PATHS = (
    *("/", "/archive/", "/subscribe/", "/search/", "/feed.xml", "/s/x", "/confirm/x/"),
    *("/preferences/", "/preferences/x/", "/unsubscribe/x/", "/unsubscribe/x", "/hooks/mailgun/"),
    *("/hooks/x/", "/admin/", "/admin/login/", "/admin/password_reset/", "/admin/welcome/x/"),
    *("/admin/documents/", "/media/images/x.jpg", "/media/../../etc/passwd", "/static/x.css"),
    *("/no-such-page/", "//", "/%00", "/%ff%fe", "/x/share/", "/s/x/share/", "/s/x/card.png"),
    *("/x/helped/", "/.env", "/healthz", "/sitemap.xml", "/privacy/", "/subscribe/challenge/"),
)
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
FORM = "application/x-www-form-urlencoded"
KINDS = (FORM, FORM, "multipart/form-data; boundary=x", "multipart/form-data", "application/json")
ODD_KINDS = ("text/plain; charset=nonsense", "image/png", "")
NAMES = (
    *("Cookie", "Origin", "Referer", "Accept-Encoding", "Accept-Language", "User-Agent", "Range"),
    *("If-None-Match", "X-Forwarded-For", "Sec-Fetch-Site", "Authorization", "X-Odd"),
)
PIECES = (
    *("a=b&", "q=%F0%9F%8C%BF", "q=%ff&", "page=9&", "x[]=1&", "é", "'\";--", "<script>"),
    *("%0d%0a", "sessionid=x; ", "127.0.0.1,", "gzip;q=0,"),
)
BEGINNINGS = (
    *(b"email=ada%40example.org&newsletter=x", b"username=ada&password=x", b"&" * 500),
    *(b"--x\r\nContent-Disp", b'{"a":' * 50, b"\xff\x00" * 20, b"List-Unsubscribe=One-Click"),
)
HOSTS = ("localhost:8000",) * 12 + ("evil.example", "x" * 3_000, "[::1", "a b", "")


class Stranger:
    """Makes up one request after another, always the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def request(self) -> tuple[bytes, bool]:
        """What is sent, and whether that is all of it."""
        choice = self._random.choice
        method, path = choice((*METHODS, "GET", "GET", "POST", "POST")), choice(PATHS)
        if self._random.random() < 0.5:
            asked = self._text(10, 100, 500, 7_000, 60_000)
            path += choice("?&/") + quote(asked, safe="=&%[];,")
        headers = [f"Host: {choice(HOSTS)}", *self._odd_headers()]
        body = self._body() if method in ("POST", "PUT", "PATCH") else b""
        length = len(body)
        if body:
            headers.append(f"Content-Type: {choice(KINDS + ODD_KINDS)}")
            length += choice((0,) * 12 + (7, 10**6, 10**12))  # some end before they said
            headers.append(f"Content-Length: {length}")
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{line}\r\n" for line in headers)
        sent = head.encode("utf-8", "surrogatepass") + b"Connection: close\r\n\r\n" + body
        if self._random.random() < 0.1:
            return sent[: self._random.randrange(len(sent))], False
        return sent, length == len(body)

    def _text(self, *lengths: int) -> str:
        """Of one of these lengths, and never twice the same."""
        length, piece = self._random.choice(lengths), self._random.choice(PIECES)
        number = self._random.randrange(10**9)
        return f"{number}{piece * (length // len(piece) + 1)}"[:length]

    def _odd_headers(self) -> list[str]:
        chosen = self._random.sample(NAMES, self._random.choice((0, 1, 1, 3)))
        return [f"{name}: {self._text(20, 200, 500, 5_000, 30_000)}" for name in chosen]

    def _body(self) -> bytes:
        text = self._text(3, 300, 300, 20_000, 300_000)
        if self._random.random() < 0.01:
            text *= 30
        return self._random.choice(BEGINNINGS) + text.encode()


class Answers:
    """What came of all of them."""

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        self.hung: list[bytes] = []
        self._lock = threading.Lock()

    def note(self, code: str, request: bytes = b"") -> None:
        with self._lock:
            self.codes[code] += 1
            if code == "hung":
                self.hung.append(request[:200])


def ask(port: int, request: bytes, answers: Answers, *, whole: bool) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        code = "closed"  # no HTTP: the connection is ended without a word, or with one
        try:
            with suppress(ConnectionError):  # refused before all of it was sent
                connection.sendall(request)
            if not whole:  # the sender goes away in the middle
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                first = connection.recv(65_536)
                code = first[9:12].decode("latin-1") if first.startswith(b"HTTP/1") else code
                while connection.recv(65_536):
                    pass
        except TimeoutError:
            code = "hung"
        answers.note(code, request)


def send(port: int, seed: int, count: int, answers: Answers) -> None:
    stranger = Stranger(seed)
    for _ in range(count):
        request, whole = stranger.request()
        ask(port, request, answers, whole=whole)


def at_once(port: int, count: int, answers: Answers, *, seed: int) -> None:
    threads = [
        threading.Thread(target=send, args=(port, seed + n, count // SENDERS, answers))
        for n in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def drip(port: int, stop: threading.Event) -> None:
    """Connections that are never done sending, all the time."""
    head = b"POST /subscribe/ HTTP/1.1\r\nHost: localhost:8000\r\nContent-Length: 100000\r\n\r\n"
    while not stop.is_set():
        opened = []
        with suppress(OSError):
            for _ in range(SLOW):
                opened.append(socket.create_connection(("127.0.0.1", port), timeout=5))
                opened[-1].sendall(head)
        for _ in range(5):
            for one in opened:
                with suppress(OSError):
                    one.sendall(b"e")
            stop.wait(2)
        for one in opened:
            one.close()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[Site, int, int]]:
    """One process that serves, so that it is known which memory grows: site, port, its number."""
    port = free_port()
    with Site(tmp_path) as site:
        site.manage("prepare")
        server = site.start(
            *(sys.executable, "-m", "granian", "--interface", "rsgi", "--http", "1", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
            *("--backpressure", "4096", "--http1-buffer-size", "65536", "config.rsgi:application"),
            log="web.log",
        )
        wait_until(lambda: listening(port), seconds=120)
        wait_until(lambda: get(port, "/healthz").status == 200, seconds=60)
        yield site, port, max(family(server.pid))
        end_group(server)


def test_nothing_that_strangers_send_is_a_fault_of_ours_hangs_or_stays(
    web: tuple[Site, int, int],
) -> None:
    site, port, process = web
    answers, stop = Answers(), threading.Event()
    slow = threading.Thread(target=drip, args=(port, stop))
    slow.start()
    began = time.monotonic()
    try:
        at_once(port, WARM_UP, answers, seed=0)
        before = memory(process)
        at_once(port, REQUESTS - WARM_UP, answers, seed=1_000)
    finally:
        stop.set()
        slow.join()
    seconds = time.monotonic() - began
    grown = memory(process) - before
    log = (site.folder / "web.log").read_text(errors="replace")
    say(
        f"\n{sum(answers.codes.values())} hostile requests beside {SLOW} slow connections in "
        f"{seconds:.0f} s: {dict(sorted(answers.codes.items()))}; the web process grew from "
        f"{before:.0f} MB by {grown:.1f} MB; its log has {len(log) / 1000:.0f} kB, "
        f"the longest line {max(map(len, log.splitlines()), default=0)}"
    )
    assert [code for code in answers.codes if code.startswith("5")] == []
    assert answers.hung == []
    assert grown < GROWN
    assert get(port, "/archive/").status == 200
    assert "Traceback" not in log
    assert max(map(len, log.splitlines()), default=0) < 1_200
