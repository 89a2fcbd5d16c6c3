"""What one process holds of the shared tokens, and what its threads asked for in vain.

No lock and no database: the pacer holds a lock around each call.
"""

import time
from collections import deque
from collections.abc import Iterable, Mapping

MOST_ASKED = 1_000  # of one domain at a time; its bucket rarely holds so many


class Domains:
    """Tokens for recipients' domains. While it is not `limited`, every domain has some."""

    def __init__(self) -> None:
        self.limited = False
        self._tokens: dict[str, int] = {}
        self._untouched: set[str] = set()  # since the last look
        self._missed: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def has(self, domain: str) -> bool:
        return not self.limited or self._tokens.get(domain, 0) > 0

    def take(self, domain: str) -> None:
        """One token, of a domain that `has` some."""
        if self.limited:
            self._tokens[domain] -= 1
            self._untouched.discard(domain)

    def miss(self, domain: str, tokens: int = 1) -> bool:
        """Remember that it is wanted. Whether it is worth asking for at once: not when we know
        already that there is no token yet."""
        self._missed[domain] = min(MOST_ASKED, self._missed.get(domain, 0) + tokens)
        return self._not_before.get(domain, 0.0) <= time.monotonic()

    def wants(self) -> dict[str, int]:
        """What to ask for now; the rest is asked for again by whoever still wants it."""
        now = time.monotonic()
        self._not_before = {name: at for name, at in self._not_before.items() if at > now}
        asked = {name: n for name, n in self._missed.items() if name not in self._not_before}
        self._missed = {}
        return asked

    def add(self, granted: Mapping[str, tuple[int, float]]) -> None:
        now = time.monotonic()
        for name, (tokens, wait) in granted.items():
            self._tokens[name] = self._tokens.get(name, 0) + tokens
            if wait:
                self._not_before[name] = now + wait

    def leftovers(self) -> dict[str, int]:
        """Take out what nobody touched since the last look; forget domains without tokens."""
        left = self._taken_out(self._untouched)
        self._tokens = {name: tokens for name, tokens in self._tokens.items() if tokens}
        self._untouched = set(self._tokens)
        return left

    def all(self) -> dict[str, int]:
        """Take out everything."""
        return self._taken_out(list(self._tokens))

    def _taken_out(self, names: Iterable[str]) -> dict[str, int]:
        left = {name: self._tokens.pop(name, 0) for name in names}
        return {name: tokens for name, tokens in left.items() if tokens}


class Speed:
    """How many a second, over the last ten seconds."""

    SPAN = 10.0

    def __init__(self, at: float) -> None:
        self._marks = deque([(at, 0)])

    def mark(self, total: int, at: float) -> None:
        self._marks.append((at, total))
        while len(self._marks) > 2 and self._marks[1][0] <= at - self.SPAN:
            self._marks.popleft()

    def now(self, total: int, at: float) -> float:
        """Over a second at least, so that the first messages are no burst."""
        since, before = self._marks[0]
        return (total - before) / max(1.0, at - since)
