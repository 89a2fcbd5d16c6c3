"""Why a letter was not taken: hard, soft or blocked, by its status (RFC 3463) and the words of the
server (`bounce_words`). The one table for what comes back and what is refused at the door.

An address is lost only once, and soft ones add up: where code and words contradict each other, or
say nothing, it is soft.
"""

import re
from collections import defaultdict
from enum import Enum, auto

from posts.delivery.transports import bounce_words as words
from posts.delivery.transports.verdict import BLOCKED, HARD, SOFT, EventKind

LONGEST = 5_000  # characters of a reply that are looked at
LONGEST_WORD = 100

_CODE = re.compile(r"(?<![.\d])([45])\.(\d{1,3})\.(\d{1,3})(?![.\d])")
_REPLY = re.compile(r"(?<![.\d])([45])\d\d(?=[ -])")
_GENERIC = {"0.0", "5.0"}  # servers that mean no more than "no"
# Of the addressee (1), except those that say nothing (0) or mean the sender (7, 8).
_ADDRESS = re.compile(r"1\.(?!0$|7$|8$)")
_SENDER = {"1.7", "1.8"}
# Which the words of a filter stand beside, too: shut, full, system and policy.
_DOUBTFUL = re.compile(r"[237]\.")

_ACTIONS = {
    "failed": EventKind.BOUNCED,
    "failure": EventKind.BOUNCED,
    "error": EventKind.BOUNCED,
    "expired": EventKind.BOUNCED,
    "delayed": EventKind.DEFERRED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "deliverable": EventKind.DELIVERED,
    "relayed": EventKind.ACCEPTED,
    "expanded": EventKind.ACCEPTED,
}


class Stage(Enum):
    """When a server said it. Filters say "user unknown" of people who are there, but only once
    they have seen the letter."""

    RCPT = auto()  # in reply to the address
    REPORT = auto()  # as a report has it in its own field
    TEXT = auto()  # as it stands in a text, which does not say
    DATA = auto()  # in reply to the letter


# Where a word begins, in scripts without spaces at any sign.
_BEGINNING = re.compile(r"(?<![a-z0-9])\S")


class _Table:
    """Phrases, of which a text may have any; `*` stands for one word. Each is looked for only
    where its first two letters stand: as one regular expression it takes ten times as long."""

    def __init__(self, *phrases: str) -> None:
        self._phrases: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for phrase in phrases:
            head, _, tail = phrase.partition("*")
            self._phrases[phrase[:2]].append((head, tail))

    def stands_in(self, said: str) -> bool:
        return any(
            said.startswith(head, at) and (not tail or _goes_on(said, at + len(head), tail))
            for at in (match.start() for match in _BEGINNING.finditer(said))
            for head, tail in self._phrases.get(said[at : at + 2], ())
        )


def _goes_on(said: str, at: int, tail: str) -> bool:
    """Whether behind the word that begins here stands the rest of a phrase."""
    space = said.find(" ", at, at + LONGEST_WORD)
    return space > at and said.startswith(tail, space)


_GONE_FOR_SURE = _Table(*words.GONE_FOR_SURE)
_GONE = _Table(*words.GONE)
_NO_DOMAIN = _Table(*words.NO_DOMAIN)
_US = _Table(*words.US)
_PASSING = _Table(*words.NAMES_FAIL, *words.FULL, *words.RATE)  # whatever else is said
_SHUT = _Table(*words.SHUT)
_TO_RCPT = _Table(*words.TO_RCPT)
_AFTER_DATA = _Table(*words.AFTER_DATA)
_DELAYED = _Table(*words.DELAYED)


def kind(action: str) -> EventKind:
    """What the action of a delivery status notification (RFC 3464) means."""
    said = action.split()
    return _ACTIONS.get(said[0].lower(), EventKind.NOTHING) if said else EventKind.NOTHING


def reason(status: str, reply: str, stage: Stage = Stage.REPORT) -> str:
    """`hard`, `soft` or `blocked`; soft where we cannot know."""
    return known(status, reply, stage) or SOFT


def known(status: str, reply: str, stage: Stage = Stage.REPORT) -> str:
    """The same, but empty where neither code nor words say anything."""
    reply = reply[:LONGEST]
    grade, detail = _code(status, reply)
    said = plain(reply)
    if grade == "4" or _PASSING.stands_in(said):
        return SOFT
    if detail in _SENDER or _US.stands_in(said):
        return BLOCKED
    if _GONE_FOR_SURE.stands_in(said) or _NO_DOMAIN.stands_in(said):
        return HARD
    if _SHUT.stands_in(said):
        return SOFT
    if _ADDRESS.match(detail):
        return HARD
    if _GONE.stands_in(said) or said.strip(" .!") in words.GONE_IF_ALONE:
        return _if_believed(detail, stage)
    return _by_code(detail, said, stage)


def _if_believed(detail: str, stage: Stage) -> str:
    if detail.startswith("7."):
        return BLOCKED
    if stage is Stage.RCPT:
        return SOFT if detail.startswith("2.") and detail != "2.1" else HARD
    return HARD if stage is Stage.REPORT and not _DOUBTFUL.match(detail) else SOFT


def _by_code(detail: str, said: str, stage: Stage) -> str:
    if detail == "4.4":
        return HARD  # no such domain (RFC 3463: "unable to route")
    if detail == "4.1" and "recipient" in said and stage is not Stage.DATA:
        return HARD  # Exchange Online says so of people it does not have
    if detail.startswith("7."):
        return BLOCKED
    return SOFT if detail else ""


def stage(text: str, otherwise: Stage) -> Stage:
    """When it was said, if the text tells."""
    said = " ".join(text.lower().split())
    if _AFTER_DATA.stands_in(said):
        return Stage.DATA
    return Stage.RCPT if _TO_RCPT.stands_in(said) else otherwise


def is_delay(text: str) -> bool:
    """Whether a text is about a letter that is still on its way."""
    return _DELAYED.stands_in(plain(text))


def plain(text: str) -> str:
    """A reply as the tables have it: lower case, one space between words, without addresses (web
    and other) and codes, which stand in the middle of sentences, and what says nothing."""
    said = text.lower().replace("\u2019", "'").replace("_", " ").split()
    plain = " ".join(word for word in said if not _is_no_word(word))
    for nothing in words.WRAPPING:
        plain = plain.replace(nothing, "")
    return plain


def _is_no_word(word: str) -> bool:
    return "@" in word or "://" in word or word.strip("#()[]<>:;,.-0123456789") == ""


def _code(status: str, reply: str) -> tuple[str, str]:
    """Class and detail; the one in the reply where the status says nothing more than "no"."""
    for text in (status, reply):
        match = _CODE.search(text)
        if match and f"{match[2]}.{match[3]}" not in _GENERIC:
            return match[1], f"{match[2]}.{match[3]}"
    if match := _REPLY.search(reply):  # "450 later" beside a bare 5.0.0
        return match[1], ""
    match = _CODE.search(status)
    return (match[1] if match else "5"), ""
