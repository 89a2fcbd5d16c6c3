"""What the engine has in hand: the feeds, and the messages that are with a connection."""

import threading
from dataclasses import dataclass, field

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import Feed, Notes, Outcome
from posts.delivery.transports.smtp.dialogue import Withdrawn
from subscribers.saying import sentence


@dataclass(slots=True, eq=False)
class Job:
    """One call of `deliver`."""

    feed: Feed
    notes: Notes
    done: threading.Event = field(default_factory=threading.Event)
    out: int = 0  # messages that are with a connection
    back: list[Outgoing] = field(default_factory=list)
    unwritten: bool = False  # answers that the notes keep for the next attempt
    error: BaseException | None = None

    def take(self) -> Outgoing | None:
        """The next message that may leave now."""
        if self.error is not None:
            return None
        try:
            if self.back and self.feed.halted:
                self.back.clear()  # not attempted: the ledger tries them again
            return self.back.pop() if self.back else self.feed.take()
        except Exception as error:  # noqa: BLE001 - a fault of ours: `deliver` raises it
            self.error = error
            return None

    @property
    def empty(self) -> bool:
        return self.error is not None or (self.feed.ended and not self.back)

    @property
    def left(self) -> int:
        return 0 if self.error is not None else self.feed.left + len(self.back)

    def flush(self) -> None:
        self.unwritten = False
        try:
            self.notes.flush()
        except Exception as error:  # noqa: BLE001 - the disk is full, say: `deliver` raises it
            self.error = self.error or error

    def settle(self) -> None:
        if self.empty and not self.out:
            self.flush()  # whoever waits for `done` may close what the notes are written to
            self.done.set()


@dataclass(slots=True, eq=False)
class JobItem:
    job: Job
    message: Outgoing

    def attempt(self) -> None:
        # It was taken before the server answered the one before it, which may be long ago.
        if self.job.feed.withdrawn:
            raise Withdrawn(sentence("The batch is no longer ours."))
        try:
            self.job.notes.attempt(self.message.subscriber_id)
        except Exception as error:
            self.job.error = self.job.error or error  # else it would be tried for ever
            raise
        self.job.unwritten = False

    def answer(self, outcome: Outcome) -> None:
        job = self.job
        job.out -= 1
        job.notes.answer(outcome)
        job.unwritten = True
        if not job.out:
            job.settle()

    def put_back(self) -> None:
        self.job.out -= 1
        self.job.back.append(self.message)
        self.job.settle()

    def fault(self, error: Exception) -> None:
        self.job.out -= 1
        self.job.error = self.job.error or error
        self.job.settle()
