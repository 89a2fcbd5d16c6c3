from collections.abc import Iterable
from datetime import datetime, timedelta


class NoPace:
    """As fast as it goes."""

    def expect(self, addresses: Iterable[str]) -> None:
        """All may leave."""

    def take(self, address: str) -> bool:
        return True

    def domain_is_slow(self, address: str) -> bool:
        return False

    def used_up_until(self) -> datetime | None:
        return None

    def throttled(self, retry_after: timedelta | None) -> None:
        """Nobody keeps the pace."""

    def put_off(self, address: str, recipients: int) -> timedelta:
        return timedelta(0)
