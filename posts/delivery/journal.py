"""A tiny file per claimed batch that notes each attempt and each answer.

The ledger in the database learns of a batch's fate in one go; the journal covers the time in
between. It is written with `write(2)` and never synced: it survives the process (kill -9), not
a power cut. The owner holds a lock on it, which the kernel drops however the owner dies; so a
journal without a lock is an orphan, to be settled by whoever finds it.
"""

import fcntl
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings

from posts.delivery.transports.base import Answer, Outcome

# subscriber id, answer, length of the words that follow, seconds until a retry
RECORD = struct.Struct("<qBxHI")
LONGEST_WORDS = 2_000  # bytes


def folder() -> Path:
    """Where journals of this host lie; made when missing."""
    path = Path(settings.DATA_DIR) / "journal"
    path.mkdir(parents=True, exist_ok=True)
    return path


@dataclass(frozen=True)
class Name:
    """`<batch>-<epoch>.journal`: one file per claim of a batch."""

    batch_id: int
    epoch: int

    def path(self) -> Path:
        return folder() / f"{self.batch_id}-{self.epoch}.journal"

    @classmethod
    def parse(cls, path: Path) -> Self:
        batch_id, epoch = path.stem.split("-")
        return cls(int(batch_id), int(epoch))


class Journal:
    """The owner's side: opened with the claim, deleted after the record is committed."""

    def __init__(self, name: Name) -> None:
        self.path = name.path()
        # Locked under another name first: an orphan-settler must never see it unlocked.
        draft = self.path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        self._fd = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        os.rename(draft, self.path)
        self._noted: dict[int, Outcome] = {}
        self._mutex = threading.Lock()
        self.accepted = 0
        self.refused_in_a_row = 0
        self.last_words = ""

    def attempt(self, subscriber_id: int) -> None:
        os.write(self._fd, RECORD.pack(subscriber_id, Answer.ATTEMPT, 0, 0))
        with self._mutex:
            self._noted[subscriber_id] = Outcome(subscriber_id, Answer.DOUBT)

    def answer(self, outcome: Outcome) -> None:
        words = outcome.words.encode()[:LONGEST_WORDS]
        os.write(
            self._fd,
            RECORD.pack(outcome.subscriber_id, outcome.answer, len(words), outcome.retry_after)
            + words,
        )
        with self._mutex:
            self._noted[outcome.subscriber_id] = outcome
        if outcome.answer is Answer.REFUSED:
            self.refused_in_a_row += 1
            self.last_words = outcome.words
        elif outcome.answer is Answer.ACCEPTED:
            self.refused_in_a_row = 0
            self.accepted += 1

    def answered(self) -> list[Outcome]:
        """Every answer so far. Recording one twice is harmless: the second finds no row."""
        with self._mutex:
            noted = list(self._noted.values())
        return [outcome for outcome in noted if outcome.answer is not Answer.DOUBT]

    def outcomes(self) -> list[Outcome]:
        """Every answer, and as doubts the attempts that never got one."""
        with self._mutex:
            return list(self._noted.values())

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self._fd)

    def abandon(self) -> None:
        """Leave the file for the sweep, which settles it as evidence."""
        os.close(self._fd)


@dataclass(frozen=True)
class Orphan:
    """A journal whose owner is gone, held by us while we settle it."""

    name: Name
    outcomes: list[Outcome]
    path: Path

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def orphans() -> Iterator[Orphan]:
    """Each journal on this host without an owner, locked while the caller settles it."""
    for path in sorted(folder().glob("*.journal")):
        with suppress(FileNotFoundError):
            fd = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Its owner may have deleted it between our open and our lock.
                if os.fstat(fd).st_nlink:
                    yield Orphan(Name.parse(path), read(path.read_bytes()), path)
            except BlockingIOError:
                continue
            finally:
                os.close(fd)


def read(data: bytes) -> list[Outcome]:
    """The last word on each recipient; an attempt alone is a doubt. A torn end is left out."""
    last: dict[int, Outcome] = {}
    at = 0
    while at + RECORD.size <= len(data):
        number, answer, length, retry_after = RECORD.unpack_from(data, at)
        at += RECORD.size
        words = data[at : at + length].decode("utf-8", "replace")
        at += length
        if at > len(data):
            break
        kind = Answer.DOUBT if answer == Answer.ATTEMPT else Answer(answer)
        last[number] = Outcome(number, kind, words, retry_after)
    return list(last.values())
