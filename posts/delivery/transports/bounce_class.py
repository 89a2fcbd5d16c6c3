"""Why a letter was not taken: hard, soft or blocked, by its status (RFC 3463) and the words of the
server (`bounce_words`). The one table for what comes back and what is refused at the door.

An address is lost only once, and soft ones add up: where code and words contradict each other, or
say nothing, it is soft.
"""

import re
from collections.abc import Iterable
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


# Whatever else is said.
_PASSING = (*words.NAMES_FAIL, *words.FULL, *words.RATE)


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
    if grade == "4" or _says(said, _PASSING):
        return SOFT
    if detail in _SENDER or _says(said, words.US):
        return BLOCKED
    if _says(said, words.GONE_FOR_SURE) or _says(said, words.NO_DOMAIN):
        return HARD
    if _says(said, words.SHUT):
        return SOFT
    if _ADDRESS.match(detail):
        return HARD
    if _says(said, words.GONE) or said.strip(" .!") in words.GONE_IF_ALONE:
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
    if _says(said, words.AFTER_DATA):
        return Stage.DATA
    return Stage.RCPT if _says(said, words.TO_RCPT) else otherwise


def is_delay(text: str) -> bool:
    """Whether a text is about a letter that is still on its way."""
    return _says(plain(text), words.DELAYED)


def plain(text: str) -> str:
    """A reply as the tables have it: lower case, one space between words, without addresses (web
    and other) and codes, which stand in the middle of sentences, and what says nothing."""
    said = text.lower().replace("\u2019", "'").replace("_", " ").split()
    plain = " ".join(word for word in said if not _is_no_word(word))
    for nothing in words.WRAPPING:
        plain = plain.replace(nothing, "")
    return plain


def _says(said: str, phrases: Iterable[str]) -> bool:
    return bool(said) and any(_stands_in(said, phrase) for phrase in phrases)


def _stands_in(said: str, phrase: str) -> bool:
    """Not in the middle of a word; `*` is any one word. (As one regular expression, a table takes
    ten times as long.)"""
    head, star, tail = phrase.partition("*")
    at = said.find(head)
    while at >= 0:
        begins_word = at == 0 or not (said[at - 1].isascii() and said[at - 1].isalnum())
        if begins_word and (not star or _goes_on(said, at + len(head), tail)):
            return True
        at = said.find(head, at + 1)
    return False


def _goes_on(said: str, at: int, tail: str) -> bool:
    """Whether behind the word that begins here stands the rest of a phrase."""
    space = said.find(" ", at, at + LONGEST_WORD)
    return space > at and said.startswith(tail, space)


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
