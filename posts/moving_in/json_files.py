"""JSON files that may be larger than the memory, object by object."""

from collections.abc import Iterable, Iterator
from typing import IO, Any

import ijson

from posts.content.importing import ImportRefused
from posts.moving_in.archive import MOST_TEXT, Archive
from posts.moving_in.shape import NotBrought
from subscribers import saying
from subscribers.saying import sentence

Row = dict[str, Any]
Event = tuple[str, Any]

_DEEPEST = 100  # things within each other; `ijson.parse` writes out the path of each
_MOST_BYTES = 4 * MOST_TEXT  # of one object, or one text
_MOST_EVENTS = 100_000  # of one object: each bracket, name and value
_PIECE = 1 << 18  # a long text is gone over once for each piece of it


def objects_in(archive: Archive, name: str, place: str) -> Iterator[tuple[int, Row] | NotBrought]:
    """The objects at a place such as `data.posts.item`, each with its number; where the file makes
    no sense any more, that is said and it ends."""
    number = 0
    try:
        with archive.opened(name) as file:
            events = ijson.parse(_within_limits(file, place))
            for number, one in enumerate(ijson.items(events, place), start=1):
                if isinstance(one, dict):
                    yield number, one
    except (ijson.JSONError, ValueError, ImportRefused) as error:
        words = saying.changed(saying.of(error), lambda text: " ".join(text.split())[:200])
        after = sentence(
            "%(name)s, after %(number)s of %(place)s", name=name, number=number, place=place
        )
        yield NotBrought(after, sentence("The file is damaged here: %(words)s", words=words), True)


def begins_with(archive: Archive, name: str, place: str) -> bool:
    """Whether something stands at this place."""
    try:
        with archive.opened(name) as file:
            events = ijson.parse(_within_limits(file, f"{place}.item"))
            return any(prefix == place for prefix, _event, _value in events)
    except (ijson.JSONError, ValueError, ImportRefused):
        return False


class _Rationed:
    """A file of which so much is read at once, as one thing."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.left = file, _MOST_BYTES

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.left -= len(piece)
        if self.left < 0:
            most = f"{_MOST_BYTES / 1_000_000:.0f}"
            raise ValueError(sentence("One thing in it is larger than %(most)s MB.", most=most))
        return piece


def _within_limits(file: IO[bytes], place: str) -> Iterator[Event]:
    """What is in the file, bit by bit; `place`: of its objects. Raises ValueError before one of
    them, or anything beside them, fills the memory."""
    rationed = _Rationed(file)
    events: Iterable[Event] = ijson.basic_parse(rationed, buf_size=_PIECE, use_float=True)
    above, depth, number = place.count(".") + 1, 0, 0
    for event, value in events:
        depth += event.startswith("start") - event.startswith("end")
        number = number + 1 if depth > above else 0
        if not number:
            rationed.left = _MOST_BYTES
        if depth > _DEEPEST or number > _MOST_EVENTS:
            raise ValueError(sentence("There is more within one thing than any export has."))
        yield event, value
