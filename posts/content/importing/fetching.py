"""Pictures from elsewhere on the web, for whoever asks for them; never while anything is locked."""

import http.client
import time
from urllib.parse import urljoin, urlsplit

from posts.content import public_web
from posts.content.importing.pictures import MOST_BYTES
from subscribers.saying import sentence

_MOST_HOPS = 4
_PATIENCE = 10.0  # seconds for each step
_LONGEST = 60.0  # for all of it, however slowly it comes


def fetch(address: str) -> bytes:
    """The bytes at an address. Raises OSError where there are none, or where the address leads
    into our own network: a text from elsewhere must not make us ask there."""
    until = time.monotonic() + _LONGEST
    try:
        for _hop in range(_MOST_HOPS):
            found = _answer_of(address, until)
            if isinstance(found, bytes):
                return found
            address = urljoin(address, found)
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(sentence("What is there is no picture.")) from error
    raise OSError(sentence("It leads on and on."))


def _answer_of(address: str, until: float) -> bytes | str:
    """The bytes, or where they are instead."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OSError(sentence("It is no address of the web."))
    link = public_web.connected(parts, patience=_PATIENCE)
    try:
        answer = public_web.request(link, "GET", parts)
        if 300 <= answer.status < 400 and (location := answer.headers.get("Location")):
            return location
        if answer.status != http.HTTPStatus.OK:
            raise OSError(sentence("The answer there was %(status)s.", status=str(answer.status)))
        return _read(answer, until)
    finally:
        link.close()


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    content = bytearray()
    while piece := answer.read1(65_536):
        content += piece
        if len(content) > MOST_BYTES:
            raise OSError(sentence("It is too large."))
        if time.monotonic() > until:
            raise OSError(sentence("It comes too slowly."))
    return bytes(content)
