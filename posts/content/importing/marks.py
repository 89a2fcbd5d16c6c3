"""The marks with which lines of plain text begin: bullets, numbers, headings, rules."""

import re

RULE = re.compile(r"(?:[-*_=~#·•⁂]\s*+){3,}+|--|⁂")
MARKED_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>\S.*?)(?:\s+#+)?")
# In the digits of any script; Chinese and Japanese number in words, too, and with marks of theirs.
NUMBER = re.compile(
    r"(?:(?P<number>\d{1,2})[.)]\s+|\((?P<inside>\d{1,2})\)\s+"
    r"|(?:(?P<wide>\d{1,2})|(?P<word>[一二三四五六七八九十]))[．、）]\s*)(?P<item>\S.*)"
)
_WORDS = "一二三四五六七八九十"
# What comes in letters may be spoken of by them, so it keeps them.
LETTERED = re.compile(r"(?:\(?[a-hA-H]\)|\(?[ivx]{1,4}[.)])\s+\S.*")
BULLET = re.compile(
    r"(?P<mark>[-*–+](?=\s)|[•‣⁃·▪▫■□●○◦・►▸▹▶➤➢❖◆◇✦\uf0a7\uf0b7\uf0d8\uf0fc])\s*(?P<item>\S.*)"
)
# These are bullets only where they stand before several lines. Word pastes letters of its own
# fonts: o for a circle, § for a square, Ø for an arrow, ü for a check mark.
_REPEATED = re.compile(
    r"(?P<mark>[—―o§Øü»~\u2190-\u21ff\u2600-\u27bf\u27f0-\u27ff\u2b00-\u2bff\U0001f300-\U0001faff]"
    r"[\ufe0f\U0001f3fb-\U0001f3ff]*)\s+(?P<item>\S.*)"
)
LETTERS = frozenset("—―o§Øü»~")
# Pictures that only say “here is one more”; others may say something.
_EMPTY = re.compile(r"[—―o§Øü»~\u2190-\u21ff\u27f0-\u27ff➔-➾✓✔✅☛☞⭐★☆▶◀👉🔹🔸🔵🟢⚫⚪➡⬧]")
_DASHES = ("—", "―")
_ENDS = (".", "!", "?", "…", "”", '"', "»")


def number(text: str) -> int | None:
    """The number with which a line begins that is an entry of a list."""
    match = NUMBER.fullmatch(text)
    if not match:
        return None
    if match["word"]:
        return _WORDS.index(match["word"]) + 1
    return int(match["number"] or match["inside"] or match["wide"])


def bullet(text: str) -> re.Match[str] | None:
    """The mark and the words of a line that is an entry of a list, wherever it stands."""
    return BULLET.fullmatch(text)


def repeated(text: str) -> re.Match[str] | None:
    """The mark and the words of a line that is one where the next has such a mark as well.

    A line that begins with a long dash and is a sentence is somebody speaking.
    """
    match = _REPEATED.fullmatch(text)
    if match and match["mark"] in _DASHES and text.endswith(_ENDS):
        return None
    return match


def alike(one: str, other: str) -> bool:
    """Two of the marks that are bullets only together: the same, or two pictures."""
    return one == other or not (one in LETTERS or other in LETTERS)


def is_empty(mark: str) -> bool:
    """The mark says no more than a bullet does."""
    return _EMPTY.match(mark) is not None


def is_marked(text: str) -> bool:
    """The line begins with a mark of its own, so it never continues the one before."""
    if any(mark.fullmatch(text) for mark in (BULLET, NUMBER, LETTERED, RULE, MARKED_HEADING)):
        return True
    mark = repeated(text)
    return text.startswith(">") or (mark is not None and mark["mark"] not in LETTERS)
