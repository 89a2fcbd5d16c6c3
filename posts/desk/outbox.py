"""Reads the outbox, a Maildir of what would have left, also when it holds 100,000 letters.

Only names and times are read of all files; parsed are those that are shown.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from subscribers.models import Subscriber

FOLDERS = ("new", "cur")
# A letter of a mailing is named by its delivery, so that one reader's are found without opening
# any. Tests and confirmations are not; of those the newest are opened when one searches.
DELIVERY_NAME = re.compile(r"m\d+\.r(\d+)\.eml(:2,\w*)?")
OPENED_IN_A_SEARCH = 2_000
HEADER_BYTES = 16_384


class OutboxFile(NamedTuple):
    """One file of the outbox. Plain, for there may be 100,000 in a list; sorts by its time."""

    time: float
    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the list shows of one letter."""

    name: str
    at: datetime
    to: str
    subject: str


@dataclass(frozen=True, slots=True)
class OutboxLetter:
    """One letter, taken apart for reading."""

    name: str
    at: datetime
    size: int
    headers: list[tuple[str, str]]
    text: str
    html: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def main_headers(self) -> list[tuple[str, str]]:
        """What a mail program shows without being asked."""
        shown = ("From", "Reply-To", "To", "Date")
        return [(name, value) for name in shown if (value := self.header(name.lower()))]


def folder() -> Path:
    return Path(settings.DATA_DIR) / "outbox"


def entries() -> list[OutboxFile]:
    """Every file, newest first. A file that is moved while we look is left out this time."""
    found = []
    for name in FOLDERS:
        with suppress(FileNotFoundError), os.scandir(folder() / name) as files:
            for file in files:
                try:
                    found.append(OutboxFile(file.stat().st_mtime, file.path))
                except FileNotFoundError:
                    continue
    found.sort(reverse=True)
    return found


def addressed_to(address: str) -> list[OutboxFile]:
    """The entries for one recipient, newest first."""
    address = address.strip().lower()
    known = Subscriber.objects.filter(address=address).values_list("pk", flat=True).first()
    return list(_matching(entries(), address, known))


def _matching(
    candidates: Iterable[OutboxFile], address: str, known: int | None
) -> Iterator[OutboxFile]:
    opened = 0
    for entry in candidates:
        if named := DELIVERY_NAME.fullmatch(entry.name):
            if known is not None and int(named[1]) == known:
                yield entry
        elif opened < OPENED_IN_A_SEARCH:
            opened += 1
            summary = summarise(entry)
            if summary and address in summary.to.lower():
                yield entry


def summarise_all(chosen: Iterable[OutboxFile]) -> list[Summary]:
    return [summary for entry in chosen if (summary := summarise(entry))]


def summarise(entry: OutboxFile) -> Summary | None:
    """The header of one letter, or nothing if the file is gone by now."""
    try:
        with open(entry.path, "rb") as file:
            start = file.read(HEADER_BYTES)
    except FileNotFoundError:
        return None
    message = BytesHeaderParser(policy=policy.default).parsebytes(start)
    return Summary(entry.name, entry.at, _header(message, "To"), _header(message, "Subject"))


def find(name: str) -> OutboxFile | None:
    """The file of this name. A name that would lead out of the outbox is no name."""
    if "/" in name or "\0" in name or name.startswith("."):
        return None
    for part in FOLDERS:
        path = folder() / part / name
        with suppress(FileNotFoundError, OSError):
            if path.is_file():
                return OutboxFile(path.stat().st_mtime, str(path))
    return None


def read(entry: OutboxFile) -> OutboxLetter:
    content = Path(entry.path).read_bytes()
    message = BytesParser(policy=policy.default).parsebytes(content)
    return OutboxLetter(
        name=entry.name,
        at=entry.at,
        size=len(content),
        headers=[(name, _header_text(value)) for name, value in message.items()],
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _header(message: EmailMessage, name: str) -> str:
    return next(islice((_header_text(value) for value in message.get_all(name, [])), 1), "")


def _header_text(value: object) -> str:
    return " ".join(str(value).split())


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except (LookupError, MessageError):  # an unknown charset or transfer encoding
        return bytes(body.get_payload(decode=True) or b"").decode("utf-8", "replace")
