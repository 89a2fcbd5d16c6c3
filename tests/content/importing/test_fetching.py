"""Pictures from elsewhere: only of the world, never of our own network, and never without end."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from posts.content import public_web
from posts.content.importing import fetch, fetching


class _World(BaseHTTPRequestHandler):
    """A site at whose paths different things happen."""

    def do_GET(self) -> None:
        if self.path == "/drips":
            self._drip()
            return
        place = {"/moved": "/hill.jpg", "/round": "/round", "/inside": "http://10.0.0.1/"}
        location = place.get(self.path)
        self.send_response(302 if location else 404 if self.path == "/gone" else 200)
        if location:
            self.send_header("Location", location)
        body = b"" if location else b"a hill" * (1 if self.path == "/hill.jpg" else 100)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """A head that never ends."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        with suppress(OSError):  # whoever asked is gone
            while not threading.Event().wait(0.02):
                self.wfile.write(b"x")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that stands for one of the world: only its own address counts as public."""
    monkeypatch.setattr(public_web, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(fetching, "MOST_BYTES", 100)
    with ThreadingHTTPServer(("127.0.0.1", 0), _World) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["/hill.jpg", "/moved"])
def test_a_picture_is_brought_from_where_it_is(world: str, path: str) -> None:
    assert fetch(world + path) == b"a hill"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/gone", "The answer there was 404."),
        ("/round", "It leads on and on."),
        ("/inside", "It is an address of a local network."),
        ("/large.jpg", "It is too large."),
    ],
)
def test_what_cannot_be_had_is_said(world: str, path: str, problem: str) -> None:
    with pytest.raises(OSError, match=re.escape(problem)):
        fetch(world + path)


def test_what_comes_too_slowly_is_left(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_LONGEST", -1.0)
    with pytest.raises(OSError, match="It comes too slowly"):
        fetch(f"{world}/hill.jpg")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_nothing_is_asked_of_this_machine(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        with pytest.raises(OSError, match=r"local network|refused|address"):
            fetch(f"http://{host}:{server.getsockname()[1]}/")
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("address", ["ftp://a.example/x", "file:///etc/passwd", "http://", "x"])
def test_what_is_no_address_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(OSError, match="no address of the web"):
        fetch(address)


def test_an_answer_that_drips_in_is_not_waited_for(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_web, "LONGEST_HEAD", 0.2)
    with pytest.raises(TimeoutError):
        fetch(f"{world}/drips")
