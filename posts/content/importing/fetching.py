"""Pictures from elsewhere on the web, for whoever asks for them; never while anything is locked."""

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import requests

from posts.content.importing.pictures import MOST_BYTES

_MOST_HOPS = 4
_PATIENCE = (5, 20)  # seconds: to connect, and for each part of the answer


def fetch(address: str) -> bytes:
    """The bytes at an address. Raises OSError where there are none, or where the address leads
    into our own network: a text from elsewhere must not make us ask there."""
    for _hop in range(_MOST_HOPS):
        _refuse_inside(address)
        with requests.get(
            address, timeout=_PATIENCE, stream=True, allow_redirects=False
        ) as response:
            if response.is_redirect:
                address = urljoin(address, response.headers["Location"])
                continue
            response.raise_for_status()
            content: bytes = response.raw.read(MOST_BYTES + 1, decode_content=True)
        if len(content) > MOST_BYTES:
            break
        return content
    raise OSError("It is too large, or leads on and on.")


def _refuse_inside(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OSError("It is no address of the web.")
    found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    if not all(ipaddress.ip_address(one[4][0]).is_global for one in found):
        raise OSError("It is an address of our own network.")
