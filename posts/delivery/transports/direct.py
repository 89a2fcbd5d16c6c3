"""Handing over single messages that stand in no ledger: Django's own mails, tests of a letter."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from posts.delivery.transports.base import (
    Notes,
    Outcome,
    ServerAnswer,
    Session,
    Transport,
    TransportError,
)
from subscribers.mailer import NotHandedOver
from subscribers.saying import sentence


class NotAccepted(TransportError, NotHandedOver):
    """A message that has certainly not left, in the server's words; `permanent` is for its
    recipient. (A TransportError that is none of these leaves it open.)"""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message or sentence("no answer"))
        self.permanent = permanent


@contextmanager
def opened(transport: Transport) -> Iterator[Session]:
    """A session of it. Raises NotAccepted where there is none to be had."""
    try:
        session = transport.open()
    except TransportError as error:
        raise NotAccepted(error.at_once) from error
    try:
        yield session
    finally:
        session.close()


def hand_over(send: Callable[[Notes], None]) -> None:
    """Have one message sent, noting what becomes of it. Raises NotAccepted, or TransportError
    where nobody knows whether it left."""
    notes = _Answers()
    try:
        send(notes)
    except NotAccepted:
        raise
    except TransportError as error:
        if notes.in_doubt:
            raise
        raise NotAccepted(error.at_once) from error
    if notes.in_doubt:
        raise TransportError(notes.reply or sentence("no answer"))
    if not notes.outcomes:
        raise NotAccepted("")
    for outcome in notes.outcomes:
        if outcome.answer is not ServerAnswer.ACCEPTED:
            raise NotAccepted(outcome.reply, permanent=outcome.answer is ServerAnswer.REFUSED)


class _Answers:
    """Notes that are kept in memory: whoever asked for such a message asks again."""

    def __init__(self) -> None:
        self.attempted = False
        self.outcomes: list[Outcome] = []

    def attempt(self, subscriber_id: int) -> None:
        self.attempted = True

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        self.attempted = True

    @property
    def in_doubt(self) -> bool:
        answers = [outcome.answer for outcome in self.outcomes]
        return ServerAnswer.DOUBT in answers or (self.attempted and not answers)

    @property
    def reply(self) -> str:
        """What was said of it last."""
        return self.outcomes[-1].reply if self.outcomes else ""

    def answer(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def flush(self) -> None:
        """Nothing is kept back."""

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes.extend(outcomes)
