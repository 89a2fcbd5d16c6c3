"""What the database knows of a batch while a worker has it in hand: a journal of one byte a reader.

The journal beside the worker goes with its host. So before a letter may leave, its reader is
announced in the ledger, some ahead at a time, and with each announcement goes what became of those
before. When the host is gone, only who was announced and has no answer is in doubt.
"""

from collections import deque
from collections.abc import Sequence

from posts.delivery.transports.base import Outcome, ServerAnswer
from subscribers.saying import sentence

# Each byte is a `ServerAnswer`; an attempt is one that may be made. They stand in the database.
NOT_BEGUN = 0
MAY_HAVE_LEFT = int(ServerAnswer.ATTEMPT)
UNANSWERED = sentence(
    "The worker that was to hand it over is gone, and so are its notes. It may have left or not."
)
WORDS_LOST = sentence("The mail server refused it; its words went with the worker that heard them.")
_WORDS = {ServerAnswer.REFUSED: WORDS_LOST, ServerAnswer.DOUBT: UNANSWERED}
_KNOWN = (ServerAnswer.ACCEPTED, ServerAnswer.REFUSED, ServerAnswer.RETRY)


class Announced:
    """The worker's side. Changed by one thread at a time."""

    def __init__(self, subscriber_ids: Sequence[int]) -> None:
        """All of the batch, in its order."""
        self._place = {subscriber_id: n for n, subscriber_id in enumerate(subscriber_ids)}
        self._marks = bytearray(len(subscriber_ids))
        self.open = 0  # announced, and nothing heard of them yet

    def __bytes__(self) -> bytes:
        return bytes(self._marks)

    def begin(self, subscriber_ids: Sequence[int]) -> None:
        """From when this is committed these may be handed over."""
        for subscriber_id in subscriber_ids:
            self._marks[self._place[subscriber_id]] = MAY_HAVE_LEFT
        self.open += len(subscriber_ids)

    def take_back(self, subscriber_ids: Sequence[int]) -> None:
        """They were not begun, and will not be before they are announced again."""
        for subscriber_id in subscriber_ids:
            self._marks[self._place[subscriber_id]] = NOT_BEGUN
        self.open -= len(subscriber_ids)

    def hear(self, outcomes: deque[Outcome]) -> None:
        """Take the answers out of it."""
        marks, place, heard = self._marks, self._place, 0
        while outcomes:
            outcome = outcomes.popleft()
            at = place[outcome.subscriber_id]
            heard += marks[at] == MAY_HAVE_LEFT
            marks[at] = outcome.answer
        self.open -= heard


def outcomes(subscriber_ids: Sequence[int], marks: bytes) -> list[Outcome]:
    """What is known of a batch whose worker is gone. Whoever is not in it was not begun; a mark
    that we do not know (of a newer version) is a doubt."""
    found = []
    for subscriber_id, mark in zip(subscriber_ids, marks, strict=True):
        if mark != NOT_BEGUN:
            answer = ServerAnswer(mark) if mark in _KNOWN else ServerAnswer.DOUBT
            found.append(Outcome(subscriber_id, answer, _WORDS.get(answer, "")))
    return found
