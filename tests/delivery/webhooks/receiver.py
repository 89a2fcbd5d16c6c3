"""A program elsewhere that is told what happens: an HTTP server on this machine."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What it was told, and what it answers: one status after another, the last for ever.

    `holds_at`: to which message, counted from 1, it answers nothing while whoever told it waits.
    """

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.paths: list[str] = []
        self.answers: list[int] = [200]
        self.location = ""
        self.drips = threading.Event()
        self.holds_at = 0
        self.url = ""

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    def verify(self, secret: str) -> None:
        """As the specification has it, written anew: each message is signed by this secret."""
        key = base64.b64decode(secret.split("_", 1)[1])
        for headers, body in self.got:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
            assert f"v1,{wanted}" in headers["webhook-signature"].split(" ")


@contextmanager
def receiver() -> Iterator[Receiver]:
    here = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            here.paths.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.got.append((headers, body))
            if len(here.got) == here.holds_at:
                self.rfile.read(1)  # until they hang up
                return
            status = here.answers[0] if len(here.answers) == 1 else here.answers.pop(0)
            self.send_response(status)
            if here.location:
                self.send_header("Location", here.location)
            if here.drips.is_set():
                while here.drips.wait(0.02):
                    self.wfile.write(b"x")
                    self.wfile.flush()
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here.url = f"http://127.0.0.1:{server.server_port}/told?by=passalong"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield here
        finally:
            here.drips.clear()
            server.shutdown()
            thread.join()
