"""Who else wants to hear what becomes of subscriptions.

Other rooms register here when the process starts: this room imports none of them. They are told in
the transaction of the change, once for each event that is written, and may write rows of their own.
A list that comes in tells of none of its people one by one.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subscribers.models import ConsentEvent, Subscription

Listener = Callable[["ConsentEvent.Kind", Sequence["Subscription"]], None]

_listeners: dict[str, Listener] = {}


def register(name: str, listener: Listener) -> None:
    _listeners[name] = listener


def tell(kind: "ConsentEvent.Kind", rows: Sequence["Subscription"]) -> None:
    if rows:
        for listener in _listeners.values():
            listener(kind, rows)
