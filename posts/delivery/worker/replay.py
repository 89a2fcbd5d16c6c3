"""What may be done about a hand-over whose answer was lost, with one transport."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Replay:
    safe: bool = False  # handing over again leaves one message
    key_lives: timedelta | None = None  # so long the provider knows a call by its key
