"""The rules for lists that are marked as such, by whatever marks."""

from dataclasses import replace
from itertools import count, pairwise

from posts.content.importing import marks
from posts.content.importing.marks import NUMBER
from posts.content.importing.pieces import Items, Text, escape, linked
from posts.content.importing.rules import Found, TextReading, reasons


def bulleted(reading: TextReading, at: int) -> Found | None:
    """Lines that begin with bullets; with what could be one, where several do."""
    entries = _bullets(reading, at) or _repeated(reading, at) or _dashed(reading, at)
    if not entries:
        return None
    items = Items(tuple(entries))
    found, _used = reasons(TextReading([items]), 0) or ([items], 1)
    # The marks say that it is a list, and no more.
    return [one if one is items else replace(one, guessed=True) for one in found], len(entries)


def _bullets(reading: TextReading, at: int) -> list[str]:
    lines = reading.run(at, lambda text: marks.bullet(text.plain) is not None)
    matches = [found for line in lines if (found := marks.bullet(line.plain))]
    end = _end_of_first([(line, found["mark"]) for line, found in zip(lines, matches, strict=True)])
    return [
        _rest(line, found.start("item")) for line, found in zip(lines[:end], matches, strict=False)
    ]


def _end_of_first(marked: list[tuple[Text, str]]) -> int:
    """Where the first list of these ends: after a blank line another mark begins another."""
    for place, ((above, before), (line, mark)) in enumerate(pairwise(marked), 1):
        apart = line.gap and (place < 2 or not above.gap)
        if apart and mark != before:
            return place
    return len(marked)


def _repeated(reading: TextReading, at: int) -> list[str]:
    first = reading.text(at)
    opening = marks.repeated(first.plain) if first else None
    if not opening:
        return []

    def belongs(text: Text) -> bool:
        found = marks.repeated(text.plain)
        return found is not None and marks.alike(opening["mark"], found["mark"])

    lines = reading.run(at, belongs)
    matches = [found for line in lines if (found := marks.repeated(line.plain))]
    end = _end_of_first([(line, found["mark"]) for line, found in zip(lines, matches, strict=True)])
    last = _last_counted(reading, at, lines, opening["mark"]) if end == len(lines) else []
    lines, matches = lines[:end], matches[:end]
    if len(lines) + len(last) < 2:
        return []
    same = len({found["mark"] for found in matches}) == 1
    dropped = same and marks.is_empty(opening["mark"])
    return [
        _rest(line, found.start("item")) if dropped else line.html
        for line, found in zip(lines, matches, strict=True)
    ] + last


def _last_counted(reading: TextReading, at: int, lines: list[Text], mark: str) -> list[str]:
    """The entry with a full stop that ends what was counted with semicolons: after a dash, where
    nobody speaks."""
    last = reading.text(at + len(lines))
    if not last or last.gap or not last.plain.startswith(f"{mark} "):
        return []
    counted = all(line.plain.endswith((";", ",")) for line in lines)
    return [_rest(last, len(mark))] if counted and last.plain[len(mark) :].strip() else []


def _dashed(reading: TextReading, at: int) -> list[str]:
    """Without a space after the dash, where there are several."""
    lines = reading.run(at, lambda text: text.plain[:1] == "-" and text.plain[1:2].isalnum())
    return [_rest(line, 1) for line in lines] if len(lines) > 1 else []


def numbered(reading: TextReading, at: int) -> Found | None:
    """1., 2., 3.: two at least, in order, since the list counts again by itself."""
    expected = count(1)
    lines = reading.run(at, lambda text: marks.number(text.plain) == next(expected))
    after = reading.text(at + len(lines))
    # Numbers that go on in another order are none of a list.
    if len(lines) < 2 or (after and marks.number(after.plain) not in (None, 1)):
        return None
    matches = [found for line in lines if (found := NUMBER.fullmatch(line.plain))]
    entries = (_rest(line, found.start("item")) for line, found in zip(lines, matches, strict=True))
    return [Items(tuple(entries), numbered=True)], len(lines)


def _rest(line: Text, at: int) -> str:
    """The line without what stands before its words, with all its emphasis and links."""
    before = escape(line.plain[:at])
    html = line.html.lstrip()
    return html[len(before) :].lstrip() if html.startswith(before) else linked(line.plain[at:])
