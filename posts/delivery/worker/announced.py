"""What the database knows of a batch while a worker has it in hand: a journal of one byte a reader.

The journal beside the worker goes with its host. So before a letter may leave, its reader is
announced in the ledger, some ahead at a time, and with each announcement goes what became of those
before. When the host is gone, only who was announced and has no answer is in doubt.
"""

from collections.abc import Iterable, Sequence

from posts.delivery.transports.base import Outcome, ServerAnswer

# The numbers stand in the database.
NOT_BEGUN, MAY_HAVE_LEFT, ACCEPTED, REFUSED, TO_RETRY, DOUBT = range(6)

_MARKS = {
    ServerAnswer.ACCEPTED: ACCEPTED,
    ServerAnswer.REFUSED: REFUSED,
    ServerAnswer.RETRY: TO_RETRY,
    ServerAnswer.DOUBT: DOUBT,
}
UNANSWERED = (
    "The worker that was to hand it over is gone, and so are its notes. It may have left or not."
)
WORDS_LOST = "The mail server refused it; its words went with the worker that heard them."
_MEANS = {
    MAY_HAVE_LEFT: (ServerAnswer.DOUBT, UNANSWERED),
    ACCEPTED: (ServerAnswer.ACCEPTED, ""),
    REFUSED: (ServerAnswer.REFUSED, WORDS_LOST),
    TO_RETRY: (ServerAnswer.RETRY, ""),
    DOUBT: (ServerAnswer.DOUBT, UNANSWERED),
}


class Announced:
    """The worker's side. Changed by one thread at a time."""

    def __init__(self, subscriber_ids: Sequence[int]) -> None:
        """All of the batch, in its order."""
        self._place = {subscriber_id: n for n, subscriber_id in enumerate(subscriber_ids)}
        self._marks = bytearray(len(subscriber_ids))
        self.open = 0  # announced, and nothing heard of them yet

    def __bytes__(self) -> bytes:
        return bytes(self._marks)

    def begin(self, subscriber_ids: Iterable[int]) -> None:
        """From when this is committed these may be handed over."""
        for subscriber_id in subscriber_ids:
            self._mark(subscriber_id, MAY_HAVE_LEFT)

    def take_back(self, subscriber_ids: Iterable[int]) -> None:
        """They were not begun, and will not be before they are announced again."""
        for subscriber_id in subscriber_ids:
            self._mark(subscriber_id, NOT_BEGUN)

    def answer(self, outcome: Outcome) -> None:
        self._mark(outcome.subscriber_id, _MARKS[outcome.answer])

    def _mark(self, subscriber_id: int, mark: int) -> None:
        place = self._place[subscriber_id]
        self.open += (mark == MAY_HAVE_LEFT) - (self._marks[place] == MAY_HAVE_LEFT)
        self._marks[place] = mark


def outcomes(subscriber_ids: Sequence[int], marks: bytes) -> list[Outcome]:
    """What is known of a batch whose worker is gone. Whoever is not in it was not begun; a mark
    that we do not know (of a newer version) is a doubt."""
    return [
        Outcome(subscriber_id, *_MEANS.get(mark, _MEANS[DOUBT]))
        for subscriber_id, mark in zip(subscriber_ids, marks, strict=True)
        if mark != NOT_BEGUN
    ]
