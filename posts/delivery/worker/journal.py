"""A tiny file per claimed batch that notes each attempt and each answer.

The ledger in the database learns of a batch's fate in one go; the journal covers the time in
between. It is written with `write(2)` and never synced: it survives the process (kill -9), not
a power cut. The owner holds a lock on it, which the kernel drops however the owner dies; so a
journal without a lock is an orphan, to be settled by whoever finds it.
"""

import errno
import fcntl
import os
import re
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn, Self
from uuid import UUID

from django.conf import settings

from posts.delivery.transports.base import Outcome, ServerAnswer, Transient
from subscribers import saying
from subscribers.saying import sentence

# subscriber id, answer, length of the text that follows, seconds until a retry
RECORD = struct.Struct("<qBxHI")
ACCEPTED = ServerAnswer.ACCEPTED
# Stands before the attempts of one call: the time (in place of the id), and its key as the text.
CALL = 6
# A doubt whose call must not be made again, whatever its key.
FOR_GOOD = 7
KINDS = {int(answer): answer for answer in ServerAnswer}
KINDS |= {int(ServerAnswer.ATTEMPT): ServerAnswer.DOUBT, FOR_GOOD: ServerAnswer.DOUBT}
LONGEST_TEXT = 2_000  # bytes
BOOT_SIZE = 16
DRAFT_SECONDS = 3600.0  # a draft lives for milliseconds; what is that old was left by a kill


def folder() -> Path:
    """Where journals of this host lie; made when missing."""
    path = Path(settings.DATA_DIR) / "journal"
    path.mkdir(parents=True, exist_ok=True)
    return path


@cache
def boot() -> bytes:
    """Which start of the operating system this is (Linux); zeros where it does not tell."""
    try:
        return UUID(Path("/proc/sys/kernel/random/boot_id").read_text().strip()).bytes
    except (OSError, ValueError):
        return bytes(BOOT_SIZE)


@dataclass(frozen=True)
class Name:
    """`<batch>-<epoch>.journal`: one file per claim of a batch."""

    batch_id: int
    epoch: int

    def path(self) -> Path:
        return folder() / f"{self.batch_id}-{self.epoch}.journal"

    @classmethod
    def parse(cls, path: Path) -> Self | None:
        """None for a file that is none of ours."""
        ids = re.fullmatch(r"(\d+)-(\d+)", path.stem)
        return cls(int(ids[1]), int(ids[2])) if ids else None


