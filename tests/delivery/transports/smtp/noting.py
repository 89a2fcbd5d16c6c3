"""Feeds and notes for tests of the engine."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import Messages, Outcome, ServerAnswer
from posts.delivery.transports.smtp import Smtp
from tests.delivery.transports.smtp.talking import message


class Notes:
    """What was noted, in order."""

    def __init__(self) -> None:
        self.attempts: list[int] = []
        self.outcomes: list[Outcome] = []

    def attempt(self, subscriber_id: int) -> None:
        self.attempts.append(subscriber_id)

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        raise AssertionError("SMTP makes no calls")

    def answer(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def flush(self) -> None:
        """Nothing is kept back."""

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        raise AssertionError("SMTP makes no calls")

    def of(self, answer: ServerAnswer) -> list[int]:
        return sorted(one.subscriber_id for one in self.outcomes if one.answer is answer)


class Paced(Messages):
    """A feed whose messages leave only while `open`, and that was told to slow down so often."""

    def __init__(self, messages: Iterable[Outgoing], *, open_for: int = 1_000_000) -> None:
        super().__init__(list(messages))
        self.open_for = open_for
        self.slowed: list[timedelta | None] = []
        self.halted = False  # type: ignore[misc]
        self.withdrawn = False  # type: ignore[misc]

    def take(self) -> Outgoing | None:
        if self.halted or self.withdrawn:
            self.ended = True
            return None
        if not self.open_for and self.left:
            return None
        self.open_for -= 1
        return super().take()

    def slow_down(self, retry_after: timedelta | None) -> None:
        self.slowed.append(retry_after)


def people(count: int, *, first: int = 1) -> Messages:
    return Messages([message(at) for at in range(first, first + count)])


def deliver(url: str, count: int = 1, **options: object) -> Notes:
    """Over one session, from one feed."""
    notes = Notes()
    query = "&".join(f"{name}={value}" for name, value in options.items())
    with closing(Smtp.from_url(f"{url}?{query}").open()) as session:
        session.deliver(people(count), notes)
    return notes
