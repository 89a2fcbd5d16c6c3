"""What a failed call means for its recipients, and for all that come after it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

import requests

from posts.delivery.transports.base import (
    Misconfigured,
    ServerAnswer,
    Throttled,
    Transient,
    TransportError,
)
from subscribers.one_line import printable_line
from subscribers.saying import in_a_row, sentence

LONGEST_MESSAGE = 500
LONGEST_WAIT = timedelta(days=1)  # that a provider may ask for; then it is tried once more


class FailureKind(Enum):
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


class MadeBefore(Exception):
    """The provider knows the key of this call: it has taken it, and does nothing now."""


class CallFailed(Exception):
    """The call came to nothing, or nobody knows to what: `answer` is RETRY or DOUBT for each of
    its recipients, and `error` stops the feed. `keyed`: a replay under the key is safe."""

    def __init__(self, answer: ServerAnswer, error: TransportError, *, keyed: bool = True) -> None:
        super().__init__(error.message)
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
    message: str = ""
    retry_after: timedelta | None = None


STATUSES = {
    400: FailureKind.REFUSED,
    408: FailureKind.NOT_NOW,
    409: FailureKind.AMBIGUOUS,
    413: FailureKind.REFUSED,  # too large: halves are tried
    422: FailureKind.REFUSED,
    425: FailureKind.NOT_NOW,
    429: FailureKind.THROTTLED,
}


def kind_of(status: int) -> FailureKind:
    """By HTTP status alone. A 2xx gets here only when it could not be understood."""
    if status in STATUSES:
        return STATUSES[status]
    if 300 <= status < 500:
        return FailureKind.MISCONFIGURED
    return FailureKind.AMBIGUOUS


def said(response: object) -> Said | None:
    """Of `requests`, or of boto (which answers in a dictionary). None: there was no answer."""
    if isinstance(response, requests.Response):
        return Said(
            response.status_code,
            *_code_and_message(response),
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


def _code_and_message(response: requests.Response) -> tuple[str, str]:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return "", one_line(response.text)
    return code_and_message(answer)


def code_and_message(answer: Any) -> tuple[str, str]:
    """Each provider has other names for them; these are all that occur."""
    if isinstance(answer, dict) and isinstance(answer.get("errors"), list) and answer["errors"]:
        answer = answer["errors"][0]
    if not isinstance(answer, dict):
        return "", one_line(json.dumps(answer))
    code = next((answer[name] for name in ("code", "ErrorCode", "name") if name in answer), "")
    texts = [answer[name] for name in ("message", "Message", "description") if answer.get(name)]
    return str(code), one_line(": ".join(str(text) for text in texts) or json.dumps(answer))


def one_line(text: str) -> str:
    """Without what no database stores and no screen shows."""
    return printable_line(text[: 10 * LONGEST_MESSAGE], most=LONGEST_MESSAGE)


def failure(kind: FailureKind, answer: Said, title: str) -> Exception:
    """What to raise for an answer of this kind."""
    code = f" {answer.code}" if answer.code and answer.code != str(answer.status) else ""
    message = f"{answer.status}{code} {answer.message}"
    if kind is FailureKind.REFUSED:
        return CallRefused(message)
    if kind is FailureKind.MADE_BEFORE:
        return MadeBefore()
    if kind is FailureKind.THROTTLED:
        slower = Throttled(
            sentence("%(title)s asks us to slow down: %(message)s", title=title, message=message),
            retry_after=answer.retry_after,
        )
        return CallFailed(ServerAnswer.RETRY, slower)
    if kind is FailureKind.MISCONFIGURED:
        return CallFailed(
            ServerAnswer.RETRY,
            Misconfigured(
                sentence("%(title)s refuses our calls: %(message)s", title=title, message=message)
            ),
        )
    if kind is FailureKind.NOT_NOW:
        return CallFailed(
            ServerAnswer.RETRY,
            Transient(
                sentence(
                    "%(title)s does not take mail now: %(message)s", title=title, message=message
                )
            ),
        )
    unclear = Transient(
        sentence(
            "%(title)s gave an answer that leaves open whether it took the call: %(message)s",
            title=title,
            message=message,
        ),
        retry_after=answer.retry_after,
    )
    return CallFailed(ServerAnswer.DOUBT, unclear, keyed=kind is not FailureKind.KEY_TAKEN)


def no_answer(error: Exception, title: str, *, sent: bool) -> CallFailed:
    """The connection failed. What did not leave whole cannot have been taken."""
    reason = one_line(str(_root(error)))
    if sent:
        lost = sentence(
            "The connection to %(title)s was lost before its answer came: %(reason)s",
            title=title,
            reason=reason,
        )
        return CallFailed(ServerAnswer.DOUBT, Transient(lost))
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        trust = sentence(
            "The certificate of %(title)s cannot be trusted: %(reason)s", title=title, reason=reason
        )
        return CallFailed(ServerAnswer.RETRY, Misconfigured(trust))
    unreachable = sentence("We couldn't reach %(title)s (%(reason)s).", title=title, reason=reason)
    then = sentence("We keep trying, and go on by ourselves when it answers.")
    error = Transient(in_a_row(unreachable, then), at_once=unreachable)
    return CallFailed(ServerAnswer.RETRY, error)


def _root(error: BaseException) -> BaseException:
    """What really happened: each library on the way wraps it once more."""
    inside = [error.__cause__, getattr(error, "reason", None), *error.args[::-1]]
    inner = next((each for each in inside if isinstance(each, BaseException)), None)
    return error if inner is None else _root(inner)
