"""HTTP for one thread: one open connection, which knows how far a call got and can be cut.

A `requests` session, so that anymail (and, by its hook, boto) uses it as it uses its own. What is
added: the call is noted the moment before it leaves; whether its whole body left decides if a
failure is a doubt; and another thread can hang up.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from posts.delivery.transports.base import Transient
from subscribers.saying import sentence

CONNECT_TIMEOUT = 5.0  # seconds
# A provider that is slow still works on the call, and giving up puts all its recipients in doubt.
ANSWER_TIMEOUT = 60.0
# Providers close a connection that has long been idle; a call that meets that moment is a doubt.
LONGEST_IDLE = 15.0


class TooLarge(Exception):
    """The body of the call is larger than the provider takes. It has not left."""


class Http(requests.Session):
    patience = ANSWER_TIMEOUT

    def __init__(self, *, largest: int) -> None:
        super().__init__()
        self.largest = largest
        self.leaving: Callable[[], None] = _nothing
        self.sent = False  # the whole body of the last call
        self._sockets: set[socket.socket] = set()
        self._mutex = threading.Lock()
        self._aborted = False
        self._used_at = 0.0
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter())

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        self.sent = False
        if self._aborted:
            raise Transient(sentence("The call did not leave: this worker has been asked to end."))
        if isinstance(request.body, str | bytes) and len(request.body) > self.largest:
            raise TooLarge
        if time.monotonic() - self._used_at > LONGEST_IDLE:
            for adapter in self.adapters.values():
                adapter.close()
        self.leaving()
        _here.http = self
        # A POST that is redirected becomes a GET, whose answer would say nothing.
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = (CONNECT_TIMEOUT, self.patience)
        try:
            return super().send(request, **kwargs)
        finally:
            self._used_at = time.monotonic()

    def opened(self, sock: socket.socket) -> None:
        with self._mutex:
            self._sockets = {known for known in self._sockets if known.fileno() != -1} | {sock}
            if self._aborted:
                _hang_up(sock)

    def abort(self) -> None:
        """From another thread: whoever waits here gets an error at once, also the next time."""
        with self._mutex:
            self._aborted = True
            for sock in self._sockets:
                _hang_up(sock)


def _nothing() -> None:
    """Nobody wants to know."""


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):  # it may be closed already
        # Of the bare socket: TLS would take itself off under the hands of the other thread.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Here(threading.local):
    """Which session makes the call in this thread: urllib3 makes its connections by itself."""

    http: Http


_here = _Here()


class _Watched(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _here.http.opened(sock)
        return sock

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, socket.socket):
            _here.http.opened(self.sock)  # with TLS it is another one now
            self.sock.settimeout(_here.http.patience)

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            # Else all of the body would have to leave within the time for connecting.
            self.timeout = _here.http.patience
        super().request(*args, **kwargs)
        _here.http.sent = True


class _WatchedTls(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _watch(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        _watch(manager)
        return manager


def _watch(manager: Any) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