class Journal:
    """The owner's side: opened with the claim, deleted after the record is committed.

    Written by one thread, read by others beside it. Where it cannot be written (disk full),
    Transient is raised and nothing is handed over.
    """

    def __init__(self, name: Name, *, now: float | None = None) -> None:
        """`now`: by the clock that will say when a call is too old to be replayed, which this
        host's may be far from."""
        self._ahead = (time.time() if now is None else now) - time.monotonic()
        self._noted: dict[int, Outcome] = {}
        # Answers that the database was not told yet; taken out by whoever announces.
        self.fresh: deque[Outcome] = deque()
        self._unwritten: list[bytes] = []
        self._size = 0
        self.accepted = 0  # recipients
        self.taken = 0  # hand-overs, of one letter or of many, of which the server took something
        self.refused_in_a_row = 0
        self.last_reply = ""
        try:
            self.path = name.path()
            # Locked under another name first: an orphan-settler must never see it unlocked.
            draft = self.path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            self._fd = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND, 0o600)
        except OSError as error:
            _cannot_write(error)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            self._write(boot())
            os.rename(draft, self.path)
        except BaseException as error:
            os.close(self._fd)
            if isinstance(error, OSError):
                _cannot_write(error)
            raise

    def attempt(self, subscriber_id: int) -> None:
        """Written before the body leaves; where that fails, it must not leave."""
        self._unwritten.append(RECORD.pack(subscriber_id, ServerAnswer.ATTEMPT, 0, 0))
        self.flush()
        self._noted[subscriber_id] = Outcome(subscriber_id, ServerAnswer.DOUBT)

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        """All recipients of one call, before it leaves, in one write."""
        now, text = int(self._ahead + time.monotonic()), key.encode()
        head = RECORD.pack(now, CALL, len(text), 0) + text
        attempts = [
            RECORD.pack(subscriber_id, ServerAnswer.ATTEMPT, 0, 0)
            for subscriber_id in subscriber_ids
        ]
        self._unwritten += [head, *attempts]
        self.flush()
        for subscriber_id in subscriber_ids:
            self._noted[subscriber_id] = Outcome(subscriber_id, ServerAnswer.DOUBT, key=key, at=now)

    def answer(self, outcome: Outcome) -> None:
        """Remembered at once, so that the ledger learns of it from us in any case; written with
        the next attempt, or by `flush`. So a kill leaves no more doubts than there are
        connections: one that made its next attempt has had its answer written."""
        self.taken += outcome.answer is ACCEPTED
        self._note(outcome)

    def _note(self, outcome: Outcome) -> None:
        if outcome.answer is ACCEPTED:  # nearly always
            self.refused_in_a_row = 0
            self.accepted += 1
        else:
            outcome = self._not_accepted(outcome)
        self._noted[outcome.subscriber_id] = outcome
        self.fresh.append(outcome)
        self._unwritten.append(_packed(outcome))

    def flush(self) -> None:
        if self._unwritten:
            records, self._unwritten = b"".join(self._unwritten), []
            self._write(records)

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        self.taken += any(outcome.answer is ACCEPTED for outcome in outcomes)
        for outcome in outcomes:
            self._note(outcome)
        self.flush()

    def _not_accepted(self, outcome: Outcome) -> Outcome:
        if outcome.answer is ServerAnswer.REFUSED:
            self.refused_in_a_row += 1
            self.last_reply = outcome.reply
        elif outcome.answer is ServerAnswer.DOUBT:
            # When its call was made stands with the attempt. Without a key it stays a doubt.
            before = self._noted.get(outcome.subscriber_id)
            outcome = outcome._replace(at=before.at if before is not None else 0)
            self.last_reply = outcome.reply
        return outcome

    def _write(self, record: bytes) -> None:
        try:
            written = os.write(self._fd, record)
            if written < len(record):
                os.ftruncate(self._fd, self._size)  # half a record would garble all that follow
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            _cannot_write(error)
        self._size += written

    def answered(self) -> list[Outcome]:
        """Every answer so far. Recording one twice is harmless: the second finds no row."""
        return [outcome for outcome in self.outcomes() if outcome.answer is not ServerAnswer.DOUBT]

    def outcomes(self) -> list[Outcome]:
        """Every answer, and as doubts the attempts that never got one."""
        return list(self._noted.copy().values())  # a copy: the writer may be at it

    def delete(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
        finally:
            os.close(self._fd)

    def abandon(self) -> None:
        """Leave the file for the sweep, which settles it as evidence."""
        try:
            with suppress(Transient):  # whose answer finds no room is in doubt
                self.flush()
        finally:
            os.close(self._fd)


def _text(reply: str) -> bytes:
    """One of our own sentences stays one; what is too long for that is cut as it stands."""
    kept = saying.kept(reply).encode()
    return kept if len(kept) <= LONGEST_TEXT else str.__str__(reply).encode()[:LONGEST_TEXT]


def _packed(outcome: Outcome) -> bytes:
    subscriber_id, answer, reply, retry_after, key, _ = outcome
    text = _text(reply) if reply else b""
    kind = FOR_GOOD if answer is ServerAnswer.DOUBT and not key else answer
    return RECORD.pack(subscriber_id, kind, len(text), retry_after) + text


def _cannot_write(error: OSError) -> NoReturn:
    raise Transient(
        sentence(
            "The journal in %(folder)s cannot be written: %(reason)s. Without it "
            "nothing is handed over. Make room or repair the folder; we go on by "
            "ourselves.",
            folder=Path(settings.DATA_DIR) / "journal",
            reason=error.strerror,
        )
    ) from error


@dataclass(frozen=True)
class Orphan:
    """A journal whose owner is gone, held by us while we settle it.

    `complete`: whoever is not in the outcomes was not attempted.
    """

    name: Name
    outcomes: list[Outcome]
    complete: bool
    path: Path
    inode: int

    def in_place(self) -> bool:
        """False when the next claim of the batch has put its own journal under this name."""
        with suppress(FileNotFoundError):
            return self.path.stat().st_ino == self.inode
        return False

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def orphans() -> Iterator[Orphan]:
    """Each journal on this host without an owner, locked while the caller settles it."""
    _forget_drafts()
    for path in sorted(folder().glob("*.journal")):
        if (name := Name.parse(path)) is None:
            continue
        with suppress(FileNotFoundError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            outcomes, complete = read(file.read())
            inode = os.fstat(file.fileno()).st_ino
            orphan = Orphan(name, outcomes, complete, path, inode)
            # Its owner may have deleted it between our open and our lock.
            if orphan.in_place():
                yield orphan


def _forget_drafts() -> None:
    for path in folder().iterdir():
        with suppress(FileNotFoundError):
            old = time.time() - path.stat().st_mtime > DRAFT_SECONDS
            if old and path.suffix != ".journal":
                path.unlink()


def read(data: bytes) -> tuple[list[Outcome], bool]:
    """The last word on each recipient, and whether these are all; an attempt alone is a doubt.

    A torn end is left out: it was never finished, so nothing was handed over after it.
    """
    last: dict[int, Outcome] = {}
    complete = data[:BOOT_SIZE] == boot()
    at, key, called_at = BOOT_SIZE, "", 0
    while at + RECORD.size <= len(data):
        subscriber_id, answer, length, retry_after = RECORD.unpack_from(data, at)
        at += RECORD.size
        text = data[at : at + length].decode("utf-8", "replace")
        at += length
        if at > len(data):
            break
        if answer == CALL:
            key, called_at = text, subscriber_id
            continue
        kind = KINDS.get(answer)
        if kind is None:
            return list(last.values()), False
        if answer == ServerAnswer.ATTEMPT:
            last[subscriber_id] = Outcome(subscriber_id, kind, key=key, at=called_at)
        else:
            before = last.get(subscriber_id) if kind is ServerAnswer.DOUBT else None
            known = before.key if before and answer == ServerAnswer.DOUBT else ""
            called = before.at if before else 0
            last[subscriber_id] = Outcome(
                subscriber_id, kind, saying.heard(text), retry_after, known, called
            )
    return list(last.values()), complete
