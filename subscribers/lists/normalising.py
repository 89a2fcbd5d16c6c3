"""Names of columns and cells in the one form in which they are compared."""

import re
import unicodedata
from functools import lru_cache

# Letters that no decomposition turns into plain ones.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "å": "a"})
_HUMPS = re.compile(r"(?<=[^\W_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_A_LETTER = re.compile(r"[\W_]+")
# 1.0 is 1, as a table of numbers writes a yes; -1 is not.
_NUMBER = re.compile(r"\s*(-? ?[0-9]+)(?:[.,]0+)?\s*")
_HIDDEN = frozenset({"Cf", "Cc", "Cs", "Co"})


def words(name: str) -> str:
    """The words of a name, parted by blanks: `EMAIL_OptOut ` and `email opt-out` are the same."""
    shown = "".join(c if unicodedata.category(c) not in _HIDDEN else " " for c in _nfkc(name))
    return _NOT_A_LETTER.sub(" ", folded(_HUMPS.sub(" ", shown))).strip()


def folded(text: str) -> str:
    """Without capitals and accents."""
    text = text.casefold()
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in parts if not unicodedata.combining(c)).translate(_PLAIN)
    return text


@lru_cache(maxsize=4096)
def key(cell: str) -> str:
    """What two cells have in common that mean the same; empty for one in which nothing stands.

    At most 120 characters: longer ones that begin alike count as alike.
    """
    text = cell[:400]
    number = _NUMBER.fullmatch(text)
    if number:
        return number.group(1).replace(" ", "")
    if not text.isascii():
        text = "".join(c for c in _nfkc(text) if unicodedata.category(c) not in _HIDDEN)
    text = folded(text)
    # What has no letter at all is taken as it stands: a tick, a dash.
    return (_NOT_A_LETTER.sub("", text) or "".join(text.split()).strip("'"))[:120]


def _nfkc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
