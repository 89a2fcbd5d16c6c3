"""Header fields as they leave: folded (RFC 5322), and encoded where they are not ASCII (RFC 2047).

Not left to `email`: what its policies make of the same words differs from one Python to the next,
which lose or double spaces between encoded words, glue two together, or make one too long.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from posts.sharing.cards.text import clusters

LINE_LIMIT = 76  # RFC 2047: of a line with an encoded word in it
WORD_LIMIT = 75  # RFC 2047: of an encoded word
HARD_LIMIT = 998  # RFC 5322: of any line
# What is encoded as a whole. With it the first word stands beside the name of its header.
_ATOM_LIMIT = 52
_PLAIN_WORD = re.compile(r"[!-~]{1,60}")
_ATEXT_WORD = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,60}")
_QUOTABLE = re.compile(r"[!-~](?:[ -~]{0,58}[!-~])?")
_MAILBOX = re.compile(r"(?:(?P<name>.*?) ?<(?P<bracketed>[!-;=?-~]+)>|(?P<bare>[!-;=?-~]+))")
_SAFE = re.compile(rb"[A-Za-z0-9!*+/-]")  # as they are, also in a name (RFC 2047 5)


class HeaderRefused(ValueError):
    """A header's value would break out of its line, or cannot be written."""


def field(name: str, *values: str) -> str:
    """One header field with its line end; several `values` only of mailboxes. ASCII by
    construction. Raises HeaderRefused.

    Names and words are encoded where they must be; addresses, links and ids never are.
    """
    for value in values:
        if "\r" in value or "\n" in value:
            raise HeaderRefused(f"The header {name} holds a line break: {value!r}")
    write = _WRITERS.get(name.lower(), _unstructured)
    lines = _Lines(name)
    write(lines, values)
    return lines.end()


def mailbox(text: str) -> tuple[str, str]:
    """The name, or an empty text, and the address of `Name <address>`. Raises HeaderRefused."""
    found = _MAILBOX.fullmatch(text.strip())
    if found is None:
        raise HeaderRefused(f"This is no address that can be written: {text!r}")
    name = found["name"] or ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, found["bracketed"] or found["bare"]


class _Lines:
    """A field in the making: words, each after one space, on as many lines as they need."""

    def __init__(self, name: str) -> None:
        self._text = f"{name}:"
        self._column = len(self._text)
        self._empty = True

    @property
    def room(self) -> int:
        return LINE_LIMIT - self._column - 1

    def put(self, words: Iterable[str]) -> None:
        for word in words:
            if len(word) > self.room and not self._empty:
                self._text += "\r\n"
                self._column = 0
            self._text += f" {word}"
            self._column += 1 + len(word)
            self._empty = False
            if self._column > HARD_LIMIT:
                raise HeaderRefused(f"A line of a header is too long: {word[:100]!r}")

    def end(self) -> str:
        return f"{self._text}\r\n"


def _as_it_is(lines: _Lines, values: Sequence[str]) -> None:
    for value in values:
        if not (value.isascii() and value.isprintable()):
            raise HeaderRefused(f"This cannot stand in a header as it is: {value!r}")
        lines.put([value])


def _unstructured(lines: _Lines, values: Sequence[str]) -> None:
    """Encoded from the first word that must be to the last, with the spaces between them."""
    for value in values:
        words = value.split(" ") if value else []
        odd = [place for place, word in enumerate(words) if not _is_plain(word)]
        if "" in words:  # some readers make one space of many
            odd = [0, len(words) - 1]
        first, last = (odd[0], odd[-1] + 1) if odd else (len(words), len(words))
        lines.put(words[:first])
        lines.put(_encoded(" ".join(words[first:last]), lines.room))
        lines.put(words[last:])


def _is_plain(word: str) -> bool:
    return bool(_PLAIN_WORD.fullmatch(word)) and "=?" not in word


def _mailboxes(lines: _Lines, values: Sequence[str]) -> None:
    for place, value in enumerate(values, start=1):
        name, address = mailbox(value)
        lines.put(_phrase(name, lines.room))
        comma = "," if place < len(values) else ""
        lines.put([f"<{address}>{comma}" if value.rstrip().endswith(">") else f"{address}{comma}"])


def _phrase(name: str, room: int) -> list[str]:
    """A name before an address, or a list's before its id."""
    words = name.split(" ") if name else []
    if "=?" not in name:
        if all(_ATEXT_WORD.fullmatch(word) for word in words):
            return words
        if _QUOTABLE.fullmatch(name):
            escaped = name.replace("\\", r"\\").replace('"', r"\"")
            return [f'"{escaped}"']
    return list(_encoded(name, room))


_WRITERS: dict[str, Callable[[_Lines, Sequence[str]], None]] = {
    **dict.fromkeys(("from", "sender", "reply-to", "to", "cc", "list-id"), _mailboxes),
    **dict.fromkeys(("date", "message-id", "list-unsubscribe", "list-unsubscribe-post"), _as_it_is),
    **dict.fromkeys(("list-help", "list-owner", "list-post", "list-archive"), _as_it_is),
}


# --- Encoded words ------------------------------------------------------------------------


def _encoded(text: str, room: int) -> Iterator[str]:
    """Encoded words (RFC 2047 2), the first of at most `room` characters if that is enough."""
    if not text:
        return
    encode = min((_quoted, _base64), key=lambda encode: len(encode(text)))
    piece, limit = "", min(room, WORD_LIMIT)
    for atom in _atoms(text, encode):
        if len(encode(piece + atom)) > limit:
            if piece:
                yield encode(piece)
            piece, limit = "", WORD_LIMIT
        piece += atom
    yield encode(piece)


def _atoms(text: str, encode: Callable[[str], str]) -> Iterator[str]:
    """What is not divided: words with their space, where too long what is read as one letter,
    and in the last place (marks without end) a character."""
    for word in re.findall(r"[^ ]* ?", text):
        if len(encode(word)) <= _ATOM_LIMIT:
            yield word
            continue
        for cluster in clusters(word):
            whole = len(encode(cluster)) <= _ATOM_LIMIT
            yield from [cluster] if whole else cluster


def _base64(text: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def _quoted(text: str) -> str:
    return f"=?utf-8?Q?{''.join(_QUOTED[byte] for byte in text.encode())}?="


_QUOTED = [
    chr(code) if _SAFE.fullmatch(bytes([code])) else "_" if code == 32 else f"={code:02X}"
    for code in range(256)
]
