"""What other rooms know of a person, for her export and her erasure.

They register here when the process starts: this room imports none of them.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

Known = Callable[[int], object]
Forget = Callable[[int, Collection[str]], None]


@dataclass(frozen=True)
class _Slot:
    known: Known | None
    forget: Forget


_slots: dict[str, _Slot] = {}


def register(name: str, known: Known | None, *, forget: Forget) -> None:
    """`known` answers with what goes into JSON, if anything does. `forget` is told her addresses,
    too, and runs in the transaction that erases: what it does to files, it does on its commit."""
    _slots[name] = _Slot(known, forget)


def elsewhere(subscriber_id: int) -> dict[str, object]:
    """What the other rooms hold about this person, by the name they gave it."""
    rooms = sorted(_slots.items())
    return {name: room.known(subscriber_id) for name, room in rooms if room.known is not None}


def forget(subscriber_id: int, addresses: Collection[str]) -> None:
    """Have the other rooms drop what could still tell who this was, under all her addresses."""
    for room in _slots.values():
        room.forget(subscriber_id, addresses)
