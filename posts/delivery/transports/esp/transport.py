"""The transport that EMAIL_URL=mailgun://… and its like name."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from posts.delivery.transports.esp.adapter import Adapter
from posts.delivery.transports.esp.options import Options
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.session import EspSession, idempotency_key


@dataclass(frozen=True)
class Esp:
    provider: Provider
    options: Options

    replay_safe: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return self.provider.scheme

    @property
    def key_lives(self) -> timedelta | None:
        return self.provider.key_lives

    @property
    def senders(self) -> int:
        """A call waits for its answer most of the time, so several are on their way at once."""
        return self.options.connections

    @property
    def connections(self) -> int:
        return self.options.connections

    @property
    def stays_here(self) -> bool:
        return self.options.stays_here

    def describe(self) -> str:
        place = f" for {self.options.place}" if self.options.place else ""
        host = urlsplit(self.options.api_url).netloc.rpartition("@")[2]
        return f"{self.provider.title}{place}" + (f" at {host}" if host else "")

    def open(self) -> EspSession:
        if self.provider.key_lives:
            idempotency_key("")  # fetches the key of the hash; a sender asks no database
        session = EspSession(self.adapter())
        try:
            session.probe()
        except BaseException:
            session.close()
            raise
        return session

    def adapter(self) -> Adapter:
        return self.provider.adapter(self.provider, self.options)
