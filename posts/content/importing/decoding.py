"""From bytes to text: as the file declares its encoding, else as its bytes tell.

A declaration is believed where the bytes agree with it: most pages that say `iso-8859-1` were
written in Windows-1252, and some that say it are UTF-8.
"""

import codecs
import unicodedata
from dataclasses import dataclass

import chardet
from bs4.dammit import EncodingDetector

from posts.content.importing.refusal import ImportRefused
from subscribers.saying import sentence, sentence_of

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What texts are found in. Mainframes and most of DOS only add to what they are mistaken for.
_FOUND_IN = (
    *("utf-8", "utf-16-be", "utf-16-le", "utf-32-be", "utf-32-le", "ascii"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("cp874", "tis-620", "koi8-r", "koi8-u", "cp866", "iso8859-2", "mac-roman"),
    *("big5hkscs", "cp932", "cp949", "euc_jis_2004", "euc_kr", "gb18030", "iso2022_jp_2"),
)
_NAMES = {"windows-1252": "Windows-1252 (Western European)", "macroman": "Mac Roman"}
_WESTERN = "windows-1252"
# Of these the second has all letters, and those that Windows wrote besides.
_MEANT = {
    **{"iso8859-1": _WESTERN, "ascii": _WESTERN, "iso8859-9": "cp1254", "shift_jis": "cp932"},
    **{"gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"},
}
# The others that Python knows are not what pages are written in, and one takes hours.
_ON_PAGES = (
    _WESTERN,
    "iso8859",
    "cp",
    "koi8",
    "mac",
    "big5",
    "euc",
    "gb18030",
    "utf-8",
    "utf-16",
    "tis",
)
_MOST_LOOKED_AT = 200_000
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\v\f\x1a")
_REPLACED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Decoded:
    """The text of a file, and what to tell about how it was read."""

    text: str
    guesses: tuple[str, ...] = ()


def decoded(name: str, content: bytes, *, is_html: bool) -> Decoded:
    """Raises ImportRefused for what is no text; `name` is how the file is called in messages."""
    found = _by_mark(name, content) or _utf8(content)
    if not found and is_html:
        found = _as_declared(content)
    found = found or _damaged_utf8(name, content) or _detected(name, content)
    controls = sum(found.text.count(control) for control in _CONTROLS)
    if "\0" in found.text or (controls > 2 and controls * 100 > len(found.text)):
        raise _not_text(name)
    return found


def _by_mark(name: str, content: bytes) -> Decoded | None:
    encoding = next((known for bom, known in _BOMS if content.startswith(bom)), "")
    if not encoding:
        return None
    try:
        return Decoded(content.decode(encoding))
    except UnicodeDecodeError as error:
        if encoding == "utf-8-sig":
            return None  # a byte or two of something else in it
        raise ImportRefused(
            sentence(
                "%(name)s says it is %(encoding)s but is damaged at byte %(start)s. "
                "Save it again as UTF-8.",
                name=name,
                encoding=encoding,
                start=error.start,
            )
        ) from error


def _utf8(content: bytes) -> Decoded | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    # ISO-2022-JP is made of plain bytes, and so are the nulls of UTF-16.
    return None if "\0" in text or "\x1b$" in text else Decoded(text)


def _as_declared(content: bytes) -> Decoded | None:
    declared = EncodingDetector.find_declared_encoding(content[:_MOST_LOOKED_AT], is_html=True)
    try:
        known = codecs.lookup(declared or "").name
        codec = _MEANT.get(known, known)
        return Decoded(content.decode(codec)) if codec.startswith(_ON_PAGES) else None
    except (LookupError, ValueError):  # none that is known, or not what it is
        return None


def _damaged_utf8(name: str, content: bytes) -> Decoded | None:
    """UTF-8 but for a few bytes, as it is where somebody pasted from elsewhere."""
    text = content.decode("utf-8-sig", errors="replace")
    good = sum(1 for char in text[:_MOST_LOOKED_AT] if not char.isascii() and char != _REPLACED)
    bad = text[:_MOST_LOOKED_AT].count(_REPLACED)
    if not bad or bad * 2 > good:
        return None
    first = text.index(_REPLACED)
    text = content.decode("utf-8", errors=_western_bytes.__name__).removeprefix("\ufeff")
    start, end = text.rfind("\n", 0, first) + 1, text.find("\n", first)
    around = text[max(start, first - 30) : min(end if end >= 0 else len(text), first + 30)].strip()
    return Decoded(
        text,
        (
            sentence_of(
                bad,
                "One letter of %(name)s made no sense as UTF-8, and became what Windows-1252 makes "
                "of it; it is in “%(around)s”. Look whether it reads well.",
                "%(number)s letters of %(name)s made no sense as UTF-8, and became what "
                "Windows-1252 makes of it; first in “%(around)s”. Look whether they read well.",
                name=name,
                around=around,
            ),
        ),
    )


def _western_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode(_WESTERN, errors="replace"), error.end


# For `open`: what makes no sense as UTF-8 becomes what Windows-1252 makes of it.
AS_WESTERN = _western_bytes.__name__
codecs.register_error(AS_WESTERN, _western_bytes)


def _detected(name: str, content: bytes) -> Decoded:
    sample = content[:_MOST_LOOKED_AT]
    encoding = chardet.detect(sample, include_encodings=_FOUND_IN)["encoding"] or _WESTERN
    text = content.decode(encoding, errors="replace")
    western = content.decode(_WESTERN, errors="replace")
    if text == western:
        encoding = _WESTERN
    if not _is_text(text):
        raise _not_text(name)
    if encoding.lower().startswith("utf-"):
        return Decoded(text)
    called = _NAMES.get(encoding.lower(), encoding)
    return Decoded(
        text,
        (
            sentence(
                "%(name)s is not UTF-8; it was read as %(called)s. Look at accented "
                "letters, or save it as UTF-8 and import it again.",
                name=name,
                called=called,
            ),
        ),
    )


def _is_text(text: str) -> bool:
    """Mostly letters; a few bytes may make no sense."""
    sample = text[:_MOST_LOOKED_AT]
    odd = sum(unicodedata.category(char) in ("Cc", "Co", "Cn") for char in sample)
    odd += sample.count(_REPLACED) - sum(map(sample.count, "\t\n\r\v\f\x1a"))
    return odd * 20 <= len(sample)


def _not_text(name: str) -> ImportRefused:
    return ImportRefused(
        sentence("%(name)s is not text. Save what is in it as plain text (UTF-8).", name=name)
    )
