"""What a way out must do, and the terms in which it reports.

A transport is opened and given a feed of messages. It notes each attempt before the body leaves
and each answer as it comes. What happens to the ledger is not its business.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import ClassVar, NamedTuple, Protocol

from posts.delivery.letters.message import Outgoing


class ServerAnswer(IntEnum):
    """What became of one message. The numbers stand in journals on disk."""

    ATTEMPT = 1  # noted before the body leaves; alone, it is a doubt
    ACCEPTED = 2
    REFUSED = 3
    RETRY = 4
    DOUBT = 5


class Outcome(NamedTuple):
    """The answer for one recipient, with the server's words and when to try again.

    A doubt that carries the idempotency `key` of its call may be replayed while the provider
    remembers it; `at` is when the call was made, in seconds since 1970.
    """

    subscriber_id: int
    answer: ServerAnswer
    reply: str = ""
    retry_after: int = 0  # seconds; 0: as the ledger sees fit
    key: str = ""
    at: int = 0


class Notes(Protocol):
    """Where a transport writes down what it does, as it does it; from one thread at a time."""

    def attempt(self, subscriber_id: int) -> None:
        """Before its body leaves. Raises Transient when it cannot be written: then don't send."""

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        """The same for all recipients of one call, and the idempotency key it carries."""

    def answer(self, outcome: Outcome) -> None:
        """May be kept until the next attempt or `flush`, to save a write a message."""

    def flush(self) -> None: ...

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        """Written before this returns."""


class TransportError(Exception):
    """The way out as a whole has trouble. What was not attempted may be tried again.

    `message` may promise that; `at_once` is the same without the promise, for a mail that is sent
    before somebody's eyes and tried once.
    """

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, at_once: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.at_once = at_once or message
        self.retry_after = retry_after


class Transient(TransportError):
    """Connection refused or lost, DNS, time-out, disk full: it goes on by itself later."""


class Throttled(TransportError):
    """The server asks us to slow down (SMTP 421, HTTP 429)."""


class Misconfigured(TransportError):
    """Login, certificate or sender refused: only a person can repair it."""


class Feed(Protocol):
    """The messages of one batch, at the pace that is allowed. One thread at a time pulls it."""

    @property
    def name(self) -> str:
        """`<batch>-<epoch>`: never twice the same. Idempotency keys are made of it."""

    @property
    def key(self) -> str:
        """Not empty: this is a replay. All its messages, in their order, were one call under
        this key, and have to go as one call again, byte for byte."""

    def take(self) -> Outgoing | None:
        """The next message that may leave now, without waiting. None: see `ended`."""

    @property
    def ended(self) -> bool:
        """Nothing will come any more."""

    @property
    def left(self) -> int:
        """How many may still come."""

    @property
    def halted(self) -> bool:
        """Nothing more is to be begun, not even what was taken and put back."""

    @property
    def withdrawn(self) -> bool:
        """The batch is no longer ours, so it is `halted` too: nothing of it may leave any more."""

    def watch(self, more: Callable[[], None]) -> None:
        """`more` is called, from another thread, when there is one to take after there was none."""

    def slow_down(self, retry_after: timedelta | None) -> None:
        """The server asks for less, on a connection beside others that go on."""

    def chunk(self, most: int) -> list[Outgoing]:
        """Up to `most` messages that may leave now, after waiting for the first. Empty: ended."""

    def __iter__(self) -> Iterator[Outgoing]:
        """One by one, waiting for each."""


class Session(Protocol):
    """An open way out."""

    def deliver(self, feed: Feed, notes: Notes) -> None:
        """Hand over what the feed gives until it ends. Called from several threads at once, each
        with a feed of its own. Raises TransportError when it cannot go on."""

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
    def key_lives(self) -> timedelta | None:
        """How long the provider remembers an idempotency key; None where there are none."""

    @property
    def senders(self) -> int:
        """How many batches one process should have in hand at a time."""

    @property
    def connections(self) -> int:
        """On how many of them letters are handed over at a time, in each worker."""

    @property
    def stays_here(self) -> bool:
        """Nothing leaves this machine: the outbox, or a mail server on the loopback interface."""

    def describe(self) -> str:
        """For screens: where mail goes, without the password."""

    def open(self) -> Session:
        """Connect and log in. Raises TransportError."""


@dataclass(slots=True)
class Messages:
    """A feed of given messages, with no pace: for tests of the letter, and our own mails."""

    messages: list[Outgoing]
    # Never twice the same, so that no provider takes two of them for one.
    name: str = field(default_factory=lambda: f"direct-{time.time_ns()}")
    key: str = ""
    ended: bool = field(default=False, init=False)
    halted: ClassVar[bool] = False
    withdrawn: ClassVar[bool] = False
    _at: int = field(default=0, init=False)

    @property
    def left(self) -> int:
        return len(self.messages) - self._at

    def watch(self, more: Callable[[], None]) -> None:
        """All of these are there from the beginning."""

    def slow_down(self, retry_after: timedelta | None) -> None:
        """These few keep no pace."""

    def take(self) -> Outgoing | None:
        if self._at == len(self.messages):
            self.ended = True
            return None
        self._at += 1
        return self.messages[self._at - 1]

    def chunk(self, most: int) -> list[Outgoing]:
        given = self.messages[self._at : self._at + most]
        self._at += len(given)
        self.ended = not given
        return given

    def __iter__(self) -> Iterator[Outgoing]:
        while (message := self.take()) is not None:
            yield message
