"""Asking other machines whether a link answers.

The link is the writer's own text, and may be anybody's. So only public addresses are asked, each
looked up once and then held to, also after a redirect: a name that leads into our own network, now
or when it is looked up again, is not followed. The body of an answer is never read.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

PATIENCE = 6  # seconds for each step
MOST_REDIRECTS = 4
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: hides an IPv4 address

Verdict = Literal["fine", "gone", "silent", "unsure", "local"]


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """`gone`: there is no such page. `silent`: no such site, or no answer. `unsure`: it does not
    let programs look. `local`: it leads to an address that only a local network knows."""

    verdict: Verdict
    status: int = 0


class _Local(Exception):
    """The name leads to an address that is not public."""


def ask(url: str) -> LinkAnswer:
    """What answers at an http or https address. Some seconds at most for each redirect."""
    for _ in range(MOST_REDIRECTS + 1):
        try:
            status, location = _answer_of(urlsplit(url))
        except _Local:
            return LinkAnswer("local")
        # Also ValueError: a port that is no number, a host that cannot be encoded.
        except (OSError, http.client.HTTPException, ValueError):
            return LinkAnswer("silent")
        if not (300 <= status < 400 and location):
            return LinkAnswer(_verdict(status), status)
        url = urljoin(url, location)
        if urlsplit(url).scheme not in ("http", "https"):
            return LinkAnswer("unsure", status)
    return LinkAnswer("unsure")


def _verdict(status: int) -> Verdict:
    if status < 400:
        return "fine"
    return "gone" if status in (404, 410) else "unsure"


def _answer_of(parts: SplitResult) -> tuple[int, str]:
    """Status and Location."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    link = _connected(parts.scheme, host, port)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        for verb in ("HEAD", "GET"):
            link.request(verb, path, headers={"User-Agent": f"Passalong (+{settings.SITE_URL})"})
            answer = link.getresponse()
            # Some servers know only GET; of that, too, only the beginning is looked at.
            if verb == "GET" or answer.status not in (400, 403, 404, 405, 501):
                return answer.status, answer.headers.get("Location", "")
            link.close()
            link = _connected(parts.scheme, host, port)
        raise AssertionError  # pragma: no cover - the second verb always returns
    finally:
        link.close()


def _connected(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    """To the very address that was looked at. TLS is for the name, as a reader's browser asks."""
    line = socket.create_connection((public_address(host, port), port), timeout=PATIENCE)
    link = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        if scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
    except OSError:
        line.close()
        raise
    link.sock = line
    return link


def public_address(host: str, port: int) -> str:
    """An address of this name. Raises _Local where any of them is not public."""
    found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not all(is_public(address) for address in found):
        raise _Local
    return sorted(found, key=lambda address: (":" in address, address))[0]


def is_public(address: str) -> bool:
    """Whether everybody reaches the same machine there."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if not ip.is_global or ip.is_multicast:
        return False
    if ip.version == 4:
        return True
    return not (ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _TRANSLATED)
