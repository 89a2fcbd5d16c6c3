"""Cutting a feed into calls. Each carries one letter variant of one mailing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from posts.delivery.letters.message import LetterSource, Outgoing
from posts.delivery.transports.base import Feed, Outcome, ServerAnswer

# Recipients of a call, where the provider takes more: a lost answer puts all of them in doubt.
MOST_IN_DOUBT = 500


class NotHerOwn(Exception):
    """A fault of ours, found in time: two readers would have got the same link, or one none."""


@dataclass(frozen=True, slots=True)
class Call:
    """`key` names it for ever; `replay` says that it may have been made before."""

    messages: Sequence[Outgoing]
    key: str
    replay: bool = False

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def mailing_id(self) -> int:
        return self.messages[0].mailing_id

    @property
    def source(self) -> LetterSource:
        source = self.messages[0].letter.source
        if source is None:
            raise TypeError("A provider fills letters in itself; it cannot take bare bytes.")
        return source

    @property
    def ids(self) -> list[int]:
        return [message.subscriber_id for message in self.messages]

    def all(
        self, answer: ServerAnswer, reply: str = "", *, retry_after: int = 0, key: str = ""
    ) -> list[Outcome]:
        """The same outcome for each recipient."""
        return [
            Outcome(subscriber_id, answer, reply, retry_after, key) for subscriber_id in self.ids
        ]

    def check(self) -> None:
        """Nobody may be able to unsubscribe somebody else, and everybody must be able to."""
        links = {message.one_click for message in self.messages}
        body_links = {message.unsubscribe for message in self.messages}
        if not len(links) == len(body_links) == len(self) or "" in links or "" in body_links:
            raise NotHerOwn(f"Call {self.key}: not each reader has links of her own.")


class Calls:
    """The calls of one feed, each under a key of its own: the feed's name and a number."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._counter = count()

    def of_at_most(self, most: int) -> Iterator[Call]:
        if self._feed.key:
            yield from self._replayed(most)
            return
        while chunk := self._feed.chunk(min(most, MOST_IN_DOUBT)):
            for messages in _alike(chunk):
                yield self.call(messages)

    def call(self, messages: Sequence[Outgoing]) -> Call:
        return Call(messages, f"{self._feed.name}-{next(self._counter)}")

    def halves(self, call: Call) -> tuple[Call, Call]:
        """Under new keys: they are other calls than the one that was refused."""
        middle = len(call) // 2
        return self.call(call.messages[:middle]), self.call(call.messages[middle:])

    def _replayed(self, most: int) -> Iterator[Call]:
        """All of the feed was one call, and has to be that again, however it is paced."""
        messages: list[Outgoing] = []
        while chunk := self._feed.chunk(most):
            messages += chunk
        if messages:
            yield Call(messages, self._feed.key, replay=True)


def _alike(messages: Sequence[Outgoing]) -> list[list[Outgoing]]:
    """By letter and mailing, in their order. An address stands in a call only once: providers
    tell recipients apart by nothing else."""
    groups: dict[tuple[int, int], list[Outgoing]] = {}
    twice = []
    seen: set[tuple[int, int, str]] = set()
    for message in messages:
        kind = (id(message.letter), message.mailing_id)
        if (*kind, message.address) in seen:
            twice.append(message)
            continue
        seen.add((*kind, message.address))
        groups.setdefault(kind, []).append(message)
    return [*groups.values(), *([message] for message in twice)]
