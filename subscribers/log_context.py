"""What a line of a log belongs to: a request, a mailing, a batch. Never a person.

Bound where the work begins, and told by `config.logs` with every line that is written meanwhile.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, str | int] = MappingProxyType({})
_bound: ContextVar[Mapping[str, str | int]] = ContextVar("bound", default=_NOTHING)


def bound() -> Mapping[str, str | int]:
    return _bound.get()


@contextmanager
def bind(**ids: str | int) -> Iterator[None]:
    token = _bound.set({**_bound.get(), **ids})
    try:
        yield
    finally:
        _bound.reset(token)
