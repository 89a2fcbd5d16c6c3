"""Connections to other machines, for addresses that stand in a text and may be anybody's.

Only public addresses are reached, each looked up once and then held to: a name that leads into our
own network, now or when it is looked up again, is not followed. Redirects are left to whoever
asks, who connects anew for each.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult

from django.conf import settings

from subscribers.saying import sentence

__all__ = ["NotPublicError", "at_most", "connected", "path_of", "request"]

# All that IANA gave out so far. Elsewhere are addresses of sites and links, and forms in which an
# IPv4 address hides, as that of a gateway to one's own network.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")

LONGEST_HEAD = 15.0  # seconds until it is known what is there, however slowly that comes


class NotPublicError(OSError):
    """The name leads to an address that is not public."""


def request(
    link: http.client.HTTPConnection, verb: str, parts: SplitResult
) -> http.client.HTTPResponse:
    """Ask for it, and say who asks. The answer's body is not read yet. Raises TimeoutError, OSError
    and HTTPException."""
    headers = {"User-Agent": f"Passalong (+{settings.SITE_URL})"}
    with at_most(LONGEST_HEAD, link):
        link.request(verb, path_of(parts), headers=headers)
        return link.getresponse()


def connected(
    parts: SplitResult, *, patience: float, anywhere: bool = False
) -> http.client.HTTPConnection:
    """To the very machine that was looked at; TLS is for the name, as a reader's browser asks.

    `patience`: seconds for each step. `anywhere`: also where it is not public. Raises
    NotPublicError, OSError; ValueError for a port that is no number.
    """
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    where = host if anywhere else public_address(host, port)
    line = socket.create_connection((where, port), timeout=patience)
    link = http.client.HTTPConnection(host, port, timeout=patience)
    try:
        if parts.scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
    except OSError:
        line.close()
        raise
    link.sock = line
    return link


@contextmanager
def at_most(seconds: float, link: http.client.HTTPConnection) -> Iterator[None]:
    """An answer that drips in byte by byte keeps within each step's time, and never ends. Raises
    TimeoutError, also where what was cut off could be taken for the whole."""
    line, over = link.sock, threading.Event()

    def hang_up() -> None:
        over.set()
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it ended by itself at this moment

    clock = threading.Timer(seconds, hang_up)
    clock.daemon = True
    clock.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        clock.cancel()
    if over.is_set():
        raise TimeoutError


def path_of(parts: SplitResult) -> str:
    """What is asked for there."""
    return parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()


def public_address(host: str, port: int) -> str:
    """An address of this name. Raises NotPublicError where any of them is not public."""
    found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not all(is_public(address) for address in found):
        raise NotPublicError(sentence("It is an address of a local network."))
    return sorted(found, key=lambda address: (":" in address, address))[0]


def is_public(address: str) -> bool:
    """Whether everybody reaches the same machine there."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if not ip.is_global or ip.is_multicast:
        return False
    if ip.version == 4:
        return True
    return ip in _GIVEN_OUT and not (ip.sixtofour or ip.teredo)
