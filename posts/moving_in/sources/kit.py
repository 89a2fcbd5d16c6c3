"""Kit (ConvertKit) exports subscribers as CSV, and no texts."""

from collections.abc import Iterator

from posts.moving_in.archive import Archive
from posts.moving_in.shape import Found, MoveOptions, OldSystem
from posts.moving_in.tables import lists_in
from subscribers.saying import sentence


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    yield from lists_in(archive)


SYSTEM = OldSystem("kit", "Kit", sentence("Its list of subscribers."), _read)
