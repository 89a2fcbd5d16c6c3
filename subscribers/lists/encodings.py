"""In which encoding a list is written, told by how its names would read.

General detectors want pages of text: charset-normalizer reads one file in three rightly whose only
name is `Łukasz`. Of a list we know that what is not plain in it are names, so each encoding is
asked whether its reading looks like names of one language.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from subscribers.lists.normalising import folded
from subscribers.saying import sentence

UTF8 = "utf-8-sig"
PIECE = 1 << 20
_START = 4096  # in which nulls show what it is
LONG_LINE = 1 << 16  # bytes without a line break from which a file is read with care
MOST_WORDS = 400  # that are looked at
LONGEST_WORD = 60  # bytes of one
_SEPARATORS = re.compile(rb"[\x00-\x20,;\"<>()]+")
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_PUNCTUATION = frozenset("’‘“”„–—…«»°\N{NO-BREAK SPACE}")
_LAST_OF_LATIN = "\u024f"

# Letters beside a to z, by language.
_WEST = {
    "de": "äöüßé", "fr": "éèêëàâçîïôùûœæü", "es": "ñíóúáéü", "pt": "ãõáéíóúâêôçà",
    "sv": "åäöéü", "da": "æøåéü", "nl": "ëïéèüö", "it": "àèéìòù", "is": "þðáéíóúýæö",
    "ca": "çàèéíòóúïü",
}  # fmt: skip
_MIDDLE = {
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű",
    "ro": "ăâîşţșț", "hr": "čćđšž", "de": "äöüßé",
}  # fmt: skip
_TURKISH = {"tr": "çğıöşüâîûİ"}
_CYRILLIC = {
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "uk": "абвгдежзийклмнопрстуфхцчшщьюяіїєґ",
    "sr": "абвгдежзиклмнопрстуфхцчшђјљњћџ",
}  # fmt: skip
_GREEK = {"el": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"}
_HEBREW = {"he": "אבגדהוזחטיךכלםמןנסעףפץצקרשת"}
# Hebrew is written without, so that there is nothing to miss.
_VOWELS = frozenset("aeiouyаеёиоуыэюяіїєαεηιουω" + _HEBREW["he"])
# With which many names begin, where the same bytes make sense in several languages.
_NAMES = {
    "ja": "田山佐藤木高橋鈴伊渡辺中村小林加吉松井本子郎美一",
    "zh": "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗伟娜明小丽",
    "tw": "陳林黃張李王吳劉蔡楊許鄭謝郭洪雅怡君美志明",
    "ko": "김이박최정강조윤장임한오서신권황안송영지민수희현준",
}


@dataclass(frozen=True)
class Encoding:
    """One that lists are written in. `codec`: Python's name. `languages`: their letters; or
    `common`: from which first byte to which stand the characters that everybody learns. `weight`:
    below 1 where another is likelier that reads as well."""

    codec: str
    label: str
    languages: dict[str, str]
    weight: float = 1.0
    common: tuple[int, int] = (0, 0)


# Of two that read as well, the first is taken.
ENCODINGS = (
    Encoding(UTF8, "UTF-8", {}),
    Encoding("cp1252", sentence("Windows-1252 (Western)"), _WEST),
    Encoding("cp1250", sentence("Windows-1250 (Central European)"), _MIDDLE),
    Encoding("cp1251", sentence("Windows-1251 (Cyrillic)"), _CYRILLIC),
    Encoding("cp1253", sentence("Windows-1253 (Greek)"), _GREEK),
    Encoding("cp1254", sentence("Windows-1254 (Turkish)"), _TURKISH, 0.98),
    Encoding("cp1255", sentence("Windows-1255 (Hebrew)"), _HEBREW),
    Encoding("mac_roman", sentence("Mac Roman (Western)"), _WEST, 0.98),
    Encoding("iso8859_2", sentence("ISO 8859-2 (Central European)"), _MIDDLE, 0.98),
    Encoding("mac_latin2", sentence("Mac Central European"), _MIDDLE, 0.96),
    Encoding("koi8_r", sentence("KOI8-R (Cyrillic)"), _CYRILLIC, 0.98),
    Encoding("iso8859_5", sentence("ISO 8859-5 (Cyrillic)"), _CYRILLIC, 0.95),
    Encoding("mac_cyrillic", sentence("Mac Cyrillic"), _CYRILLIC, 0.97),
    Encoding("cp866", sentence("DOS 866 (Cyrillic)"), _CYRILLIC, 0.96),
    Encoding("cp850", sentence("DOS 850 (Western)"), _WEST, 0.95),
    Encoding("cp932", sentence("Shift-JIS (Japanese)"), {"ja": ""}, common=(0x88, 0x97)),
    Encoding("euc_jp", sentence("EUC-JP (Japanese)"), {"ja": ""}, common=(0xB0, 0xCF)),
    Encoding("gb18030", sentence("GB 18030 (Chinese)"), {"zh": ""}, common=(0xB0, 0xD7)),
    Encoding("big5", sentence("Big5 (Chinese)"), {"tw": ""}, common=(0xA4, 0xC6)),
    Encoding("cp949", sentence("Windows-949 (Korean)"), {"ko": ""}, common=(0xB0, 0xC8)),
)
_BY_MARK = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
MARKS = tuple(_BY_MARK)
LABELS = {
    **{one.codec: one.label for one in ENCODINGS},
    **dict.fromkeys(("utf-16", "utf-16-le", "utf-16-be"), "UTF-16"),
    "utf-32": "UTF-32",
}
_PLAINLY = {UTF8: "utf-8"}  # without a mark
# Of these the one that we know has all letters.
_INCLUDED = {
    **dict.fromkeys(("utf-8", "ascii"), UTF8),
    **dict.fromkeys(("iso8859-1", "iso8859-15"), "cp1252"),
    **{"iso8859-7": "cp1253", "iso8859-9": "cp1254", "iso8859-8": "cp1255", "koi8-u": "koi8_r"},
    **{"shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030"},
}


@dataclass(frozen=True)
class Written:
    """How a file is written. `broken`: not all of it makes sense in that encoding. `long_lines`:
    some are so long that they must not be read as a whole."""

    codec: str
    broken: bool = False
    long_lines: bool = False

    @property
    def errors(self) -> str:
        """As `open` wants it: what makes no sense is read as U+FFFD."""
        return "replace" if self.broken else "strict"


class EncodingUnknown(ValueError):
    """No encoding of that name is known here."""


def named(name: str) -> str:
    """Python's name of an encoding that we know, as people call it. Raises EncodingUnknown."""
    try:
        found = codecs.lookup(name.strip().replace(" ", "-")).name
    except (LookupError, ValueError) as error:
        raise EncodingUnknown(name) from error
    known = {codecs.lookup(codec).name: codec for codec in LABELS} | _INCLUDED
    if found not in known:
        raise EncodingUnknown(name)
    return known[found]


