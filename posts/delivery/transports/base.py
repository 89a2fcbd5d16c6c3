"""What a way out must do, and the words in which it reports.

A transport is opened, given messages one by one, and notes in a journal each attempt (before
the message's body leaves) and each answer. What happens to the ledger is not its business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for one recipient. `content` is RFC 5322 bytes with CRLF line ends in which
    no line starts with a dot, so that SMTP needs no stuffing."""

    mailing_id: int
    subscriber_id: int
    sender: str
    address: str
    content: bytes


class Answer(IntEnum):
    """What became of one message. The numbers stand in journals on disk."""

    ATTEMPT = 1  # noted before the body leaves; alone, it is a doubt
    ACCEPTED = 2
    REFUSED = 3
    RETRY = 4
    DOUBT = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one recipient, with the server's words and when to try again."""

    subscriber_id: int
    answer: Answer
    words: str = ""
    retry_after: int = 0  # seconds; 0: as the ledger sees fit


class Notes(Protocol):
    """Where a transport writes down what it does, as it does it."""

    def attempt(self, subscriber_id: int) -> None: ...

    def answer(self, outcome: Outcome) -> None: ...


class TransportError(Exception):
    """The way out as a whole has trouble. What was not attempted may be tried again."""

    def __init__(self, words: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.retry_after = retry_after


class Transient(TransportError):
    """Connection refused or lost, DNS, time-out, disk full: it goes on by itself later."""


class Throttled(TransportError):
    """The server asks us to slow down (SMTP 421, HTTP 429)."""


class Misconfigured(TransportError):
    """Login, certificate or sender refused: only a person can repair it."""


class Session(Protocol):
    """An open way out, used by one thread."""

    def deliver(self, messages: Iterable[Outgoing], notes: Notes) -> None:
        """Hand over each message in turn. Raises TransportError when it cannot go on."""

    def abort(self) -> None:
        """Hang up, called from another thread: `deliver` ends with a TransportError at once."""

    def close(self) -> None: ...


class Transport(Protocol):
    """A way out, as EMAIL_URL names it."""

    @property
    def name(self) -> str:
        """As it stands in batches and in `TransportStatus`."""

    @property
    def replay_safe(self) -> bool:
        """Handing over the same delivery twice leaves one message: nothing is ever in doubt."""

    @property
    def stays_here(self) -> bool:
        """Nothing leaves this machine: the outbox, or a mail server on the loopback interface."""

    def describe(self) -> str:
        """For screens: where mail goes, without the password."""

    def open(self) -> Session:
        """Connect and log in. Raises TransportError."""
