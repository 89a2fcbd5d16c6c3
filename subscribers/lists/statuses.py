"""What a cell says of its person: may she be mailed, did she leave, or nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from subscribers.lists import vocabulary
from subscribers.lists.normalising import folded, key

ACTIVE, PENDING = "active", "pending"
UNSUBSCRIBED, BOUNCED, COMPLAINED = "unsubscribed", "bounced", "complained"
NEVER = "never"  # she is to be mailed for nothing, whoever she is
LEFT = (UNSUBSCRIBED, BOUNCED, COMPLAINED, NEVER)
NOTHING = "nothing"  # says nothing about whether she may be mailed
SKIP = "skip"  # the person who imports does not know: the row is left out
# What a person can say that a value means, from the mildest to the gravest.
MEANINGS = (NOTHING, ACTIVE, PENDING, *LEFT, SKIP)


def _keys(words: str) -> frozenset[str]:
    return frozenset(key(word) for word in words.split())


YES, NO = _keys(vocabulary.YES), _keys(vocabulary.NO)
_EMPTY = _keys(vocabulary.EMPTY)
_ALWAYS = {
    word: meaning
    for meaning, listed in (
        (ACTIVE, vocabulary.MEANS_ACTIVE),
        (PENDING, vocabulary.MEANS_PENDING),
        (UNSUBSCRIBED, vocabulary.MEANS_UNSUBSCRIBED),
        (BOUNCED, vocabulary.MEANS_BOUNCED),
        (COMPLAINED, vocabulary.MEANS_COMPLAINED),
    )
    for word in _keys(listed)
}
# A word that is missing is asked about: mailing somebody who left would be worse.
WORDS = {
    **dict.fromkeys(_keys(vocabulary.STATUS_UNSUBSCRIBED), UNSUBSCRIBED),
    **dict.fromkeys(_keys(vocabulary.STATUS_ACTIVE), ACTIVE),
    **dict.fromkeys(_keys(vocabulary.STATUS_PAYING), ACTIVE),
    **_ALWAYS,
}
_NULL = r"\N"  # as MySQL and PostgreSQL write nothing
PAYING = _keys(vocabulary.STATUS_PAYING)  # words that make no column one of statuses
_GAPS = " -_’'\t"
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(
    rf"""(?:[^\W\d_]{{2,12}}\.?,?\s+)?(?:                       # Thu,
      \d{{4}}\s?[-/.年]\s?\d{{1,2}}(?:\s?[-/.月]\s?\d{{1,2}}日?)?  # 2022-05-06
    | \d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{2,4}}            # 6.5.2022
    | \d{{1,2}}[-\s.]+(?:de\s+)?{_MONTH}[-,\s]+(?:de\s+)?\d{{2,4}} # 6 May 2022
    | {_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}              # May 6, 2022
    | (?:19|20)\d{{6}} | 1\d{{9}} | 1\d{{12}}                        # 20220506, seconds, ms
    )(?:[T\s,日].*)?""",
    re.VERBOSE | re.DOTALL,
)
_NO_DATE = re.compile(r"(?=.*?0000)[0\s:./T-]+|0001-01-01.*", re.DOTALL)
# “No, thanks”, “Ja, gerne”: the first word answers.
_FIRST_WORD = re.compile(r"\s*([^\W\d_]{2,})\s*[,;.!:–—]")


@dataclass(frozen=True, slots=True)
class StatusReading:
    """How the cells of a column are to be read.

    `role`: STATUS in words, AGREED if it says yes, or one of LEFT if it is filled in.
    `sure`: whether it may be taken as read. If not, what speaks against somebody is asked about.
    `text`: whether any text says it, such as a reason. `closed`: whether a person said that nobody
    is to be mailed without a yes, so that an empty cell is a no.
    `dated`: whether a status column may also hold dates, which say nothing.
    `of_leaving`: whether only those who left have a status there.
    """

    role: str
    sure: bool = True
    text: bool = False
    closed: bool = False
    dated: bool = False
    of_leaving: bool = False


STATUS, AGREED = "status", "agreed"


def is_date(cell: str) -> bool:
    """Whether the cell holds a date or a time, in whatever way it is written."""
    text = cell.strip()[:60]
    return bool(_DATE.fullmatch(text)) and not is_zero(text)


def is_zero(cell: str) -> bool:
    """A date that stands for none, as databases write it."""
    return bool(_NO_DATE.fullmatch(cell.strip()[:60]))


def is_empty(cell: str) -> bool:
    """Whether nothing stands in the cell, or what programs write instead."""
    said = key(cell)
    return not said or said in _EMPTY or is_zero(cell) or cell.strip() == _NULL


def says(cell: str) -> bool | None:
    """True for a yes, False for a no, in any language we know; None for everything else."""
    said = key(cell)
    if said not in YES and said not in NO:
        first = _FIRST_WORD.match(cell)
        if first is None or speaks_of_leaving(cell):
            return None
        said = key(first.group(1))
    return True if said in YES else False if said in NO else None


def means_everywhere(cell: str) -> str | None:
    """What a word says whatever its column is called, such as `unsubscribed`."""
    return _ALWAYS.get(key(cell))


def is_a_no(word: str) -> bool:
    """Whether a single word, such as a tag, may say that she must not be mailed."""
    return WORDS.get(key(word), ACTIVE) != ACTIVE or speaks_of_leaving(word)


def speaks_of_leaving(text: str) -> bool:
    """Whether within a text, or one of many in its lines, somebody says that she left."""
    text = folded(text)
    for gap in _GAPS:
        text = text.replace(gap, "")
    return bool(_WITHIN.search(text))


def _branching(words: Iterable[str]) -> str:
    """An expression for all the words that looks at each letter once: they are many, and it is
    searched for in every note of a list."""
    following: dict[str, set[str]] = {}
    for word in words:
        following.setdefault(word[0], set()).add(word[1:])
    branches = [
        re.escape(letter) + ("" if "" in rest else _branching(rest))
        for letter, rest in sorted(following.items())
    ]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


_WITHIN = re.compile(
    _branching(re.sub(rf"[{_GAPS}]", "", folded(w)) for w in vocabulary.WITHIN_A_TEXT.split())
)


@lru_cache(maxsize=16_384)
def understood(reading: StatusReading, cell: str) -> str | None:
    """One of MEANINGS; None if that has to be asked."""
    found = _understood(reading, cell)
    # What speaks against nobody is no reason to ask.
    if reading.sure or found in (None, NOTHING, ACTIVE):
        return found
    return means_everywhere(cell)


def _understood(reading: StatusReading, cell: str) -> str | None:
    if reading.role == STATUS:
        return _status(reading, cell)
    if reading.role == AGREED:
        return _agreed(reading, cell)
    return _left(reading, cell)


def _status(reading: StatusReading, cell: str) -> str | None:
    if (reading.dated and is_date(cell)) or (reading.of_leaving and is_empty(cell)):
        return NOTHING
    return WORDS.get(key(cell))


def _agreed(reading: StatusReading, cell: str) -> str | None:
    if is_empty(cell):
        return UNSUBSCRIBED if reading.closed else None
    answer = says(cell)
    if answer is not None:
        return ACTIVE if answer else UNSUBSCRIBED
    return ACTIVE if is_date(cell) else WORDS.get(key(cell))


def _left(reading: StatusReading, cell: str) -> str | None:
    if is_empty(cell):
        return NOTHING
    answer = says(cell)
    if answer is not None:
        return reading.role if answer else NOTHING
    if is_date(cell):
        return reading.role
    found = _ALWAYS.get(key(cell))
    if found and found != PENDING:
        return found
    return reading.role if reading.text and found is None else None


def gravest(meanings: list[str]) -> str:
    """What several columns say together: the strongest no counts."""
    return max(meanings, key=MEANINGS.index, default=NOTHING)
