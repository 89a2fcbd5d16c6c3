"""Who objected, also kept outside the database: what a backup cannot know, since it is older.

One file a month and host in `settings.OBJECTIONS_DIR`, to which is only ever appended. An objection
is written, and is on the disk, before the transaction it belongs to commits: what is in the
database is in the file, wherever we are killed. One too many, of a transaction that failed, costs
nobody more than a mail. Lines hold keyed hashes only (the keys are in the database, and so in its
backups), each with a checksum:

    <time> tie <what> <newsletter> <hash of the person's number>     ended one subscription
    <time> address <reason>:<origin> <hash of the address>           must never be mailed again
    <time> backup <which>                                            a backup begins to be taken
    <time> mark <consent event> <suppression> <which database>       all up to these are written

Whatever could not be written (a full disk must not keep anybody from unsubscribing) is written by
`catch_up`, every ten minutes. The last mark says until when nothing is missing.
"""

import logging
import os
import socket
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from subscribers.keys import keyed_hash
from subscribers.models import ConsentEvent, Subscription, Suppression
from subscribers.queries import address_hash

logger = logging.getLogger(__name__)

TIE, ADDRESS, BACKUP, MARK = "tie", "address", "backup", "mark"
OBJECTING = frozenset(
    {ConsentEvent.Kind.UNSUBSCRIBED, ConsentEvent.Kind.BOUNCED, ConsentEvent.Kind.COMPLAINED}
)
CHUNK = 1_000
# How long a transaction may take from its line to its commit, and by how much clocks may differ.
OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True)
class NotedLine:
    """One line: when, of which kind, and its words."""

    at: datetime
    kind: str
    words: tuple[str, ...]


class Unreadable(Exception):
    """A line that we did not write, or not whole."""


# --- Writing ------------------------------------------------------------------------------


def note_ties(ties: Iterable[tuple[int, int]], what: str) -> None:
    """Subscriptions, by subscriber and newsletter, that end in the caller's transaction."""
    _try_to_append(_tie(*tie, what) for tie in ties)


def note_addresses(digests: Iterable[bytes], *, reason: str, origin: str) -> None:
    """Addresses, by their suppression hash, that must not be mailed from here on."""
    _try_to_append(_address(digest, reason, origin) for digest in digests)


def note_backup(name: str) -> None:
    """A backup is about to be taken. Raises OSError: then it would be one without objections."""
    _append([(BACKUP, name)])


def catch_up() -> None:
    """Write what is missing since the mark before last, and a new mark. Raises OSError."""
    make_keys()
    since, consent, suppression = _from_where()
    upto = _newest()
    if since is not None:
        known = {(line.kind, line.words) for line in read(since=since)}
        missing = (words for words in _since(consent, suppression) if _key(words) not in known)
        while chunk := [words for _, words in zip(range(CHUNK), missing, strict=False)]:
            _append(chunk)
    _append([(MARK, *map(str, upto), person_hash(0))])


def _from_where() -> tuple[datetime | None, int, int]:
    """One mark back: what it saw the numbers of may have been committed after it."""
    marks = marks_in(read(since=timezone.now() - timedelta(days=40)))
    before = [mark for mark in marks if mark.at < marks[-1].at - OVERLAP] or marks
    if not before:
        return None, 0, 0
    last = before[-1]
    return last.at - OVERLAP, int(last.words[0]), int(last.words[1])


def _newest() -> tuple[int, int]:
    newest = [model.objects.aggregate(newest=Max("pk"))["newest"] for model in _KEPT]
    return newest[0] or 0, newest[1] or 0


_KEPT = (ConsentEvent, Suppression)


def _since(consent: int, suppression: int) -> Iterator[tuple[str, ...]]:
    events = ConsentEvent.objects.filter(pk__gt=consent, kind__in=OBJECTING).order_by("pk")
    for person, newsletter, kind in events.values_list(
        "subscriber_id", "newsletter_id", "kind"
    ).iterator(chunk_size=CHUNK):
        yield _tie(person, newsletter, kind)
    rows = Suppression.objects.filter(pk__gt=suppression).order_by("pk")
    for digest, reason, origin in rows.values_list("address_hash", "reason", "origin").iterator(
        chunk_size=CHUNK
    ):
        yield _address(bytes(digest), reason, origin)


def marks_in(lines: Iterable[NotedLine]) -> list[NotedLine]:
    """The marks that this database made, or the one it is a return of: they have the same keys."""
    ours = person_hash(0)
    return [line for line in lines if line.kind == MARK and line.words[2] == ours]


def make_keys() -> None:
    """So that they are in every backup, outside of any transaction that may fail."""
    person_hash(0)
    address_hash("")


def person_hash(subscriber_id: int) -> str:
    """What stands for a person in the file."""
    return keyed_hash("objection", subscriber_id)[:16].hex()


def _tie(subscriber_id: int, newsletter_id: int, what: str) -> tuple[str, ...]:
    return TIE, what, str(newsletter_id), person_hash(subscriber_id)


def _address(digest: bytes, reason: str, origin: str) -> tuple[str, ...]:
    return ADDRESS, f"{reason}:{origin}", digest.hex()


def _key(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return words[0], words[1:]


def _try_to_append(lines: Iterable[tuple[str, ...]]) -> None:
    try:
        _append(list(lines))
    except OSError as error:
        logger.error("An objection could not be written beside the database: %s", error)


def _append(lines: Sequence[tuple[str, ...]]) -> None:
    if not lines:
        return
    now = timezone.now()
    stamp = f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"
    # A line break before each: one that was torn off by a kill spoils no other.
    content = "".join(f"\n{_sealed(' '.join((stamp, *words)))}" for words in lines).encode()
    folder = Path(settings.OBJECTIONS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{now:%Y-%m}.{socket.gethostname()}.log"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(descriptor, content) != len(content):
            raise OSError(f"{file} took only a part; the disk is full.")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sealed(text: str) -> str:
    return f"{text} {zlib.crc32(text.encode()):08x}"


# --- Reading ------------------------------------------------------------------------------


def read(folder: Path | None = None, *, since: datetime | None = None) -> list[NotedLine]:
    """The lines since then of all hosts, oldest first. Unreadable ones are left out."""
    return sorted(
        (line for line in _readable(_texts(folder, since)) if since is None or line.at >= since),
        key=lambda line: line.at,
    )


def unreadable(folder: Path | None = None, *, since: datetime | None = None) -> int:
    """How many lines, in files that were written to since then, are not as we wrote them."""
    return sum(1 for text in _texts(folder, since) if _parsed(text) is None)


def _readable(texts: Iterable[str]) -> Iterator[NotedLine]:
    for text in texts:
        if (line := _parsed(text)) is not None:
            yield line


def _texts(folder: Path | None, since: datetime | None) -> Iterator[str]:
    for file in sorted(Path(folder or settings.OBJECTIONS_DIR).glob("*.log")):
        if since is not None and file.stat().st_mtime < since.timestamp():
            continue
        with file.open(encoding="ascii", errors="replace") as lines:
            yield from (line.rstrip("\n") for line in lines if line.strip())


def _parsed(text: str) -> NotedLine | None:
    content, _, seal = text.rpartition(" ")
    if _sealed(content) != f"{content} {seal}":
        return None
    stamp, kind, *words = content.split(" ")
    return NotedLine(datetime.fromisoformat(stamp), kind, tuple(words))


def note_events(rows: Sequence[Subscription], kind: str) -> None:
    """Of what `actions.record` writes, the objections."""
    if kind in OBJECTING:
        note_ties(((row.subscriber_id, row.newsletter_id) for row in rows), kind)
