"""Who else wants to hear that a post went live.

Other rooms register here when the process starts: this room imports none of them. They are told in
the transaction that publishes, whoever publishes: the desk, a command, or the clock.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posts.content.models import PostPage

_listeners: dict[str, Callable[["PostPage"], None]] = {}


def register(name: str, listener: Callable[["PostPage"], None]) -> None:
    _listeners[name] = listener


def tell(post: "PostPage") -> None:
    for listener in _listeners.values():
        listener(post)