def look(path: Path, codec: str = "") -> Written:
    """How a file is written, after a look at all of it. `codec`: where a person said it.

    Raises OSError.
    """
    long_lines = any(map(_is_long, _pieces(path)))
    codec = codec or by_first_bytes(next(_pieces(path), b"")[:_START])
    if not codec and _decodes(_pieces(path), UTF8):
        return Written(UTF8, long_lines=long_lines)
    codec = codec or likeliest(_words(path))
    return Written(codec, not _decodes(_pieces(path), codec), long_lines)


def _words(path: Path) -> Iterable[bytes]:
    words: dict[bytes, None] = {}
    for piece in _pieces(path):
        words |= dict.fromkeys(words_of(piece))
        if len(words) >= MOST_WORDS:
            break
    return words


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(partial(file.read, PIECE), b"")


def _decodes(pieces: Iterable[bytes], codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for piece in pieces:
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_long(piece: bytes) -> bool:
    """Whether a line of LONG_LINE or more runs through the piece: each of twice that is found."""
    return any(
        piece.find(b"\n", at, at + LONG_LINE) < 0 and piece.find(b"\r", at, at + LONG_LINE) < 0
        for at in range(0, len(piece) - LONG_LINE + 1, LONG_LINE)
    )


def readings(names: list[str], codec: str) -> list[tuple[str, list[str]]]:
    """How names that were read in one encoding would read in each other that has letters for them:
    its own first. Nothing where an encoding is no question."""
    if not names or codec not in {one.codec for one in ENCODINGS}:
        return []
    written = [name.encode(_PLAINLY.get(codec, codec), "replace") for name in names]
    found = [(codec, names)]
    for one in ENCODINGS:
        read = [name.decode(one.codec, "replace") for name in written]
        fits = all(map(str.isprintable, read)) and _REPLACED not in "".join(read)
        if fits and read not in [known for _, known in found]:
            found.append((one.codec, read))
    return found


def by_first_bytes(start: bytes) -> str:
    """The encoding that a mark says, or that nulls between plain letters show; or nothing."""
    for mark, codec in _BY_MARK.items():
        if start.startswith(mark):
            return codec
    even, odd = start[0::2], start[1::2]
    for nulls, letters, codec in ((even, odd, "utf-16-be"), (odd, even, "utf-16-le")):
        if (
            len(start) >= 4
            and nulls.count(0) * 2 > len(nulls)
            and letters.count(0) * 20 < len(letters)
        ):
            return codec
    return ""


def words_of(piece: bytes, most: int = MOST_WORDS) -> list[bytes]:
    """The words of a piece of a file that are not plain, each once."""
    found = dict.fromkeys(
        word[:LONGEST_WORD] for word in _SEPARATORS.split(piece) if not word.isascii()
    )
    return list(found)[:most]


def likeliest(words: Iterable[bytes]) -> str:
    """The encoding in which the words look most like names."""
    words = list(words)[:MOST_WORDS]
    scored = [(_score(encoding, words), -place) for place, encoding in enumerate(ENCODINGS)]
    return ENCODINGS[-max(scored)[1]].codec


def _score(encoding: Encoding, words: list[bytes]) -> float:
    read = [word.decode(encoding.codec, "replace") for word in words]
    if encoding.codec == UTF8:
        # Nothing else looks like it by chance.
        return sum(-1.5 if char == _REPLACED else 4 for char in "".join(read) if not char.isascii())
    scores = [
        [
            _ideographs(word, encoding, _NAMES[language])
            if encoding.common[0]
            else _letters(word, letters)
            for language, letters in encoding.languages.items()
        ]
        for word in read
    ]
    # A list of one country is likelier than one of many.
    one_country = max(map(sum, zip(*scores, strict=True)), default=0.0)
    return encoding.weight * max(one_country, 0.97 * sum(map(max, scores)))


def _letters(word: str, alphabet: str) -> float:
    """A point for each letter of the alphabet, less where no name would have it."""
    alien = alphabet[0] > _LAST_OF_LATIN
    around = f" {word} "
    score = 0.0
    for before, char, after in zip(around, word, around[2:], strict=False):
        if not char.isascii():
            score += _letter(char, before, after, alphabet, alien=alien)
    return score - (2 if alien and any(c.isascii() and c.isalpha() for c in word) else 0)


def _letter(char: str, before: str, after: str, alphabet: str, *, alien: bool) -> float:
    within = before.isalpha()
    if char not in alphabet and char.lower() not in alphabet:
        return 0.3 if char in _PUNCTUATION and not (within and after.isalpha()) else -2.0
    score = 1.0
    if char.isupper() and before.islower():
        score -= 1.5
    if not within and char.islower():
        score -= 0.5  # names begin with a capital
    if not (alien or before.isascii()):
        score -= 0.6  # two accents in a row
    if within and after.isalpha() and not any(map(_is_vowel, before + char + after)):
        score -= 0.7
    if (char in "ãõ" and after.isalpha() and not _is_vowel(after)) or (char == "þ" and within):
        score -= 0.4
    return score


@lru_cache(maxsize=1024)
def _is_vowel(char: str) -> bool:
    return folded(char)[:1] in _VOWELS


def _ideographs(word: str, encoding: Encoding, known: str) -> float:
    first, last = encoding.common
    score = 0.0
    for char in word:
        if char.isascii():
            score -= 1.5 if char.isalpha() else 0
        elif char in known:
            score += 3.0
        elif "\u3041" <= char <= "\u30ff":  # kana
            score += 2.0
        elif "\uff61" <= char <= "\uff9f":  # kana of half the width
            score += 1.05 if encoding.codec == "cp932" else -1
        else:
            bytes_ = char.encode(encoding.codec, "replace")
            score += 1.8 if len(bytes_) == 2 and first <= bytes_[0] <= last else -2
    return score
