"""Mail servers as odd as the world's: each notes whose letter it took, and is odd in one way."""

import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Answer = str | None  # None: no answer, ever


class OddServer:
    """Speaks as RFC 5321 wants it; a subclass or an argument changes one thing.

    `answers`: verb → what it answers, in place of the usual; may look at the address.
    """

    def __init__(
        self,
        *,
        ehlo: str = "250-odd\r\n250 PIPELINING",
        answers: dict[str, Callable[[str], Answer]] | None = None,
        banner_after: float = 0.0,
        drops_ahead: str = "",
        hangs_up: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.ehlo = ehlo
        self.answers = answers or {}
        self.banner_after = banner_after
        self.drops_ahead = drops_ahead  # what comes with this verb in one write is lost
        self.hangs_up = hangs_up  # after its answer to an address, at this verb
        self.tls = tls
        self.taken: Counter[str] = Counter()
        self.heard: list[bytes] = []
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.05)
        self.port = int(self._server.getsockname()[1])

    @property
    def url(self) -> str:
        return f"smtp://localhost:{self.port}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._server.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(10)
        for one in self._open:
            one.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                continue
            connection.settimeout(None)
            self._open.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            _Conversation(self, connection).go_on()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


class _Conversation:
    def __init__(self, server: OddServer, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.buffer = b""
        self.recipient = ""

    def go_on(self) -> None:
        time.sleep(self.server.banner_after)
        self._say("220 odd")
        while line := self._line():
            verb = line[:4].upper().decode("ascii", "replace")
            self.server.heard.append(line.rstrip())
            if verb == self.server.drops_ahead:
                self.buffer = b""
            if self._one(verb, line.decode("ascii", "replace")):
                return

    def _one(self, verb: str, line: str) -> bool:
        """Answers whether the connection ends."""
        address = (re.findall(r"<(.*?)>", line) or [self.recipient])[0]
        answer = self._answer(verb, address)
        if verb == "RCPT" and answer is not None and answer.startswith("2"):
            self.recipient = address
        if verb == "RSET":
            self.recipient = ""
        if answer is not None:
            self._say(answer)
        if verb == "DATA" and answer is not None and answer.startswith("354"):
            return self._body()
        if verb == "STAR" and self.server.tls and answer is not None and answer.startswith("220"):
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
            self.server._open.append(self.connection)
        odd = answer is not None and verb in self.server.answers and answer[:1] in "45"
        return verb == "QUIT" or (odd and verb == self.server.hangs_up)

    def _answer(self, verb: str, address: str) -> Answer:
        if verb in self.server.answers:
            return self.server.answers[verb](address)
        if verb == "EHLO":
            return self.server.ehlo
        if verb == "DATA":
            return "354 go on" if self.recipient else "503 no recipient"
        return {"QUIT": "221 bye", "STAR": "220 go on", "AUTH": "235 welcome"}.get(verb, "250 ok")

    def _body(self) -> bool:
        while (line := self._line()) != b".\r\n":
            if not line:
                return True
        if self.server.drops_ahead == "body":
            self.buffer = b""
        recipient, self.recipient = self.recipient, ""
        answer = self._answer("body", recipient)
        if "body" not in self.server.answers or (answer or "2").startswith("2"):
            self.server.taken[recipient] += 1  # also where no answer follows
        if answer is None:
            self.server._ended.wait()
            return True
        self._say(answer)
        return False

    def _say(self, text: str) -> None:
        self.connection.sendall(f"{text}\r\n".encode())

    def _line(self) -> bytes:
        while b"\n" not in self.buffer:
            if not (data := self.connection.recv(65_536)):
                return b""
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"
