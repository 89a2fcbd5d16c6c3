"""The messages of one claimed batch, at the pace that is allowed, until something says stop."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from posts.delivery.letters.compose import Addresser
from posts.delivery.letters.message import Outgoing
from posts.delivery.worker.ledger import Claim
from subscribers.queries import Recipient

LOOK_AGAIN = 0.02  # seconds between two looks at whether somebody may leave
# How long a batch stays in hand for the sake of readers whose provider has had enough for now.
PATIENCE = 10.0


class SendingPace(Protocol):
    """What a feed asks of `rate.pacer.Pacer`. Nothing here waits for anybody."""

    def expect(self, addresses: Iterable[str]) -> None:
        """Messages to these are about to be asked for."""

    def take(self, address: str) -> bool:
        """Whether a message to this address may leave now; if so, it is counted."""

    def domain_is_slow(self, address: str) -> bool:
        """Whether it is only for its own domain that it may not."""

    def used_up_until(self) -> datetime | None:
        """Nobody may leave before then: the hour, or the day, is used up."""

    def throttled(self, retry_after: timedelta | None) -> None:
        """The server asked for less."""

    def put_off(self, address: str, recipients: int) -> timedelta:
        """Reserve a later turn for so many of its domain. Asks the database."""


class BatchFeed:
    """See `transports.base.Feed`. `stopped` says that the process is asked to end."""

    def __init__(
        self, claim: Claim, pace: SendingPace, *, stopped: Callable[[], bool], most_refusals: int
    ) -> None:
        self.name = f"{claim.batch_id}-{claim.epoch}"
        self.key = claim.key
        self.ended = False
        self._claim = claim
        self._pace = pace
        self._stopped = stopped
        self._most_refusals = most_refusals
        self._addresser = Addresser(claim.mailing)
        self._line = deque(claim.recipients)
        self._aside: deque[Recipient] = deque()  # their domain has had enough for now
        self._aside_since = 0.0
        self._look_again = 0.0
        pace.expect(recipient.address for recipient in claim.recipients)

    @property
    def left(self) -> int:
        return 0 if self.ended else len(self._line) + len(self._aside)

    @property
    def withdrawn(self) -> bool:
        return self._claim.expired()

    def take(self) -> Outgoing | None:
        if self.ended or self.halted:
            self.ended = True
            return None
        pace = self._pace
        while self._line:
            recipient = self._line.popleft()
            if self.key or pace.take(recipient.address):
                return self._addresser.address(recipient)
            if not pace.domain_is_slow(recipient.address):
                self._line.appendleft(recipient)
                return None
            self._aside.append(recipient)
        return self._from_aside()

    @property
    def halted(self) -> bool:
        claim = self._claim
        return (
            self._stopped()
            or claim.expired()
            or claim.journal.refused_in_a_row >= self._most_refusals
            or self._pace.used_up_until() is not None
        )

    def _from_aside(self) -> Outgoing | None:
        """Only readers of slow domains are left: wait for them a while, then put them off."""
        now = time.monotonic()
        if not self._aside:
            self.ended = True
        elif not self._aside_since:
            self._aside_since = now
        elif now - self._aside_since > PATIENCE:
            self.ended = True
        if self.ended or now < self._look_again:
            return None
        for _ in range(len(self._aside)):
            recipient = self._aside.popleft()
            if self._pace.take(recipient.address):
                return self._addresser.address(recipient)
            self._aside.append(recipient)
        self._look_again = now + LOOK_AGAIN
        return None

    def chunk(self, most: int) -> list[Outgoing]:
        if self.key:
            return self._whole_call()
        given: list[Outgoing] = []
        while True:
            while len(given) < most and (message := self.take()) is not None:
                given.append(message)
            if given or self.ended:
                return given
            time.sleep(LOOK_AGAIN)

    def _whole_call(self) -> list[Outgoing]:
        """A replay is one call: all of it or nothing."""
        if self.ended or self.halted:
            self.ended = True
            return []
        given = [self._addresser.address(recipient) for recipient in self._line]
        self._line.clear()
        self.ended = True
        return given

    def __iter__(self) -> Iterator[Outgoing]:
        while chunk := self.chunk(1):
            yield chunk[0]

    def slow_down(self, retry_after: timedelta | None) -> None:
        self._pace.throttled(retry_after)

    def put_off(self) -> dict[int, timedelta]:
        """Who was set aside to the end, and for how long. Asks the database, at the end only."""
        domains: dict[str, list[Recipient]] = defaultdict(list)
        for recipient in self._aside:
            domains[recipient.address.rpartition("@")[2]].append(recipient)
        delays: dict[int, timedelta] = {}
        for people in domains.values():
            delay = self._pace.put_off(people[0].address, len(people))
            delays.update(dict.fromkeys((person.id for person in people), delay))
        return delays
