"""What moving in still holds of a person who is erased: her name in a report, or in an upload that
waits.

One that waits for a word may hold her in a list, or among those who opened a letter. A file that
another program made is not changed: it goes, and the writer is told to export it once more.
"""

from collections.abc import Collection
from functools import partial

from django.db import transaction

from posts.content.importing import ImportRefused
from posts.moving_in.archive import opened
from posts.moving_in.models import MoveIn
from posts.moving_in.moves import fail, folder, path_of
from subscribers import knowledge
from subscribers.lists.forgetting import drop_rows, ellipsed, without
from subscribers.saying import sentence

_PIECE = 1_000_000
_AGAIN = sentence(
    "A reader was erased meanwhile, who is named in this file. Nothing came of it. Export it once "
    "more, or take her out, and upload it again."
)


def register_with_subscribers() -> None:
    knowledge.register("moving in", None, forget=forget)


def forget(subscriber_id: int, addresses: Collection[str]) -> None:
    """In rows at once, in files once the erasure is committed: they know no rollback."""
    named = [address.lower() for address in addresses]
    for move in MoveIn.objects.order_by("pk"):
        found = {name: without(getattr(move, name), named) for name in ("preview", "counts")}
        found |= {name: ellipsed(getattr(move, name), named) for name in ("file_name", "problem")}
        if any(value != getattr(move, name) for name, value in found.items()):
            MoveIn.objects.filter(pk=move.pk).update(**found)
    transaction.on_commit(partial(_forget_in_files, named))


def _forget_in_files(named: list[str]) -> None:
    for move in MoveIn.objects.filter(state=MoveIn.State.CHECKED):
        if _names_her(move, named):
            fail(move, _AGAIN, only_in=(MoveIn.State.CHECKED,))
    for path in folder().glob("*.not-carried-over.csv"):
        drop_rows(path, named)


def _names_her(move: MoveIn, named: list[str]) -> bool:
    """In one of its tables; also where that cannot be told."""
    hers = [address.encode() for address in named]
    longest = max(map(len, hers), default=0)
    try:
        with opened(path_of(move)) as archive:
            for name in archive.names(".csv"):
                before = b""
                with archive.opened(name) as file:
                    while piece := file.read(_PIECE):
                        here = before + piece.lower()
                        if any(address in here for address in hers):
                            return True
                        before = here[-longest:]
    except ImportRefused:
        return True
    return False
