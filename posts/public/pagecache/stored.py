"""A page ready to go: each form in which a browser may ask for it was made when it was kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpResponse

from posts.public.pagecache import compression
from posts.sharing.counting import note_read, read_of

__all__ = ["KeptResponse", "StoredPage", "stored"]

# What an answer without a body still has to say (RFC 9110, 15.4.5).
_OF_304 = ("cache-control", "content-location", "etag", "expires", "vary")


class KeptResponse(NamedTuple):
    """What goes out, as WSGI wants it."""

    status: int
    line: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredPage:
    tag: str  # with its quotation marks
    answers: dict[str, KeptResponse]  # by Content-Encoding
    unchanged: KeptResponse
    read_of: int | None  # the post, where the answer counts as a read of one

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        return 2_000 + sum(len(answer.body) for answer in self.answers.values())

    def answer(self, meta: Mapping[str, Any]) -> KeptResponse:
        """What this request gets. Tags are compared weakly: each form says the same."""
        known = meta.get("HTTP_IF_NONE_MATCH")
        if known and (self.tag in known or known == "*"):
            return self.unchanged
        best = compression.best(meta.get("HTTP_ACCEPT_ENCODING", ""))
        answer = self.answers.get(best) or self.answers[""]
        return answer._replace(body=b"") if meta["REQUEST_METHOD"] == "HEAD" else answer

    def count(self, answer: KeptResponse, meta: Mapping[str, Any]) -> None:
        """Count that this answer was given again: called by whoever gives it out of a cache."""
        if self.read_of and answer.status == HTTPStatus.OK:
            note_read(self.read_of, meta)


def stored(response: HttpResponse) -> StoredPage | None:
    """The answer to keep; None where it is not for everybody, or not for long."""
    if not _is_for_everybody(response):
        return None
    body = response.content
    headers = {name.lower(): value for name, value in response.items()}
    worth_it = compression.is_worth_it(headers["content-type"], len(body))
    forms = compression.encodings(body) if worth_it else {"": body}
    told = "\n".join(f"{name}: {value}" for name, value in sorted(headers.items()))
    tag = f'"{sha256(told.encode() + body).hexdigest()[:20]}"'
    headers["etag"] = f"W/{tag}"
    # A browser asks each time, and mostly hears that nothing changed: what is published is seen.
    headers.setdefault("cache-control", "no-cache")
    if worth_it:
        headers["vary"] = "Accept-Encoding"
    answers = {name: _answer(headers, name, form) for name, form in forms.items()}
    unchanged = KeptResponse(
        304, _line(304), [(n, v) for n, v in headers.items() if n in _OF_304], b""
    )
    return StoredPage(tag, answers, unchanged, read_of(response))


def _is_for_everybody(response: HttpResponse) -> bool:
    control = response.get("Cache-Control", "")
    return (
        response.status_code == HTTPStatus.OK
        and not response.streaming
        and not response.cookies
        and "no-store" not in control
        and "private" not in control
        and "Content-Encoding" not in response
        and response.get("Vary", "Accept-Encoding").lower() == "accept-encoding"
    )


def _answer(headers: Mapping[str, str], encoding: str, body: bytes) -> KeptResponse:
    said = {**headers, "content-length": str(len(body))}
    if encoding:
        said["content-encoding"] = encoding
    return KeptResponse(200, _line(200), list(said.items()), body)


def _line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"
