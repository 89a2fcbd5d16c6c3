"""A tag is one tag however it is spelled: in capitals, or with accents stored in another way."""

import unicodedata


def tag_name(typed: str) -> str:
    """A tag as it is shown."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def tag_key(name: str) -> str:
    """What two spellings of a tag have in common."""
    return tag_name(name).casefold()
