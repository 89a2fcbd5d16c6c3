"""The transport that EMAIL_URL=mailgun://… and its like name."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self
from urllib.parse import urlsplit

from django.utils.module_loading import import_string

from posts.delivery.transports.esp.adapter import Adapter
from posts.delivery.transports.esp.capabilities import Capabilities
from posts.delivery.transports.esp.options import Options, parse
from posts.delivery.transports.esp.session import EspSession, idempotency_key


@dataclass(frozen=True)
class Esp:
    row: Capabilities
    options: Options

    replay_safe: ClassVar[bool] = False

    @classmethod
    def from_url(cls, url: str) -> Self:
        return cls(*parse(url))

    @property
    def name(self) -> str:
        return self.row.scheme

    @property
    def key_lives(self) -> timedelta | None:
        return self.row.key_lives

    @property
    def senders(self) -> int:
        """A call waits for its answer most of the time, so several are on their way at once."""
        return self.options.connections

    @property
    def stays_here(self) -> bool:
        return self.options.stays_here

    @property
    def webhook_secret(self) -> str:
        """`user:password` that its webhooks have to show."""
        return self.options.webhook_secret

    @property
    def webhook_signing_key(self) -> str:
        """With which its webhooks are signed."""
        return self.options.webhook_signing_key

    def describe(self) -> str:
        place = f" for {self.options.place}" if self.options.place else ""
        host = urlsplit(self.options.api_url).netloc.rpartition("@")[2]
        return f"{self.row.title}{place}" + (f" at {host}" if host else "")

    def open(self) -> EspSession:
        if self.row.key_lives:
            idempotency_key("")  # fetches the key of the hash; a sender asks no database
        session = EspSession(self.adapter())
        try:
            session.probe()
        except BaseException:
            session.close()
            raise
        return session

    def adapter(self) -> Adapter:
        """Its module is imported when it is needed: boto alone takes a while to load."""
        adapter: Adapter = import_string(self.row.adapter)(self.row, self.options)
        return adapter
