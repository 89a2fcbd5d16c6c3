"""What may stand at the address that an owner types: this very site, another one, or nothing."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from posts.content.address import proof

Answer = Callable[[str], tuple[int, dict[str, str], str]]  # of a path: status, headers, body

DOMAIN = "fern-mail.org"
NAME = f"letters.{DOMAIN}"
# This machine, written so that it is taken for another: libuv asks no name server for it.
ELSEWHERE = "127.1"


def ours(path: str) -> tuple[int, dict[str, str], str]:
    return 200, {}, proof(path)


@contextmanager
def answering(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its address, by a name that this test alone knows."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    known_to_this_machine(monkeypatch)
    try:
        yield f"http://{NAME}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def known_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is below DOMAIN leads here, and what is below `nowhere.org` is nobody's."""
    really = socket.getaddrinfo

    def looked_up(host: str, *args: object, **kwargs: object) -> object:
        if host.endswith(".nowhere.org"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return really("127.0.0.1" if host.endswith(f".{DOMAIN}") else host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
