"""What the name of a column, or of a file, says about who may be mailed."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from subscribers.lists import vocabulary
from subscribers.lists.normalising import folded, words
from subscribers.lists.statuses import (
    AGREED,
    BOUNCED,
    COMPLAINED,
    STATUS,
    UNSUBSCRIBED,
    StatusReading,
)

_SHORT, _ANYWHERE = 5, 6  # letters from which a part need not be a word, or begin one
_LAST_ALPHABET = 0x0FFF  # behind it stand the scripts that put no blanks between words


def _parts(listed: str) -> re.Pattern[str]:
    """Finds the parts in words that are parted by blanks, and also across those."""
    return re.compile("|".join(map(_part, sorted(listed.split(), key=len, reverse=True))))


def _part(part: str) -> str:
    letters = re.sub(r"[\W_]+", "", folded(part))
    found = " ?".join(letters)
    if len(letters) >= _ANYWHERE or not letters[0].isalpha() or ord(letters[0]) > _LAST_ALPHABET:
        return found
    return rf"(?<![^ ]){found}" + ("" if len(letters) >= _SHORT else r"(?![^ ])")


_SURE = (
    (UNSUBSCRIBED, _parts(vocabulary.UNSUBSCRIBED)),
    (COMPLAINED, _parts(vocabulary.COMPLAINED)),
    (BOUNCED, _parts(vocabulary.BOUNCED)),
)
_AGREED = _parts(vocabulary.AGREED)
_DOUBTFUL_LEFT = _parts(vocabulary.DOUBTFUL_LEFT)
_DOUBTFUL_AGREED = _parts(vocabulary.DOUBTFUL_AGREED)
_AGREED_WHOLE = frozenset(folded(word) for word in vocabulary.AGREED_WHOLE.split())
_STATUS = _parts(vocabulary.STATUS)
_MAYBE_STATUS = _parts(vocabulary.MAYBE_STATUS)
_MAYBE_AGREED = _parts(vocabulary.MAYBE_AGREED)
_HARMLESS = _parts(vocabulary.HARMLESS)


def _tokens(listed: str) -> tuple[frozenset[str], tuple[str, ...]]:
    all_ = [folded(word) for word in listed.split()]
    return frozenset(w for w in all_ if w.isascii()), tuple(w for w in all_ if not w.isascii())


_NEGATION, _CHANNELS = _tokens(vocabulary.NEGATION), _tokens(vocabulary.CHANNELS)
_MAIL, _EVERYBODYS = _tokens(vocabulary.MAIL), _tokens(vocabulary.EVERYBODYS)
_WHY, _HOW_MANY, _WHEN = map(_tokens, (vocabulary.WHY, vocabulary.HOW_MANY, vocabulary.WHEN))
_OTHER_THINGS, _ELSEWHERE = _tokens(vocabulary.OTHER_THINGS), _tokens(vocabulary.ELSEWHERE)
_CHANNEL_BEGINS = ("sms", "phone", "telefon", "telephon", "whatsapp")


def _has(tokens: list[str], listed: tuple[frozenset[str], tuple[str, ...]]) -> bool:
    plain, parts = listed
    return any(token in plain or any(part in token for part in parts) for token in tokens)


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says. `reading` is how its cells tell who may be mailed; without one, the cells
    have to show whether they do. `maybe`: the reading if they look like it. `elsewhere`: that a
    yes or a no in it is about something else."""

    reading: StatusReading | None = None
    maybe: StatusReading | None = None
    elsewhere: bool = False
    other_channel: bool = False


_LONGEST_TERM = 8  # words; what is longer is a question, in which anything may be mentioned


@lru_cache(maxsize=2048)
def named(name: str) -> Named:
    """How a column of this name is to be read."""
    text = words(name)
    tokens = text.split()
    glued = [*tokens, *map("".join, pairwise(tokens))]  # `WhatsApp` is one word
    on_phone = _has(glued, _CHANNELS) or any(t.startswith(_CHANNEL_BEGINS) for t in tokens)
    if on_phone and not _has(tokens, _MAIL):
        return Named(elsewhere=True, other_channel=True)
    elsewhere = _has(tokens, _ELSEWHERE) or _has(tokens, _HOW_MANY) or _has(tokens, _EVERYBODYS)
    reading = _reading(text, tokens)
    if reading is not None:
        return Named(reading=reading)
    if _MAYBE_STATUS.search(text) or (_MAYBE_AGREED.search(text) and _turned(text, tokens)):
        return Named(maybe=StatusReading(STATUS), elsewhere=elsewhere)
    if _MAYBE_AGREED.search(text) and not elsewhere:
        return Named(maybe=StatusReading(AGREED))
    return Named(elsewhere=elsewhere)


def _turned(rest: str, tokens: list[str]) -> bool:
    """Whether a yes may be a no: a negation, or a question of many words."""
    return _has(rest.split(), _NEGATION) or len(tokens) > _LONGEST_TERM


def _reading(text: str, tokens: list[str]) -> StatusReading | None:
    if _STATUS.search(_HARMLESS.sub(" ", text)):
        if _has(tokens, _OTHER_THINGS):
            return None
        of_leaving = _left(text)[0] is not None
        return StatusReading(STATUS, dated=_has(tokens, _WHEN), of_leaving=of_leaving)
    left, rest = _left(text)
    agreed = _agreed(_HARMLESS.sub(" ", rest), tokens)
    if left is None and agreed is None:
        return None
    if _has(tokens, _EVERYBODYS):
        return None
    if (left and agreed) or _turned(rest, tokens):
        return StatusReading(STATUS)  # only words can say which it is, not a yes or a no
    if _has(tokens, _HOW_MANY):
        return replace(left or agreed, sure=False)  # type: ignore[type-var]
    if _has(tokens, _WHY):
        return replace(left, text=True) if left else None
    return left or agreed


def _left(text: str) -> tuple[StatusReading | None, str]:
    """What it says of leaving, and the rest of the name."""
    kinds = []
    for kind, parts in _SURE:
        text, found = parts.subn(" ", text)
        if found:
            kinds.append(kind)
    if kinds:
        return StatusReading(kinds[0]), _DOUBTFUL_LEFT.sub(" ", text)
    text, found = _DOUBTFUL_LEFT.subn(" ", text)
    return (StatusReading(UNSUBSCRIBED, sure=False) if found else None), text


def _agreed(text: str, tokens: list[str]) -> StatusReading | None:
    if _AGREED.search(text) or "".join(tokens) in _AGREED_WHOLE:
        return StatusReading(AGREED, sure=not _has(tokens, _ELSEWHERE))
    return StatusReading(AGREED, sure=False) if _DOUBTFUL_AGREED.search(text) else None


def speaks_of_leaving(name: str) -> bool:
    """Whether a file or a column of addresses is named after people who must not be mailed."""
    text = re.sub(r"(?<![^ ])clean(?![^ ])", " ", words(name))  # a list that somebody tidied
    return _left(text)[0] is not None
