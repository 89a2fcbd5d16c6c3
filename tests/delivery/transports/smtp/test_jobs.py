"""A fault on our side, or a batch taken away, ends one feed and no other."""

from contextlib import closing
from datetime import timedelta

import pytest

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import Messages, Outcome, ServerAnswer, Transient
from posts.delivery.transports.smtp import Smtp
from tests.delivery.transports.smtp.checking import CheckingSink
from tests.delivery.transports.smtp.noting import Notes, Paced, people
from tests.delivery.transports.smtp.talking import message
from tests.waiting import InTheBackground, until

# --- Faults on our side ---


class Faulty(Messages):
    """A feed with a fault at its third message."""

    def take(self) -> Outgoing | None:
        if self.left == len(self.messages) - 2:
            raise ZeroDivisionError("a fault")
        return super().take()


class FullDisk(Notes):
    """Full since the first answer."""

    def flush(self) -> None:
        if self.outcomes:
            raise Transient("The journal cannot be written: no space")


def test_a_feed_with_a_fault_ends_with_it_and_the_one_beside_it_goes_on() -> None:
    notes, others = Notes(), Notes()
    with (
        CheckingSink(rate=500) as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=4").open()) as session,
    ):
        beside = InTheBackground(lambda: session.deliver(people(100, first=1_000), others))
        with pytest.raises(ZeroDivisionError):
            session.deliver(Faulty(people(10).messages), notes)
        beside.join()
    assert beside.error is None
    assert len(others.of(ServerAnswer.ACCEPTED)) == 100
    assert notes.of(ServerAnswer.ACCEPTED) == [1, 2]


def test_answers_that_cannot_be_written_end_their_feed_and_no_other() -> None:
    notes, others = FullDisk(), Notes()
    with (
        CheckingSink(rate=500) as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=2").open()) as session,
    ):
        beside = InTheBackground(lambda: session.deliver(people(100, first=1_000), others))
        with pytest.raises(Transient, match="journal"):
            session.deliver(people(50), notes)
        beside.join()
    assert beside.error is None
    assert len(others.of(ServerAnswer.ACCEPTED)) == 100
    # What was under way got its answer, and nothing was begun after the first that was not noted.
    assert len(notes.outcomes) == len(notes.attempts) < 50


def test_a_letter_that_cannot_be_written_ends_its_feed_and_leaves_no_doubt() -> None:
    class Broken:
        source = None

        def fill(self, message: Outgoing) -> bytes:
            raise ZeroDivisionError("a fault")

    notes = Notes()
    messages = people(3).messages
    messages[2].letter = Broken()
    with (
        CheckingSink() as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session,
    ):
        with pytest.raises(ZeroDivisionError):
            session.deliver(Messages(messages), notes)
        session.deliver(people(2, first=10), notes)  # the session is as good as before
    assert notes.of(ServerAnswer.ACCEPTED) == [1, 2, 10, 11]
    assert len(sink.connections) == 1


def test_a_fault_in_the_loop_itself_reaches_whoever_waits() -> None:
    class Broken(Paced):
        def slow_down(self, retry_after: timedelta | None) -> None:
            raise ZeroDivisionError("a fault")

    with (
        CheckingSink(rcpt={"reader1@example.org": "421 slowly"}) as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session,
        pytest.raises(ZeroDivisionError),
    ):
        session.deliver(Broken([message(1), message(2)]), Notes())


# --- A batch that is taken away ---


def test_a_message_said_ahead_does_not_leave_after_its_batch_was_taken_away() -> None:
    """The server may be slow with its answer to the one before it, slower than the lease."""
    feed, notes = Paced([message(at) for at in range(1, 6)]), Notes()
    with (
        CheckingSink(rate=3) as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session,
    ):
        delivery = InTheBackground(lambda: session.deliver(feed, notes))
        assert until(lambda: len(notes.attempts) == 2)
        feed.halted = feed.withdrawn = True  # type: ignore[misc]
        delivery.join()
        assert delivery.error is None
        session.deliver(people(1, first=10), notes)  # for others it goes on
    assert notes.of(ServerAnswer.ACCEPTED) == [1, 2, 10]
    assert notes.attempts == [1, 2, 10]
    assert len(sink.addresses) == 3


def test_what_was_put_back_does_not_leave_after_a_halt() -> None:
    feed, notes = Paced([message(at) for at in range(1, 6)]), Notes()
    with CheckingSink(rcpt={"reader2@example.org": "drop"}) as sink:
        session = Smtp.from_url(f"{sink.url}?connections=1").open()

        class Halting(Notes):
            def answer(self, outcome: Outcome) -> None:
                super().answer(outcome)
                feed.halted = True  # type: ignore[misc]

        notes = Halting()
        session.deliver(feed, notes)
        session.close()
    assert notes.of(ServerAnswer.ACCEPTED) == [1]
    assert notes.attempts == [1]
    assert sink.addresses == ["reader1@example.org"]
