"""The words of a card: cleaned, cut where they may be cut, put in the order they are seen in."""

import unicodedata
from collections.abc import Iterator, Sequence

LONGEST = 300  # clusters; more than any card has room for
MOST_MARKS = 4  # on one letter; more than any language writes

_JOINERS = "\u200c\u200d"  # Persian and emoji are written with them
_SELECTORS = range(0xFE00, 0xFE10)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
# Scripts that need no shaping by context: their letters stand one after the other.
_PLAIN_SCRIPTS = (range(0x590), range(0x10A0, 0x1200), range(0x1D00, 0x2E80))
# Written without spaces between words: a line may end after any letter.
_WIDE = (range(0x2E80, 0xA4D0), range(0xAC00, 0xD7B0), range(0xF900, 0xFB00))
_WIDE_TOO = (range(0xFF00, 0xFFF0), range(0x20000, 0x32000))
_UNSPACED = (range(0x0E00, 0x0F00), range(0x1000, 0x10A0), range(0x1780, 0x1800))
_NEVER_FIRST = frozenset(
    "、。，．・：；？！ー）」』】〕〉》”’…‥々ぁぃぅぇぉっゃゅょァィゥェォッャュョะาำๅๆฯ!?,.:;)]}»"
)
_NEVER_LAST = frozenset("（「『【〔〈《“‘เแโใไ([{«")


def cleaned(words: str) -> str:
    """One line of letters: no control, no override of direction, no tower of marks."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", words[: 40 * LONGEST]):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind == "Mn" else 0
        if char.isspace():
            kept.append(" ")
        elif (kind[0] != "C" or char in _JOINERS) and marks <= MOST_MARKS:
            kept.append(char)
    return "".join(clusters(" ".join("".join(kept).split()))[:LONGEST])


def clusters(words: str) -> list[str]:
    """What a reader takes for one letter or one picture, and no line or font may divide."""
    found: list[str] = []
    for char in words:
        if found and _belongs_to(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _belongs_to(cluster: str, char: str) -> bool:
    if char == " " or cluster == " ":
        return False
    code = ord(char)
    if code in _FLAGS and len(cluster) == 1 and ord(cluster) in _FLAGS:
        return True
    return (
        char in _JOINERS
        or code in _SELECTORS
        or code in _SKIN_TONES
        or unicodedata.category(char)[0] == "M"
        or (cluster[-1] == "\u200d" and not unicodedata.category(char).startswith("L"))
    )


def is_emoji(cluster: str) -> bool:
    """Whether it is a picture in colours, and not a sign of a script."""
    return "\ufe0f" in cluster or any(
        code in _FLAGS or 0x1F300 <= code < 0x1FB00 for code in map(ord, cluster)
    )


def is_plain(cluster: str) -> bool:
    """Whether it can be drawn without a shaping engine."""
    first = cluster[0]
    plain = is_wide(first) or any(ord(first) in part for part in _PLAIN_SCRIPTS)
    return plain or is_emoji(cluster)


def is_wide(char: str) -> bool:
    """Whether it is of a script of East Asia, or a sign as wide as theirs."""
    return any(ord(char) in part for part in (*_WIDE, *_WIDE_TOO))


def is_tall(words: str) -> bool:
    """Whether its script stacks marks above and below, and so needs more room between lines."""
    return not all(is_plain(char) for char in words)


def units(words: str) -> list[str]:
    """What a line can be made of, each with the space before it if there is one."""
    return [
        f"{' ' if number and not place else ''}{piece}"
        for number, word in enumerate(words.split())
        for place, piece in enumerate(_pieces(word))
    ]


def _pieces(word: str) -> Iterator[str]:
    piece = ""
    for cluster in clusters(word):
        if piece and _may_end(piece, cluster):
            yield piece
            piece = ""
        piece += cluster
    yield piece


def _may_end(piece: str, following: str) -> bool:
    last = piece[-1]
    if last in _NEVER_LAST or following[0] in _NEVER_FIRST:
        return False
    if last in "-–—/" and len(piece) > 1:
        return not following.isdecimal()
    return _is_unspaced(following) or _is_unspaced(clusters(piece)[-1])


def _is_unspaced(cluster: str) -> bool:
    return is_wide(cluster[0]) or any(ord(cluster[0]) in part for part in _UNSPACED)


# --- Direction (a small part of UAX #9: one line, and no marks that override it) -------------


_NUMBERS = {"EN", "AN"}


def runs_right_to_left(words: str, otherwise: bool) -> bool:
    """Whether the first letter with a direction runs to the left."""
    for char in words:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return otherwise


def levels(line: str, *, to_left: bool) -> list[int]:
    """The embedding level of each character: odd ones run to the left."""
    kinds = _resolved(line)
    base = int(to_left)
    found = []
    for place, kind in enumerate(kinds):
        direction = _around(kinds, place, base) if kind == "N" else kind
        if base:
            found.append(1 if direction == "R" else 2)
        else:
            found.append({"L": 0, "R": 1}.get(direction, 2))
    return found


def _resolved(line: str) -> list[str]:
    """Each character as L, R, a number, or neutral."""
    kinds: list[str] = []
    strong = "N"
    for char in line:
        kind = unicodedata.bidirectional(char)
        if kind == "NSM":
            kind = kinds[-1] if kinds else "N"
        elif kind in ("L", "R", "AL"):
            strong = kind
            kind = "L" if kind == "L" else "R"
        elif kind == "EN":
            kind = {"L": "L", "AL": "AN"}.get(strong, "EN")
        elif kind == "BN" and kinds:
            kind = kinds[-1]
        elif kind != "AN":
            kind = kind if kind in ("ES", "CS", "ET") else "N"
        kinds.append(kind)
    return [_number_sign(kinds, place) for place in range(len(kinds))]


def _number_sign(kinds: Sequence[str], place: int) -> str:
    """A comma within a number or a percent sign beside it belongs to the number."""
    kind = kinds[place]
    before = kinds[place - 1] if place else "N"
    after = kinds[place + 1] if place + 1 < len(kinds) else "N"
    if kind in ("ES", "CS"):
        return before if before == after and before in {*_NUMBERS, "L"} else "N"
    if kind == "ET":
        return next((near for near in (before, after) if near in ("EN", "L")), "N")
    return kind


def _around(kinds: Sequence[str], place: int, base: int) -> str:
    """A neutral takes the direction of its neighbours where they agree, else the line's."""
    before = next((kind for kind in reversed(kinds[:place]) if kind != "N"), "LR"[base])
    after = next((kind for kind in kinds[place + 1 :] if kind != "N"), "LR"[base])
    sides = {"R" if kind in _NUMBERS else kind for kind in (before, after)}
    return sides.pop() if len(sides) == 1 else "LR"[base]


def as_seen(levels_of_runs: Sequence[int]) -> list[int]:
    """The places of the runs of a line, from left to right."""
    order = list(range(len(levels_of_runs)))
    for level in range(max(levels_of_runs, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels_of_runs[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order
