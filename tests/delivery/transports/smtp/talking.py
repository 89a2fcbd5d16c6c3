"""A dialogue without a wire: what it wrote, what it was answered, and what it told of whom."""

from collections.abc import Callable, Iterable

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import Outcome
from posts.delivery.transports.smtp.dialogue import Dialogue, Strikes

BODY = b"Subject: hi\r\n\r\nRest.\r\n"
LETTER = CompiledLetter.whole(BODY)


def message(subscriber_id: int, *, address: str = "", letter: CompiledLetter = LETTER) -> Outgoing:
    address = address or f"reader{subscriber_id}@example.org"
    return Outgoing(1, subscriber_id, "ada@letters.example", address, letter)


class Told:
    """One message, and everything that was told about it, in order."""

    def __init__(self, message: Outgoing, log: list[tuple[str, int]]) -> None:
        self.message = message
        self.log = log
        self.attempted = False
        self.outcome: Outcome | None = None
        self.back = False
        self.failure: Exception | None = None
        self.refuses_attempt: Exception | None = None

    @property
    def settled(self) -> bool:
        return self.outcome is not None or self.back or self.failure is not None

    def attempt(self) -> None:
        if self.refuses_attempt is not None:
            raise self.refuses_attempt
        assert not self.settled
        assert not self.attempted
        self.attempted = True
        self.log.append(("attempt", self.message.subscriber_id))

    def answer(self, outcome: Outcome) -> None:
        assert not self.settled, "answered twice"
        assert outcome.subscriber_id == self.message.subscriber_id
        self.outcome = outcome
        self.log.append((outcome.answer.name, outcome.subscriber_id))

    def put_back(self) -> None:
        assert not self.settled
        assert not self.attempted, "what was attempted must not be given to somebody else"
        self.back = True
        self.log.append(("back", self.message.subscriber_id))

    def fault(self, error: Exception) -> None:
        assert not self.settled
        assert not self.attempted
        self.failure = error
        self.log.append(("fault", self.message.subscriber_id))


class Talk:
    """A dialogue with `messages` to say. `said` empties what it wrote since the last look."""

    def __init__(
        self,
        messages: Iterable[Outgoing],
        *,
        pipelining: bool,
        size: bool = False,
        most: int = 1_000,
        sender: Callable[[Outgoing], str] = lambda message: message.sender,
        strikes: Strikes | None = None,
    ) -> None:
        self.waiting = list(messages)
        self.items: list[Told] = []
        self.log: list[tuple[str, int]] = []
        self._written: list[bytes] = []
        self.dialogue = Dialogue(
            write=self._written.append,
            pull=self._pull,
            pipelining=pipelining,
            size=size,
            most=most,
            sender=sender,
            strikes=strikes,
        )

    def _pull(self) -> Told | None:
        if not self.waiting:
            return None
        self.items.append(Told(self.waiting.pop(0), self.log))
        return self.items[-1]

    @property
    def said(self) -> bytes:
        written = b"".join(self._written)
        self._written.clear()
        return written

    def hear(self, *answers: str) -> None:
        for answer in answers:
            code, _, text = answer.partition(" ")
            self.dialogue.hear(int(code), text.encode())
