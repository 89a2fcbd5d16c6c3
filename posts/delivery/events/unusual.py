"""Bounces of no standard: flufl.bounce says who is meant, and is shown a mail within bounds.

It goes through all lines some fifty times, with expressions that take the square of a line's
length or of a word's, and once its cube. So it gets a copy: the beginning of the texts, in short
lines of short words, and of the headers no more than it looks at.
"""

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from flufl.bounce import all_failures

from posts.delivery.events.parsing import Part, TooMuch
from subscribers.saying import sentence

__all__ = ["failures"]

# Bounces say at their beginning whom they are about. What comes later is the returned letter.
MOST_TEXT = 20_000  # characters of all parts together
MOST_LINES = 1_000
LONGEST_LINE = 400
LONGEST_HEADER = 300
# Exim's list of whom a mail did not reach. It is no text of which a beginning would do.
LONGEST_LIST = 20_000

# No address has so much before its @, nor behind it.
_LONG_RUN = re.compile(r"[^\s@]{101,}")
_LONG_GAP = re.compile(r"[^\S\n]{33,}")
_NEVER_CLOSED = re.compile(r"<(?=[^<>\n]*(?:[<\n]|\Z))")
_NO_TEXT = frozenset({"application", "audio", "font", "image", "model", "video"})


def failures(mail: Part) -> tuple[list[str], list[str]]:
    """The addresses of passing and of lasting failures, as they stand in the mail.

    Raises TooMuch; and LookupError, TypeError, ValueError or AttributeError where the mail lacks
    what a detector expects of every one.
    """
    copy = Message()
    for name in ("From", "X-Mailer"):
        if name in mail:
            copy[name] = str(mail[name])[:LONGEST_HEADER]
    listed = [str(value) for value in mail.get_all("X-Failed-Recipients") or []]
    if sum(map(len, listed)) > LONGEST_LIST:
        raise TooMuch(
            sentence(
                "it has more than %(most)s characters in X-Failed-Recipients",
                most=LONGEST_LIST,
            )
        )
    for value in listed:
        copy["X-Failed-Recipients"] = value
    _fill(copy, mail, _Room())
    passing, lasting = all_failures(copy)
    return _texts(passing), _texts(lasting)


def _texts(addresses: Iterable[bytes]) -> list[str]:
    return [address.decode("latin-1") for address in addresses]


def _fill(copy: Message, part: Part, room: "_Room") -> None:
    """With the same parts in the same order: some detectors look for a certain one."""
    copy["Content-Type"] = part.get_content_type()
    for name in ("Content-Description", "Content-Transfer-Encoding"):
        if name in part:
            copy[name] = str(part[name])[:LONGEST_HEADER]
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list):
        copy.set_payload([])
        for inner in payload:
            if isinstance(inner, Part):
                inner_copy = Message()
                _fill(inner_copy, inner, room)
                copy.attach(inner_copy)
    else:
        is_text = part.get_content_maintype() not in _NO_TEXT
        copy.set_payload(room.take(part.text) if is_text else "")


class _Room:
    """How much more may be shown."""

    def __init__(self) -> None:
        self._text = MOST_TEXT
        self._lines = MOST_LINES

    def take(self, text: str) -> str:
        """The beginning of it, for which there is room, in lines and words of bounded length."""
        beginning = _decoded(text[: self._text])
        self._text -= len(beginning)
        tamed = _LONG_GAP.sub(" " * 32, _LONG_RUN.sub(" ", beginning))
        tamed = _NEVER_CLOSED.sub(" ", tamed)
        lines = [part for line in tamed.split("\n") for part in _folded(line)][: self._lines]
        self._lines -= len(lines)
        return "\n".join(lines)


def _decoded(text: str) -> str:
    """What is not ASCII stands in no address, but may be the space beside one."""
    raw = text.encode("ascii", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _folded(line: str) -> Iterator[str]:
    while len(line) > LONGEST_LINE:
        space = line.rfind(" ", 1, LONGEST_LINE)
        end = space if space > 0 else LONGEST_LINE
        yield line[:end]
        line = line[end:]
    yield line
