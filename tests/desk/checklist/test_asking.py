"""Asking whether a link answers: only of the world, never of our own network."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from posts.content import public_web
from posts.desk.checklist.asking import LinkAnswer, ask


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001"])
def test_nothing_is_asked_of_this_machine_however_it_is_written(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        answer = ask(f"http://{host}:{server.getsockname()[1]}/")
        assert answer.verdict in ("local", "silent")
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_name_that_leads_to_the_world_and_to_us_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = [(2, 1, 6, "", (address, 80)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: both)
    assert ask("http://two-faced.example/") == LinkAnswer("local")


class _World(BaseHTTPRequestHandler):
    """A site at whose paths different things happen."""

    def do_HEAD(self) -> None:
        self._answer({"/get-only": 405, "/gone": 404, "/shy": 403, "/broken": 500}, 200)

    def do_GET(self) -> None:
        self._answer({"/gone": 404, "/shy": 403}, 200)

    def _answer(self, statuses: dict[str, int], usual: int) -> None:
        place = {"/moved": "/fine", "/round": "/round", "/inside": "http://10.0.0.1/"}
        location = place.get(self.path)
        self.send_response(302 if location else statuses.get(self.path, usual))
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that stands for one of the world: only its own address counts as public."""
    monkeypatch.setattr(public_web, "is_public", lambda address: address == "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), _World) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/fine", LinkAnswer("fine", 200)),
        ("/get-only", LinkAnswer("fine", 200)),
        ("/moved", LinkAnswer("fine", 200)),
        ("/gone", LinkAnswer("gone", 404)),
        ("/shy", LinkAnswer("unsure", 403)),
        ("/broken", LinkAnswer("unsure", 500)),
        ("/round", LinkAnswer("unsure")),
        ("/inside", LinkAnswer("local")),
    ],
)
def test_it_says_what_answers(world: str, path: str, answer: LinkAnswer) -> None:
    assert ask(world + path) == answer


def test_where_nobody_listens_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_web, "is_public", lambda address: True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}/") == LinkAnswer("silent")
    assert ask("http://127.0.0.1:nonsense/") == LinkAnswer("silent")
