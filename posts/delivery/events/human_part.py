"""What a person would read of a returned mail: the text before the returned letter, and what it
says about whom.

Looked at are its first 20,000 characters, in lines of 500: servers say at the beginning what they
have to say. Nothing of the letter behind it is taken for a reason.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message

from posts.delivery.events.human_words import HEADERS, LETTER_FOLLOWS, NAME_HER, NOBODY
from posts.delivery.events.parsing import walk

MOST_TEXT = 20_000  # characters
LONGEST_LINE = 500
MOST_ADDRESSES = 100
LONGEST_WORDS = 1_000  # about one of them

# Those that a text may be in. Some others that Python knows take the square of the time.
_CHARSETS = re.compile(
    r"(us-)?ascii|utf-?8|iso-?8859-\d{1,2}|windows-125\d|koi8-[ru]|iso-2022-(jp|kr)|euc-(jp|kr)"
    r"|shift[_-]jis|gb2312|gbk|gb18030|big5"
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
_TAG = re.compile(r"<(?=[A-Za-z/!])[^<>@]{1,1000}>")
_BREAK = re.compile(r"<(?:br|p|div|tr|li)\b[^<>]{0,1000}>", re.I)
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{1,30}):[ \t]*(.*)")
_BEFORE = " \t>*-([<\"'\\"
_CODES = _BEFORE + "0123456789."


@dataclass(frozen=True)
class HumanPart:
    """`lines` before the letter, and the `letter`, or what of it stands behind them as text."""

    lines: tuple[str, ...]
    letter: str

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def fields(self) -> Iterator[tuple[str, str]]:
        """What stands in it like a header of a report."""
        for line in self.lines:
            if match := _FIELD.match(line.strip()):
                yield match[1], match[2].strip()

    def about(self, known: Collection[str], *, others: Collection[str] = ()) -> dict[str, str]:
        """By the address of each whom it names as one that the letter did not reach: the words
        about her. `known`: whom others found already. `others`: none of whom is meant."""
        found: dict[str, list[str]] = {}
        about: list[str] | None = None
        wanted = {address.lower() for address in known}
        unwanted = {address.lower() for address in others} - wanted
        for line in self.lines:
            for address in _named(line, wanted):
                if address in unwanted:
                    continue
                if len(found) < MOST_ADDRESSES or address in found:
                    about = found.setdefault(address, [])
            if about is not None:
                about.append(line)
        return {address: "\n".join(lines)[:LONGEST_WORDS] for address, lines in found.items()}


def addresses(text: str) -> list[str]:
    """Those that stand in a line."""
    return _ADDRESS.findall(text[:LONGEST_LINE])


def of(mail: Message) -> HumanPart:
    """The one of this mail."""
    lines: list[str] = []
    for text in _texts(mail):
        rest = text.splitlines()
        for number, line in enumerate(rest):
            if _begins_letter(line, rest[number + 1 : number + 3], first=not lines):
                return HumanPart(tuple(lines), "\n".join(rest[number:]))
            lines.append(line[:LONGEST_LINE])
    return HumanPart(tuple(lines), "")


def _named(line: str, known: Collection[str]) -> Iterator[str]:
    for match in _ADDRESS.finditer(line):
        address = match[0].strip(".'").lower()
        if address in known:
            yield address
            continue
        before = line[: match.start()].lower()
        local = address.partition("@")[0]
        if local not in NOBODY and (not before.strip(_CODES) or _names_her(before)):
            yield address


def _names_her(before: str) -> bool:
    """Whether the words before an address say that the letter was for her."""
    return any(before.rstrip(_BEFORE + ":").endswith(words) for words in NAME_HER)


def _begins_letter(line: str, following: list[str], *, first: bool) -> bool:
    said = line.strip(" \t-=*_#>.:|").lower()
    if any(said.startswith(words) for words in LETTER_FOLLOWS):
        return True
    if first or not line.lower().startswith(HEADERS):
        return False
    return any(_FIELD.match(one) or one[:1] in (" ", "\t") for one in following)


# --- Its texts -----------------------------------------------------------------------------


def _texts(mail: Message) -> Iterator[str]:
    """All plain ones that are no part of an attached mail; those in HTML where there is none."""
    parts = list(walk(mail))
    texts = [part for part in parts if part.get_content_maintype() == "text"]
    marked_up = [part for part in texts if part.get_content_type() == "text/html"]
    headers = [part for part in texts if part.get_content_type() == "text/rfc822-headers"]
    plain = [part for part in texts if part not in (*marked_up, *headers)]
    # A multipart whose parts nobody could tell apart.
    whole = [part for part in parts if part.get_content_maintype() == "multipart"]
    room = MOST_TEXT
    for part in plain or marked_up or whole:
        text = decoded(part, room)
        yield _without_tags(text) if part in marked_up else text
        room -= len(text)


def decoded(part: Message, most: int = MOST_TEXT) -> str:
    """The beginning of a part's text."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    raw = payload[: 4 * most]
    name = str(part.get_content_charset("utf-8"))
    if b"\x1b$" in raw:
        name = "iso-2022-jp"  # whatever it says it is
    charset = name if _CHARSETS.fullmatch(name) else "utf-8"
    try:
        return raw.decode(charset, "replace")[:most]
    except LookupError:
        return raw.decode("utf-8", "replace")[:most]


def _without_tags(text: str) -> str:
    plain = _TAG.sub(" ", _BREAK.sub("\n", text))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&#39;", "'")):
        plain = plain.replace(entity, sign)
    return plain.replace("&quot;", '"').replace("&amp;", "&")
