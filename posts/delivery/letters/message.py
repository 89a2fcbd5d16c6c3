"""One letter to one reader: what she shares with all others, and the five values that are hers."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LetterSource:
    """A letter before it is compiled, for providers that fill in what differs themselves.

    `headers`, `text` and `html` hold markers (`compile.slot(key, name)`) where readers differ;
    `html` is empty for text only.
    """

    key: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


class Form(Protocol):
    """What all recipients of one variant share; `compile.CompiledLetter` is one."""

    @property
    def source(self) -> LetterSource | None:
        """None for a message that is only bytes."""

    def fill(self, message: "Outgoing") -> bytes:
        """The complete message of one recipient."""


@dataclass(slots=True)
class Outgoing:
    """One message for one recipient: the letter, and the five values that are hers.

    Messages of one feed whose `letter` is the same object may go in one call. `address`,
    `identity` (the Message-ID with its brackets) and the two links are ASCII.
    """

    mailing_id: int
    subscriber_id: int
    sender: str
    address: str
    letter: Form
    identity: str = ""
    one_click: str = ""
    unsubscribe: str = ""

    def content(self) -> bytes:
        """RFC 5322 bytes with CRLF line ends in which no line starts with a dot, so that SMTP
        needs no stuffing."""
        return self.letter.fill(self)
