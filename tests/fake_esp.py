"""A mail provider on this machine, over HTTP: all six that we know, each at its own paths.

It takes calls, writes down for whom, honours idempotency keys, and can misbehave. In tests:
`with FakeEsp() as esp`. As a process of its own, for fault tests and benchmarks:
`python -m tests.fake_esp --port 8025 --log FILE --latency 0.3` (each accepted recipient is a line
of FILE). Cheap enough to be the peer of a benchmark: mails are put together only when asked for.
"""

import argparse
import asyncio
import hashlib
import json
import ssl
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests import esp_apis
from tests.esp_api import Api, Mail, Malformed, Request
from tests.sink import free_port
from tests.waiting import PATIENCE

WORDS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 422: "Unprocessable"}
PATHS = {
    "mailgun": "/v3",
    "brevo": "/v3/",
    "postmark": "/",
    "resend": "/",
    "sparkpost": "/api/v1/",
    "ses": "",
}


@dataclass(frozen=True)
class Fault:
    """How one call goes wrong.

    `status` with `headers` and `body`: an answer, and nobody is taken. `after`: the call is read
    and everybody taken, but then nothing is answered ("silence"), the connection is cut ("cut"),
    cut in the middle of the answer ("half"), or the answer is no JSON ("nonsense"). `unread`: its
    body is never read; `torn`: the connection is cut before all of the body came.
    """

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: Any = None
    after: str = ""
    unread: bool = False
    torn: bool = False


@dataclass
class Provider:
    """What all connections share."""

    latency: float = 0.0
    together: int = 1  # calls are answered once so many have come
    log: Path | None = None
    bad: set[str] = field(default_factory=set)  # recipients that no provider takes
    ses_statuses: dict[str, str] = field(default_factory=dict)
    faults: deque[Fault | None] = field(default_factory=deque)  # one a call; None: it goes well
    wrong_key: str = "wrong"
    calls: list[tuple[Api | None, Request]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # accepted, once for each time
    accepted: list[tuple[Api, Request]] = field(default_factory=list)
    connections: int = 0
    open: "set[Connection]" = field(default_factory=set)
    _held: list[Callable[[], None]] = field(default_factory=list)
    _answers: dict[str, tuple[bytes, tuple[int, Any]]] = field(default_factory=dict)

    def fault(self) -> Fault | None:
        return self.faults.popleft() if self.faults else None

    def soon(self, respond: Callable[[], None]) -> None:
        """Once the latency is over and enough others are here."""
        self._held.append(respond)
        if len(self._held) >= self.together:
            for each in self._held:
                asyncio.get_running_loop().call_later(self.latency, each)
            self._held.clear()

    def answer(self, request: Request) -> tuple[int, Any]:
        """Take what is to be taken."""
        found = esp_apis.single(request)
        if found is not None:
            self._note(None, request)
            return self._take([found[1]], 200, found[2])
        api = next((api for api in esp_apis.ALL.values() if api.paths(request.path)), None)
        self._note(api, request)
        if api is None:
            return 404, {"message": "no such endpoint"}
        if self.wrong_key in api.secret(request):
            return 401, {"message": "Invalid API key"}
        return self._with_key(api, request)

    def _note(self, api: Api | None, request: Request) -> None:
        if self.log is None:
            self.calls.append((api, request))

    def _with_key(self, api: Api, request: Request) -> tuple[int, Any]:
        key = api.key(request)
        if not key:
            return self._call(api, request)
        digest = hashlib.sha256(request.body).digest()
        if key in self._answers:
            known, answer = self._answers[key]
            if api.duplicate is not None:
                return api.duplicate
            if known != digest:
                return 409, {"name": "invalid_idempotent_request", "message": "other payload"}
            return answer
        answer = self._call(api, request)
        if answer[0] == 200:
            self._answers[key] = (digest, answer)
        return answer

    def _call(self, api: Api, request: Request) -> tuple[int, Any]:
        try:
            recipients = api.recipients(request)
            if self.log is None:
                api.mails(request)  # refuses what it cannot read
        except (Malformed, KeyError, TypeError) as error:
            return api.refuse(f"cannot read this: {error!r}")
        bad = self.bad.intersection(recipients)
        if api is esp_apis.SES and (bad or self.ses_statuses):
            statuses = dict.fromkeys(bad, "MESSAGE_REJECTED") | self.ses_statuses
            taken = [each for each in recipients if each not in statuses]
            self.accepted.append((api, request))
            return self._take(taken, 200, esp_apis.ses_results(recipients, statuses))
        if bad and api.partial is not None:
            taken = [each for each in recipients if each not in bad]
            self.accepted.append((api, request))
            return self._take(taken, 200, api.partial(taken, bad))
        if bad:
            return api.refuse("'to' parameter is not a valid address")
        if self.log is None:
            self.accepted.append((api, request))
        return self._take(recipients, 200, api.accept(recipients))

    def _take(self, recipients: list[str], status: int, body: Any) -> tuple[int, Any]:
        if self.bad.intersection(recipients):
            return 400, {"message": "'to' parameter is not a valid address"}
        if self.log is None:
            self.addresses += recipients
        else:
            with self.log.open("a") as file:
                file.write("".join(f"{address}\n" for address in recipients))
        return status, body

    @property
    def mails(self) -> dict[str, Mail]:
        """What each accepted reader would get, by her address."""
        made = [mail for api, request in self.accepted for mail in api.mails(request)]
        return {mail.address: mail for mail in made if mail.address in self.addresses}

    @property
    def keys(self) -> list[str]:
        return [api.key(request) for api, request in self.calls if api is not None]


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as far as clients like ours need it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.pending = bytearray()
        self.head: tuple[str, dict[str, str]] | None = None
        self.current: Fault | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.provider.connections += 1
        self.provider.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.provider.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while self._step():
            pass

    def _step(self) -> bool:
        """Read a head or a body; false when more has to come first."""
        if self.head is None:
            end = self.pending.find(b"\r\n\r\n")
            if end < 0:
                return False
            self._read_head(bytes(self.pending[:end]).decode("latin-1"))
            del self.pending[: end + 4]
            return True
        path, headers = self.head
        if self.current is not None and self.current.torn:
            self.transport.abort()
            return False
        length = int(headers.get("content-length", 0))
        if len(self.pending) < length or (self.current is not None and self.current.unread):
            return False
        request = Request(path, headers, bytes(self.pending[:length]))
        del self.pending[:length]
        fault, self.current, self.head = self.current, None, None
        self.provider.soon(partial(self._respond, request, fault))
        return True

    def _read_head(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        path = first.split(" ")[1].partition("?")[0]
        self.head = (path, {name.lower(): value for name, value in headers.items()})
        self.current = self.provider.fault()
        if self.current is not None and self.current.unread:
            self.transport.pause_reading()

    def _respond(self, request: Request, fault: Fault | None) -> None:
        if fault is not None and fault.status:
            self.provider.calls.append((None, request))
            self._write(fault.status, fault.body, fault.headers)
            return
        status, body = self.provider.answer(request)
        after = fault.after if fault is not None else ""
        if after == "silence":
            return
        if after == "cut":
            self.transport.abort()
        elif after == "half":
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
            self.transport.close()
        elif after == "nonsense":
            self._write(200, "<html>Bad gateway, but politely</html>")
        else:
            self._write(status, body)

    def _write(self, status: int, body: Any, headers: tuple[tuple[str, str], ...] = ()) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} {WORDS.get(status, 'Other')}"]
        lines += [f"{name}: {value}" for name, value in headers]
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}", "", ""]
        self.transport.write("\r\n".join(lines).encode() + content)


