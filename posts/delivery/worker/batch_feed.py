"""The messages of one claimed batch, at the pace that is allowed, until something says stop.

Nobody is given who was not announced in the database before (see `announced`). A transport that
waits for nobody takes what is ready, and the `Announcer` looks ahead for it; one that asks for
whole calls waits until all of a call are announced.
"""

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from django.db import Error, connection

from posts.delivery.letters.compose import Addresser
from posts.delivery.letters.message import Outgoing
from posts.delivery.worker import ledger
from posts.delivery.worker.announced import Announced
from posts.delivery.worker.ledger import Claim
from subscribers.queries import Recipient

logger = logging.getLogger(__name__)

LOOK_AGAIN = 0.02  # seconds between two looks at whether somebody may leave
# How long a batch stays in hand for the sake of readers whose provider has had enough for now.
PATIENCE = 10.0
PAUSE = 0.2  # seconds before a database that is away is asked again


def _nobody() -> None:
    """Asked, told or woken where there is nobody."""


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
        self,
        claim: Claim,
        pace: SendingPace,
        *,
        stopped: Callable[[], bool],
        most_refusals: int,
        ask: Callable[[], None] = _nobody,
    ) -> None:
        """`ask`: somebody is to announce more."""
        self.name = f"{claim.batch_id}-{claim.epoch}"
        self.key = claim.key
        self.ended = False
        self._claim = claim
        self._pace = pace
        self._stopped = stopped
        self._most_refusals = most_refusals
        self._addresser = Addresser(claim.mailing)
        begun = len(claim.recipients) if claim.announced is None else claim.begun
        self._ready = deque(claim.recipients[:begun])
        self._line = deque(claim.recipients[begun:])  # not announced
        self._ask = ask
        self.low = 0  # so few that are ready are few
        # In doubt if our host were lost now.
        self.told = 0 if claim.announced is None else claim.announced.open
        self._announcing = threading.Lock()
        self._more: Callable[[], None] = _nobody
        self.hungry = False  # more are to be announced
        self.starved = False  # somebody asked in vain, for want of announcements
        self._aside: deque[Recipient] = deque()  # their domain has had enough for now
        self._unbegun: deque[int] = deque()  # set aside: to be announced anew
        self._paid: set[int] = set()  # have their token already
        self._aside_since = 0.0
        self._look_again = 0.0
        pace.expect(recipient.address for recipient in claim.recipients)

    @property
    def left(self) -> int:
        return 0 if self.ended else len(self._ready) + len(self._line) + len(self._aside)

    @property
    def halted(self) -> bool:
        claim = self._claim
        return (
            self._stopped()
            or claim.expired()
            or claim.journal.refused_in_a_row >= self._most_refusals
            or self._pace.used_up_until() is not None
        )

    def watch(self, more: Callable[[], None]) -> None:
        self._more = more

    @property
    def withdrawn(self) -> bool:
        return self._claim.expired()

    def take(self) -> Outgoing | None:
        if self.ended or self.halted:
            self.ended = True
            return None
        pace = self._pace
        while self._ready:
            recipient = self._ready.popleft()
            if self._paid and recipient.id in self._paid:
                return self._given(recipient)
            if self.key or pace.take(recipient.address):
                return self._given(recipient)
            if not pace.domain_is_slow(recipient.address):
                self._ready.appendleft(recipient)
                return None
            self._aside.append(recipient)
            self._unbegun.append(recipient.id)
        if self._line:
            self.starved = True
            self._ask_for_more()
            return None
        return self._from_aside()

    def _given(self, recipient: Recipient) -> Outgoing:
        if not self.hungry and len(self._ready) <= self.low and self._line:
            self._ask_for_more()
        return self._addresser.address(recipient)

    def _ask_for_more(self) -> None:
        self.hungry = True
        self._ask()

    def announce(self, more: int) -> None:
        """Tell the database that `more` may be begun, and what is known of those before; then they
        may be taken. Raises `Error`, and nothing changed."""
        with self._announcing:
            if (announced := self._claim.announced) is not None:
                self._hear(announced)
                self._tell(announced, more)
        self._wake()

    def announce_up_to(self, most: int) -> None:
        """As many more as leave `most` in doubt if our host were lost. Raises `Error`."""
        self.hungry = False  # whoever takes the last that are ready says so again
        with self._announcing:
            if (announced := self._claim.announced) is not None:
                self._hear(announced)
                if announced.open < most:
                    self._tell(announced, most - announced.open)
        self._wake()

    def note_answers(self) -> None:
        """In the database, what is known of those who were announced. Raises `Error`."""
        with self._announcing:
            announced = self._claim.announced
            if announced is not None and self.told:
                self._hear(announced)
                if announced.open < self.told:
                    self._tell(announced, 0)

    def _hear(self, announced: Announced) -> None:
        announced.hear(self._claim.journal.fresh)
        while self._unbegun:
            announced.take_back([self._unbegun.popleft()])

    def _tell(self, announced: Announced, more: int) -> None:
        coming = [self._line[n] for n in range(min(more, len(self._line)))]
        ids = [recipient.id for recipient in coming]
        announced.begin(ids)
        try:
            kept = ledger.announce(self._claim, announced)
        except Error:
            announced.take_back(ids)
            raise
        if not kept:
            return
        self.told = announced.open
        self._ready.extend(coming)  # first: who looks now sees them twice, and never not at all
        for _ in coming:
            self._line.popleft()

    def _wake(self) -> None:
        if self.starved and self._ready:
            self.starved = False
            self._more()

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
            if not self._pace.take(recipient.address):
                self._aside.append(recipient)
            elif self._claim.announced is None:
                return self._addresser.address(recipient)
            else:
                self._paid.add(recipient.id)
                self._line.append(recipient)
        if self._line:
            self.starved = True
            self._ask_for_more()
        self._look_again = now + LOOK_AGAIN
        return None

    def chunk(self, most: int) -> list[Outgoing]:
        self._ask = _nobody
        if self.key:
            return self._whole_call()
        given: list[Outgoing] = []
        while True:
            self._announce_a_call(most)
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
        self._announce_a_call(self.left)
        if self._line:
            self.ended = True
            return []
        given = [self._addresser.address(recipient) for recipient in self._ready]
        self._ready.clear()
        self.ended = True
        return given

    def _announce_a_call(self, most: int) -> None:
        """All of a call of so many, before it is made. While the database is away it waits, at
        longest until the lease ends."""
        while self._line and len(self._ready) < most and not self.halted:
            try:
                self.announce(max(most - len(self._ready), self._claim.begun))
            except Error as error:
                logger.warning("Nobody of batch %s could be announced: %s", self.name, error)
                connection.close()
                time.sleep(PAUSE)

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
