"""Texts of any length that bring out the worst of a reader."""

from collections.abc import Callable
from typing import Any

Shape = Callable[[int], Any]


def many(unit: str, *, head: str = "", tail: str = "") -> Callable[[int], str]:
    """The same again and again; what stands around it is not counted."""

    def make(size: int) -> str:
        return head + unit * max(1, size // len(unit)) + tail

    return make


def numbered(unit: str, *, head: str = "", tail: str = "") -> Callable[[int], str]:
    """Each a little different: {n} is its number."""

    def make(size: int) -> str:
        number = max(1, size // len(unit))
        return head + "".join(unit.format(n=n) for n in range(number)) + tail

    return make


def around(opening: str, closing: str, *, inside: str = "a") -> Callable[[int], str]:
    """One in the other."""

    def make(size: int) -> str:
        depth = max(1, size // len(opening + closing))
        return opening * depth + inside + closing * depth

    return make


def within(opening: str, unit: str, *, tail: str = "") -> Callable[[int], str]:
    """Much of something, in as much that was opened as is read."""
    return many(unit, head=opening * 15, tail=tail)


def each(*units: str, head: str = "", tail: str = "") -> dict[str, Shape]:
    """A shape for each of these, again and again."""
    return {repr(unit): many(unit, head=head, tail=tail) for unit in units}
