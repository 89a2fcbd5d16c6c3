"""The embedded transport: a Maildir of what would have left.

Each file is named by its delivery, so that handing one over again replaces it: a replay is
harmless and nothing is ever in doubt. Format: https://cr.yp.to/proto/maildir.html
"""

import os
from pathlib import Path

from posts.delivery.transports.base import Feed, Notes, Outcome, ServerAnswer, Transient


class Outbox:
    name = "outbox"
    replay_safe = True
    key_lives = None
    senders = 1
    stays_here = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def describe(self) -> str:
        return f"the outbox on this machine ({self.folder}); nothing leaves it"

    def open(self) -> "OutboxSession":
        try:
            for name in ("tmp", "new", "cur"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Transient(f"The outbox {self.folder} cannot be made: {error.strerror}") from error
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
            raise Transient(f"The outbox cannot be written: {error.strerror}") from error

    def abort(self) -> None:
        """Nothing here waits for anybody."""

    def close(self) -> None:
        """Nothing is held open between messages."""
