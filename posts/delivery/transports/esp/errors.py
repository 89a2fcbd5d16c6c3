"""What a failed call means for its recipients, and for all that come after it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

import requests

from posts.delivery.transports.base import (
    Answer,
    Misconfigured,
    Throttled,
    Transient,
    TransportError,
)

LONGEST_WORDS = 500
LONGEST_WAIT = timedelta(days=1)  # that a provider may ask for; then it is tried once more


class Kind(Enum):
    """What an answer of the provider says about the call. In all but the last three, nobody of it
    has been taken."""

    REFUSED = auto()  # because of what is in it, perhaps of one recipient
    THROTTLED = auto()
    MISCONFIGURED = auto()
    NOT_NOW = auto()
    AMBIGUOUS = auto()
    MADE_BEFORE = auto()  # under the same idempotency key
    KEY_TAKEN = auto()  # by another call: what became of ours, no replay will tell


class CallRefused(Exception):
    """Nobody was taken, since something in the call is not to the provider's liking."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class MadeBefore(Exception):
    """The provider knows the key of this call: it has taken it, and does nothing now."""


class CallFailed(Exception):
    """The call came to nothing, or nobody knows to what: `answer` is RETRY or DOUBT for each of
    its recipients, and `error` stops the feed. `keyed`: a replay under the key is safe."""

    def __init__(self, answer: Answer, error: TransportError, *, keyed: bool = True) -> None:
        super().__init__(error.words)
        self.answer = answer
        self.error = error
        self.keyed = keyed

    @property
    def retry_after(self) -> int:
        wait = self.error.retry_after
        return int(wait.total_seconds()) if wait else 0


@dataclass(frozen=True, slots=True)
class Said:
    """A provider's answer, whichever library brought it."""

    status: int
    code: str = ""
    words: str = ""
    retry_after: timedelta | None = None


STATUSES = {
    400: Kind.REFUSED,
    408: Kind.NOT_NOW,
    409: Kind.AMBIGUOUS,
    413: Kind.REFUSED,  # too large: halves are tried
    422: Kind.REFUSED,
    425: Kind.NOT_NOW,
    429: Kind.THROTTLED,
}


def kind_of(status: int) -> Kind:
    """By HTTP status alone. A 2xx gets here only when it could not be understood."""
    if status in STATUSES:
        return STATUSES[status]
    if 300 <= status < 500:
        return Kind.MISCONFIGURED
    return Kind.AMBIGUOUS


def said(response: object) -> Said | None:
    """Of `requests`, or of boto (which answers in a dictionary). None: there was no answer."""
    if isinstance(response, requests.Response):
        return Said(
            response.status_code,
            *_code_and_words(response),
            retry_after(response.headers.get("Retry-After", "")),
        )
    if isinstance(response, dict) and "Error" in response:
        meta = response.get("ResponseMetadata", {})
        error = response["Error"]
        return Said(
            int(meta.get("HTTPStatusCode", 0)),
            str(error.get("Code", "")),
            one_line(str(error.get("Message", ""))),
            retry_after(meta.get("HTTPHeaders", {}).get("retry-after", "")),
        )
    return None


def retry_after(value: str) -> timedelta | None:
    """RFC 9110 10.2.3: seconds or a date."""
    value = value.strip()
    if value.isdecimal():
        return min(timedelta(seconds=int(value[:9])), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value[:100])
    except (ValueError, OverflowError):
        return None
    return min(max(at - datetime.now(UTC), timedelta(0)), LONGEST_WAIT) if at.tzinfo else None


def _code_and_words(response: requests.Response) -> tuple[str, str]:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return "", one_line(response.text)
    return code_and_words(answer)


def code_and_words(answer: Any) -> tuple[str, str]:
    """Each provider has other names for them; these are all that occur."""
    if isinstance(answer, dict) and isinstance(answer.get("errors"), list) and answer["errors"]:
        answer = answer["errors"][0]
    if not isinstance(answer, dict):
        return "", one_line(json.dumps(answer))
    code = next((answer[name] for name in ("code", "ErrorCode", "name") if name in answer), "")
    words = [answer[name] for name in ("message", "Message", "description") if answer.get(name)]
    return str(code), one_line(": ".join(str(word) for word in words) or json.dumps(answer))


def one_line(text: str) -> str:
    """Without what no database stores and no screen shows."""
    beginning = text[: 10 * LONGEST_WORDS]
    printable = "".join(char if char.isprintable() else " " for char in beginning)
    return " ".join(printable.split())[:LONGEST_WORDS]


def failure(kind: Kind, answer: Said, title: str) -> Exception:
    """What to raise for an answer of this kind."""
    code = f" {answer.code}" if answer.code and answer.code != str(answer.status) else ""
    words = f"{answer.status}{code} {answer.words}"
    if kind is Kind.REFUSED:
        return CallRefused(words)
    if kind is Kind.MADE_BEFORE:
        return MadeBefore()
    if kind is Kind.THROTTLED:
        slower = Throttled(f"{title} asks us to slow down: {words}", retry_after=answer.retry_after)
        return CallFailed(Answer.RETRY, slower)
    if kind is Kind.MISCONFIGURED:
        return CallFailed(Answer.RETRY, Misconfigured(f"{title} refuses our calls: {words}"))
    if kind is Kind.NOT_NOW:
        return CallFailed(Answer.RETRY, Transient(f"{title} does not take mail now: {words}"))
    unclear = Transient(
        f"{title} gave an answer that leaves open whether it took the call: {words}",
        retry_after=answer.retry_after,
    )
    return CallFailed(Answer.DOUBT, unclear, keyed=kind is not Kind.KEY_TAKEN)


def no_answer(error: Exception, title: str, *, sent: bool) -> CallFailed:
    """The connection failed. What did not leave whole cannot have been taken."""
    reason = one_line(str(_root(error)))
    if sent:
        lost = f"The connection to {title} was lost before its answer came: {reason}"
        return CallFailed(Answer.DOUBT, Transient(lost))
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        trust = f"The certificate of {title} cannot be trusted: {reason}"
        return CallFailed(Answer.RETRY, Misconfigured(trust))
    unreachable = (
        f"We couldn't reach {title} ({reason}). We keep trying, and go on by ourselves when it "
        "answers."
    )
    return CallFailed(Answer.RETRY, Transient(unreachable))


def _root(error: BaseException) -> BaseException:
    """What really happened: each library on the way wraps it once more."""
    inside = [error.__cause__, getattr(error, "reason", None), *error.args[::-1]]
    inner = next((each for each in inside if isinstance(each, BaseException)), None)
    return error if inner is None else _root(inner)
