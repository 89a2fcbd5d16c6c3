"""JSON files that may be larger than the memory, object by object."""

from collections.abc import Iterator
from typing import Any

import ijson

from posts.content.importing import ImportRefused
from posts.moving_in.archive import Archive
from posts.moving_in.shape import NotBrought
from subscribers import saying
from subscribers.saying import sentence

Row = dict[str, Any]


def objects_in(archive: Archive, name: str, place: str) -> Iterator[tuple[int, Row] | NotBrought]:
    """The objects at a place such as `data.posts.item`, each with its number; where the file makes
    no sense any more, that is said and it ends."""
    number = 0
    try:
        with archive.opened(name) as file:
            for number, one in enumerate(ijson.items(file, place, use_float=True), start=1):
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
            return any(prefix == place for prefix, _event, _value in ijson.parse(file))
    except (ijson.JSONError, ValueError, ImportRefused):
        return False
