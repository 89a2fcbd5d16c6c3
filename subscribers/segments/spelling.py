"""A tag is one tag however it is spelled: in capitals, or with accents stored in another way."""

import unicodedata

from subscribers.one_line import one_line


def tag_name(typed: str) -> str:
    """A tag as it is shown."""
    return one_line(unicodedata.normalize("NFC", typed))


def tag_key(name: str) -> str:
    """What two spellings of a tag have in common."""
    return tag_name(name).casefold()
