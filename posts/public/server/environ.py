"""A request as RSGI hands it over, in the words of WSGI (PEP 3333), which Django reads."""

import sys
from io import BytesIO
from typing import IO, Any

__all__ = ["Scope", "environ_of", "head_of"]

Scope = Any  # granian.rsgi.Scope, which ships no types
_OF_KEPT_PAGES = {
    name: f"HTTP_{name.upper().replace('-', '_')}"
    for name in (
        *("host", "cookie", "authorization", "if-none-match", "user-agent"),
        *("accept", "accept-encoding", "accept-language", "sec-fetch-mode", "sec-fetch-dest"),
        *("sec-purpose", "purpose", "x-purpose", "x-moz"),
    )
}
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_BASE = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def head_of(scope: Scope) -> dict[str, Any]:
    """As much of the environ as finds a kept page and its form, and tells readers from machines."""
    head = {_OF_KEPT_PAGES[n]: value for n, value in scope.headers.items() if n in _OF_KEPT_PAGES}
    head["REQUEST_METHOD"] = scope.method
    head["PATH_INFO"] = scope.path
    head["QUERY_STRING"] = scope.query_string
    return head


def environ_of(scope: Scope, *, body: IO[bytes] | None = None, length: int = 0) -> dict[str, Any]:
    """The whole environ. `length` is that of `body`, whatever the request says."""
    host, _, port = scope.server.rpartition(":")
    environ = {
        **_BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _as_wsgi(scope.path),
        "QUERY_STRING": _as_wsgi(scope.query_string),
        "SERVER_NAME": host.strip("[]") or "localhost",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body or BytesIO(),
    }
    for name, value in scope.headers.items():
        # One with an underscore would look like one of a proxy's: X_Forwarded_For, for example.
        if "_" in name:
            continue
        key = _WITHOUT_PREFIX.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        if key in environ:
            environ[key] += f"{'; ' if name == 'cookie' else ','}{value}"
        else:
            environ[key] = value
    environ["CONTENT_LENGTH"] = str(length)
    return environ


def _as_wsgi(text: str) -> str:
    """Bytes, each as the character with its number."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")
