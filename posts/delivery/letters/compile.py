"""A letter variant compiled once to bytes with slots, then joined per recipient.

Nothing is rendered or encoded per recipient but the slots. The text is split at the slots
*before* it is encoded as quoted-printable (RFC 2045 6.7): encoding a text that contains a
marker would now and then break the marker in two. In a body each slot stands on a
soft-broken line of its own, so that its length disturbs no line beside it.

No line of the result starts with a dot, so SMTP needs no dot-stuffing (RFC 5321 4.5.2).
"""

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from posts.delivery.letters.headers import HeaderRefused, field
from posts.delivery.letters.message import LetterSource, Outgoing
from posts.delivery.models import LetterVariant

SLOTS = ("to", "date", "message_id", "one_click", "unsubscribe")
LINE_LIMIT = 76  # RFC 2045: encoded lines, the soft break included
_PLAIN = re.compile(r"h[!-<>-~]{0,73}")  # short enough for a line, and nothing to encode in it


def slot(key: str, name: str) -> str:
    """The marker for a slot in the texts of the letter whose `slot_key` is `key`."""
    return f"{key}.{name}"


class CompiledLetter:
    """Static bytes with slots between them: `pieces` has one more item than `slots`."""

    def __init__(
        self, pieces: Sequence[bytes], slots: Sequence[str], source: LetterSource | None = None
    ) -> None:
        self.source = source
        self._frame = [b""] * (2 * len(slots) + 1)
        self._frame[::2] = pieces
        self._order = [SLOTS.index(name) for name in slots]

    @classmethod
    def whole(cls, content: bytes) -> "CompiledLetter":
        """A message that is the same for everybody: bytes with CRLF in which no line starts
        with a dot."""
        return cls([content], [])

    def fill(self, message: Outgoing) -> bytes:
        """The message for one recipient: five values joined in, all ASCII by construction."""
        if not self._order:
            return self._frame[0]
        values = (  # in the order of SLOTS
            message.address.encode("ascii"),
            _date(int(time.time())),
            message.identity.encode("ascii"),
            message.one_click.encode("ascii"),
            _in_body(message.unsubscribe),
        )
        joined = self._frame.copy()
        joined[1::2] = [values[place] for place in self._order]
        return b"".join(joined)


@lru_cache(maxsize=2)
def _date(second: int) -> bytes:
    """RFC 5322 3.3. Once a second: a thousand messages share it."""
    return format_datetime(datetime.fromtimestamp(second, UTC)).encode()


def _in_body(url: str) -> bytes:
    """Quoted-printable, which the usual link already is."""
    return url.encode("ascii") if _PLAIN.fullmatch(url) else quoted_printable(url)


def compile_variant(variant: LetterVariant, key: str) -> CompiledLetter:
    """Compile to a complete message: text before HTML, or text alone."""
    builder = _Builder(key)
    source = LetterSource(
        key=key,
        subject=variant.subject,
        headers=tuple((name, value) for name, value in variant.headers),
        text=variant.text,
        html=variant.html,
    )
    for name, value in variant.headers:
        builder.header(name, value)
    builder.static("MIME-Version: 1.0\r\n")
    if not variant.html:
        builder.part("plain", variant.text)
        return builder.build(source)
    boundary = f"=_{key}"
    builder.static(f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n')
    for subtype, content in (("plain", variant.text), ("html", variant.html)):
        builder.static(f"--{boundary}\r\n")
        builder.part(subtype, content)
        builder.static("\r\n")
    builder.static(f"--{boundary}--\r\n")
    return builder.build(source)


class _Builder:
    def __init__(self, key: str) -> None:
        self._marker = re.compile(rf"{re.escape(key)}\.({'|'.join(SLOTS)})")
        self._pieces: list[bytes] = [b""]
        self._slots: list[str] = []

    def static(self, text: str) -> None:
        self._pieces[-1] += text.encode("ascii")

    def _slot(self, name: str) -> None:
        self._slots.append(name)
        self._pieces.append(b"")

    def header(self, name: str, value: str) -> None:
        """One header. With a slot it stays on one line, unfolded and unencoded."""
        parts = self._marker.split(value)
        if len(parts) == 1:
            self.static(field(name, value))
            return
        if not (value.isascii() and value.isprintable()):
            raise HeaderRefused(f"The header {name} cannot be filled in: {value!r}")
        self.static(f"{name}: ")
        for index, part in enumerate(parts):
            if index % 2:
                self._slot(part)
            else:
                self.static(part)
        self.static("\r\n")

    def part(self, subtype: str, content: str) -> None:
        self.static(
            f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        )
        for index, part in enumerate(self._marker.split(content)):
            if index % 2:
                self.static("=\r\n")
                self._slot(part)
                self.static("=\r\n")
            else:
                self._pieces[-1] += quoted_printable(part)
        if not content.endswith("\n"):
            self.static("\r\n")

    def build(self, source: LetterSource) -> CompiledLetter:
        return CompiledLetter(self._pieces, self._slots, source)


def quoted_printable(text: str) -> bytes:
    """Encode for a body. Lines stay short enough that a soft break may follow the last one."""
    lines = text.replace("\r\n", "\n").split("\n")
    return b"\r\n".join(_encode_line(line) for line in lines)


def _encode_line(line: str) -> bytes:
    """One line, soft-broken. What comes first and last on it needs more care."""
    atoms = [_ATOMS[byte] for byte in line.encode()]
    if atoms and atoms[-1] in (b" ", b"\t"):
        # Mail servers drop blanks at the end of a line (and a slot's soft break may follow).
        atoms[-1] = b"=%02X" % atoms[-1][0]
    encoded: list[bytes] = []
    length = 0
    for atom in atoms:
        if length + len(atom) > LINE_LIMIT - 1:
            encoded.append(b"=\r\n")
            length = 0
        shown = b"=2E" if not length and atom == b"." else atom
        shown = b"=46" if not length and atom == b"F" else shown  # "From " in an mbox
        encoded.append(shown)
        length += len(shown)
    return b"".join(encoded)


_ATOMS = [
    bytes([code]) if (33 <= code <= 126 and code != 61) or code in (9, 32) else b"=%02X" % code
    for code in range(256)
]
