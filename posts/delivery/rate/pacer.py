"""Who may leave now: asked for each message, by every thread of a draining process.

Answers come from a small stock in memory. One thread of its own fills it from the buckets that
all processes share, about twice a second, and gives back what was not used.
"""

import logging
import math
import random
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import Error, connection

from posts.delivery.rate import store, texts
from posts.delivery.rate.buckets import Grant
from posts.delivery.rate.stock import Domains, Speed

logger = logging.getLogger(__name__)

LEAST = 20  # asked for at a time by a process that just begins
BREATH = 0.02  # seconds between two rounds however much is asked for
TICK = 0.5  # between two rounds while mail leaves
LOOK = 2.0  # to notice a limit that is set while there is none, or while we are idle
LONGEST = 4.0  # when we know that nothing comes for long; a changed limit is noticed all the same
FORGET = 300.0  # between two looks for domains that nobody writes to
GOODBYE = 5.0  # how long `stop` waits for the thread


class Pacer:
    """One per draining process, shared by its threads. `take` never waits."""

    def __init__(self, transport_name: str, *, per_domain: bool) -> None:
        self._transport = transport_name
        self._per_domain = per_domain
        # One test a message while nothing is limited. Counted without the lock: two threads at
        # the same moment may lose a count, and nothing hangs on it.
        self._free = False
        self._taken = 0
        self._counted = 0
        self._lock = threading.Lock()
        self._stock: float = 0  # math.inf: not limited
        self._domains = Domains()
        self._missed = True
        self._throttling: list[timedelta | None] = []
        self._grant: Grant | None = None
        self._speed = Speed(time.monotonic())
        self._forget_at = time.monotonic() + FORGET
        self._hurry = False
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    # --- For whoever hands over: no waiting, no database ---

    def take(self, address: str) -> bool:
        """May this message leave now? If so, one token is spent."""
        if self._free:
            self._taken += 1
            return True
        return self._take_limited(domain_of(address))

    def _take_limited(self, domain: str) -> bool:
        with self._lock:
            if self._throttling:
                return False
            if not self._domains.has(domain):
                if self._domains.miss(domain):
                    self._wake.set()
                return False
            if self._stock < 1:
                self._miss()
                return False
            self._stock -= 1
            self._domains.take(domain)
            self._taken += 1
            return True

    def _miss(self) -> None:
        self._missed = True
        if self._hurry:
            self._wake.set()

    def domain_is_slow(self, address: str) -> bool:
        """No token for its domain just now: set it aside and go on with others."""
        return not self._free and not self._domains.has(domain_of(address))

    def expect(self, addresses: Iterable[str]) -> None:
        """Tell beforehand who will be asked for, so that tokens for all their domains are fetched
        at once; without it the first of each domain is told to wait."""
        if not self._domains.limited:
            return
        with self._lock:
            for address in addresses:
                self._domains.miss(domain_of(address))
        self._wake.set()

    def used_up_until(self) -> datetime | None:
        """The hour or the day is used up, here and in the database: claim nothing until then."""
        grant = self._grant
        return None if grant is None or self._stock >= 1 else grant.used_up_until

    def why_waiting(self) -> str:
        """In a sentence, as of the last round; empty when nothing holds mail."""
        grant = self._grant
        return "" if grant is None else texts.why(grant.standing)

    def throttled(self, retry_after: timedelta | None = None) -> None:
        """The server said 421 or 429: nothing leaves until all workers were told to slow down."""
        with self._lock:
            self._free = False
            self._throttling.append(retry_after)
        self._wake.set()

    # --- With the database ---

    def put_off(self, address: str, recipients: int = 1) -> timedelta:
        """Reserve a later turn for so many `recipients` of this address's domain, who are handed
        back: how long from now it begins. Asks the database."""
        return store.put_off(self._transport, domain_of(address), recipients)

    def start(self) -> None:
        """The first round is over when this returns; then a thread goes on with them."""
        pause = self.turn()
        self._thread = threading.Thread(
            target=self._run, args=(pause,), name=f"pace of {self._transport}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Give back what was not used: as `start`, on the caller's own connection."""
        self._ended.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(GOODBYE)
        self.finish()

    def _run(self, pause: float) -> None:
        try:
            while True:
                self._wake.wait(pause)
                self._wake.clear()
                if self._ended.wait(BREATH):
                    return  # `finish` follows, in the thread of whoever ends it
                pause = self.turn_whatever_comes()
        finally:
            connection.close()  # this thread's own

    def turn_whatever_comes(self) -> float:
        """A thread that died of a fault of ours would hold all mail for ever, and say nothing."""
        try:
            return self.turn()
        except Exception:
            logger.exception("A fault in the pace of %s; it is tried again.", self._transport)
            return LOOK

    def turn(self) -> float:
        """One round with the database; answers how many seconds until the next."""
        try:
            self._pass_throttling_on()
            pause = self._refill()
            return min(pause, self._refill_domains())
        except Error as error:
            # Tried again soon; what is in stock was granted, and may leave.
            logger.warning("The pace of %s could not be asked for: %s", self._transport, error)
            self._open(0 if self._stock == math.inf else self._stock)
            connection.close()
            return LOOK

    def finish(self) -> None:
        """Nothing leaves from here any more: note what did, give back the rest."""
        with self._lock:
            self._free = False
            rest, self._stock = self._stock, 0
            domains = self._domains.all()
        try:
            self._account(rest)
            if domains:
                store.give_back_domains(self._transport, domains)
        except Error as error:
            logger.warning("%s mails of the pace could not be given back: %s", rest, error)

    def _account(self, rest: float) -> None:
        """Give `rest` back; of what was not limited, note how much left."""
        taken = self._taken
        left, self._counted = taken - self._counted, taken
        if rest == math.inf and left:
            store.count(self._transport, left)
        elif rest and rest != math.inf and self._grant is not None:
            store.give_back(self._transport, self._grant, int(rest))

    def _pass_throttling_on(self) -> None:
        if not self._throttling:
            return
        with self._lock:
            asked = list(self._throttling)
            rest, self._stock = self._stock, 0
        observed = self._speed.now(self._taken, time.monotonic())
        self._account(rest)
        longest = max((wait for wait in asked if wait is not None), default=None)
        store.slow_down(self._transport, observed=observed, retry_after=longest)
        with self._lock:
            del self._throttling[: len(asked)]

    def _refill(self) -> float:
        taken, missed, self._missed = self._taken, self._missed, False
        used = taken - self._counted
        self._speed.mark(taken, time.monotonic())
        limited = self._stock != math.inf
        if not limited:
            self._account(self._stock)
        elif used or missed:
            self._counted = taken  # the grants have counted them
        else:
            self._return_stock()
        want = max(LEAST, 2 * used) - int(self._stock) if limited and (used or missed) else 0
        grant = store.grant(self._transport, want)
        if not limited and not grant.standing.free:
            grant = store.grant(self._transport, LEAST)  # a limit was set meanwhile
        self._apply(grant)
        return self._pause(grant, want, idle=not (used or missed))

    def _return_stock(self) -> None:
        """Nobody asked since the last round: others may need it."""
        with self._lock:
            rest, self._stock = self._stock, 0
        self._account(rest)

    def _apply(self, grant: Grant) -> None:
        before, self._grant = self._grant, grant
        self._domains.limited = self._per_domain and grant.standing.domain_rate is not None
        if grant.standing.free:
            self._open(math.inf)
            return
        with self._lock:
            if self._stock == math.inf or _other_hour(before, grant):
                self._stock = 0  # counted in an hour that is over, it must not leave in this one
            self._stock += grant.tokens
            self._free = False

    def _open(self, stock: float) -> None:
        """`stock` is math.inf when nothing limits it; then nothing is asked for any more."""
        with self._lock:
            self._stock = stock
            free = stock == math.inf and not self._domains.limited
            self._free = free and not self._throttling

    def _pause(self, grant: Grant, want: int, *, idle: bool) -> float:
        # Uneven, so that of ten processes none always comes just after another.
        uneven = random.uniform(0.8, 1.2)  # noqa: S311 (nothing secret)
        self._hurry = grant.tokens >= want
        if grant.standing.free or idle:
            return LOOK
        if self._hurry:
            return TICK * uneven
        return min(LONGEST, max(TICK, grant.wait_seconds) * uneven)

    def _refill_domains(self) -> float:
        if not self._domains.limited:
            return LONGEST
        with self._lock:
            left, wants = self._domains.leftovers(), self._domains.wants()
        if left:
            store.give_back_domains(self._transport, left)
        if wants:
            granted = store.grant_domains(self._transport, wants)
            with self._lock:
                self._domains.add(granted)
        if time.monotonic() > self._forget_at:
            self._forget_at = time.monotonic() + FORGET
            store.forget_idle_domains(self._transport)
        return TICK if wants or left else LOOK


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _other_hour(before: Grant | None, after: Grant) -> bool:
    return before is not None and before.hour != after.hour
