"""Asking other machines whether a link answers. The body of an answer is never read."""

import http.client
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urljoin, urlsplit

from posts.content import public_web

PATIENCE = 6  # seconds for each step
MOST_REDIRECTS = 4

Verdict = Literal["fine", "gone", "silent", "unsure", "local"]


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """`gone`: there is no such page. `silent`: no such site, or no answer. `unsure`: it does not
    let programs look. `local`: it leads to an address that only a local network knows."""

    verdict: Verdict
    status: int = 0


def ask(url: str) -> LinkAnswer:
    """What answers at an http or https address. Some seconds at most for each redirect."""
    for _ in range(MOST_REDIRECTS + 1):
        try:
            status, location = _answer_of(urlsplit(url))
        except public_web.NotPublicError:
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
    # Some servers know only GET; of that, too, only the beginning is looked at.
    for verb in ("HEAD", "GET"):
        link = public_web.connected(parts, patience=PATIENCE)
        try:
            answer = public_web.request(link, verb, parts)
        finally:
            link.close()
        if answer.status not in (400, 403, 404, 405, 501):
            break
    return answer.status, answer.headers.get("Location", "")
