"""The embedded transport: a Maildir of what would have left.

Each file is named by its delivery, so that handing one over again replaces it: a replay is
harmless and nothing is ever in doubt. Format: https://cr.yp.to/proto/maildir.html
"""

import os
import re
from collections.abc import Collection
from pathlib import Path

from posts.delivery.transports.base import Feed, Notes, Outcome, ServerAnswer, Transient
from subscribers.saying import sentence


def forget(folder: Path, subscriber_id: int, addresses: Collection[str]) -> None:
    """Delete the letters of one reader, and what else went to one of her addresses.

    A letter of a mailing is named by its reader. Of our own mails the headers are looked into.
    """
    hers = re.compile(rf"m\d+\.r{subscriber_id}\.eml(:2,\w*)?")
    named = [address.lower().encode() for address in addresses]
    for part in ("tmp", "new", "cur"):
        if not (folder / part).is_dir():
            continue
        for entry in os.scandir(folder / part):
            own = entry.name.startswith("m0.")
            if hers.fullmatch(entry.name) or (own and _names(entry.path, named)):
                os.unlink(entry.path)


def _names(path: str, named: list[bytes]) -> bool:
    with open(path, "rb") as file:
        content = file.read().lower()
    return any(address in content for address in named)


class Outbox:
    name = "outbox"
    replay_safe = True
    key_lives = None
    senders = connections = 1
    stays_here = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def describe(self) -> str:
        return sentence(
            "the outbox on this machine (%(folder)s); nothing leaves it", folder=self.folder
        )

    def open(self) -> "OutboxSession":
        try:
            for name in ("tmp", "new", "cur"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Transient(
                sentence(
                    "The outbox %(folder)s cannot be made: %(reason)s",
                    folder=self.folder,
                    reason=error.strerror,
                )
            ) from error
        return OutboxSession(self.folder)


class OutboxSession:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, feed: Feed, notes: Notes) -> None:
        for message in feed:
            notes.attempt(message.subscriber_id)
            self.write(f"m{message.mailing_id}.r{message.subscriber_id}.eml", message.content())
            # Kept for the next attempt: after a kill it is simply handed over again.
            notes.answer(Outcome(message.subscriber_id, ServerAnswer.ACCEPTED))
        notes.flush()

    def write(self, name: str, content: bytes) -> None:
        """Write beside and rename, so that a reader never sees half a message."""
        draft = os.path.join(self.folder, "tmp", name)
        try:
            with open(draft, "wb") as file:  # buffered: an unbuffered write may be cut short
                file.write(content)
            os.replace(draft, os.path.join(self.folder, "new", name))
        except OSError as error:
            raise Transient(
                sentence("The outbox cannot be written: %(reason)s", reason=error.strerror)
            ) from error

    def abort(self) -> None:
        """Nothing here waits for anybody."""

    def close(self) -> None:
        """Nothing is held open between messages."""