def email_url(name: str, port: int, options: str = "") -> str:
    """EMAIL_URL for the provider of this name at that port; `options` begin with a &."""
    who = {"mailgun": "key@letters.example", "ses": "key:secret@eu-west-1"}.get(name, "key@")
    return f"{name}://{who}?api_url=http://127.0.0.1:{port}{PATHS[name]}{options}"


async def _hang_up(server: asyncio.Server, provider: Provider) -> None:
    server.close()
    await asyncio.sleep(0.01)  # who is just being accepted
    for connection in list(provider.open):
        connection.transport.abort()
    await asyncio.sleep(0.01)


class FakeEsp:
    """The provider in a thread of its own, on a port of its own."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, **how: Any) -> None:
        self.port = free_port()
        self.tls = tls
        self.provider = Provider(**how)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def url(self, name: str, options: str = "") -> str:
        plain = email_url(name, self.port, options)
        return plain.replace("http://", "https://") if self.tls else plain

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)

        server = self._loop.run_until_complete(
            self._loop.create_server(
                lambda: Connection(self.provider), "127.0.0.1", self.port, ssl=self.tls
            )
        )
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(_hang_up(server, self.provider))
        self._loop.close()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(PATIENCE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def hang_up(self) -> None:
        """Close each connection, as a provider does with what is idle."""
        done = threading.Event()

        def close() -> None:
            for connection in list(self.provider.open):
                connection.transport.close()
            self._loop.call_later(0.05, done.set)

        self._loop.call_soon_threadsafe(close)
        done.wait(PATIENCE)

    def stop(self) -> None:
        """Cut all connections; nobody answers on the port any more."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(PATIENCE)


async def serve(port: int, provider: Provider) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(provider), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--latency", type=float, default=0.0)
    options = parser.parse_args()
    options.log.touch()
    with suppress(KeyboardInterrupt):
        provider = Provider(latency=options.latency, log=options.log)
        asyncio.run(serve(options.port, provider))


if __name__ == "__main__":
    main()
