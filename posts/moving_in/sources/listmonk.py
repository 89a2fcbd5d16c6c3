"""listmonk exports subscribers as CSV: uuid, email, name, attributes, status (`enabled`,
`disabled`, `blocklisted`), created_at, updated_at (its `cmd/subscribers.go`)."""

from collections.abc import Iterator

from posts.moving_in.archive import Archive
from posts.moving_in.shape import Found, MoveOptions, OldSystem
from posts.moving_in.tables import lists_in
from subscribers.saying import sentence


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    yield from lists_in(archive)


SYSTEM = OldSystem("listmonk", "listmonk", sentence("Its list of subscribers."), _read)
