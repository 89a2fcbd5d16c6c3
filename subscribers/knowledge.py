"""What other rooms know of a person, for her export and her erasure.

They register here when the process starts: this room imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

Known = Callable[[int], object]
Forget = Callable[[int], None]


@dataclass(frozen=True)
class _Room:
    known: Known
    forget: Forget


_rooms: dict[str, _Room] = {}


def register(name: str, known: Known, *, forget: Forget) -> None:
    """`known` answers with what goes into JSON; `forget` runs in the transaction that erases."""
    _rooms[name] = _Room(known, forget)


def elsewhere(subscriber_id: int) -> dict[str, object]:
    """What the other rooms hold about this person, by the name they gave it."""
    return {name: room.known(subscriber_id) for name, room in sorted(_rooms.items())}


def forget(subscriber_id: int) -> None:
    """Have the other rooms drop what could still tell who this was."""
    for room in _rooms.values():
        room.forget(subscriber_id)
