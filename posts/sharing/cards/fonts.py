"""Which font of this machine has the letters. None is shipped: systems have them, and each owner
may lay more into the folder `fonts` of DATA_DIR."""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont, features

from posts.sharing.cards import text

_KINDS = {".ttf", ".otf", ".ttc", ".otc"}
_END_OF_UNICODE = 0x32000  # what lies beyond is nobody's letters
_MOST_OPENED = 60  # fonts without a telling name, in search of one letter
# Serif like the site's own text. The first that is there has nearly all of a European title.
_FIRST = ("notoserif", "dejavuserif", "liberationserif", "tinos", "georgia", "timesnewroman")
_OTHER_SHAPES = re.compile("italic|oblique|condensed|mono|thin|light|black|display|math|symbol")
# Sizes in which fonts made of small pictures are drawn; any other is refused.
_SIZES_OF_PICTURES = (109, 160, 136, 128, 96)


def shapes_letters() -> bool:
    """Whether joined and stacked scripts can be drawn: Pillow finds FriBiDi on the system."""
    return bool(features.check("raqm"))


def library() -> "Library":
    """The fonts of this machine, as found when the process first asked."""
    return _library(tuple(map(str, settings.FONT_FOLDERS)))


@lru_cache(maxsize=8)
def _library(folders: tuple[str, ...]) -> "Library":
    found = (file for folder in folders for file in Path(folder).expanduser().rglob("*"))
    return Library(sorted({file for file in found if file.suffix.lower() in _KINDS}))


class Library:
    """Font files, and the best of them for each letter."""

    def __init__(self, files: list[Path]) -> None:
        names = [(re.sub(r"[\s_]", "", file.stem.lower()), file) for file in files]
        fit = [(name, file) for name, file in names if not _OTHER_SHAPES.search(name)]
        self._named = sorted(fit, key=lambda entry: (_preference(entry[0]), entry[0]))
        self._answers: dict[str, Path | None] = {}

    @cached_property
    def signature(self) -> str:
        """Changes when fonts come or go: a card may then look better than before."""
        names = "\n".join(str(file) for _, file in self._named)
        return sha256(f"{names}\n{shapes_letters()}".encode()).hexdigest()[:12]

    def font_for(self, cluster: str) -> Path | None:
        """The font that has all of these signs; None when none is here."""
        if cluster not in self._answers:
            if len(self._answers) > 5_000:  # hostile titles cannot make it grow
                self._answers.clear()
            self._answers[cluster] = next(
                (file for file in self._candidates(cluster) if covers(file, cluster)), None
            )
        return self._answers[cluster]

    def _candidates(self, cluster: str) -> Iterator[Path]:
        if not text.is_plain(cluster) and not shapes_letters():
            return iter(())
        script = "emoji" if text.is_emoji(cluster) else _script(cluster[0])
        of_script = (file for name, file in self._named if script in name)
        general = (file for name, file in self._named if name.startswith(_FIRST_STEMS))
        if script == "emoji":
            return chain(of_script, general)
        others = (file for name, file in self._named if not name.startswith("noto"))
        return chain(general, of_script, islice(others, _MOST_OPENED))


_FIRST_STEMS = tuple(f"{family}-" for family in _FIRST) + _FIRST[1:]


def _preference(name: str) -> tuple[int, int, int]:
    family = next((at for at, first in enumerate(_FIRST) if name.startswith(first)), len(_FIRST))
    weight = 0 if "bold" in name or "heavy" in name else 1
    shape = 0 if "serif" in name or "naskh" in name else 1
    return (family, shape + ("ui" in name), weight)


def _script(char: str) -> str:
    """The script as Unicode names its letters, and makers of fonts their files."""
    if text.is_wide(char):
        return "cjk"
    return unicodedata.name(char, "nameless").split()[0].split("-")[0].lower()


def covers(file: Path, cluster: str) -> bool:
    """Whether the font has a sign for each character that is seen."""
    has = _coverage(str(file))
    seen = [ord(char) for char in cluster if not _is_invisible(char)]
    return all(code < _END_OF_UNICODE and has[code >> 3] >> (code & 7) & 1 for code in seen)


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or 0xFE00 <= ord(char) < 0xFE10


@lru_cache(maxsize=128)
def _coverage(file: str) -> bytes:
    """A bit for each character, 25 KB a font; all of them unset where the file is broken."""
    bits = bytearray(_END_OF_UNICODE >> 3)
    try:
        with Path(file).open("rb") as read, TTFont(read, fontNumber=0, lazy=True) as font:
            codes = font.getBestCmap() or {}
    except (TTLibError, OSError, struct.error, KeyError, AssertionError):
        codes = {}  # another font will do; nobody can mend a font by reading of it here
    for code in codes:
        if code < _END_OF_UNICODE:
            bits[code >> 3] |= 1 << (code & 7)
    return bytes(bits)


@lru_cache(maxsize=64)
def opened(file: str, size: int) -> tuple[ImageFont.FreeTypeFont, float]:
    """The font in this size; or, where it is made of small pictures, in theirs, and by how much
    that has to be scaled."""
    try:
        return ImageFont.truetype(file, size), 1.0
    except OSError:
        for other in _SIZES_OF_PICTURES:
            try:
                # Their pictures stand higher than letters of the size they are named by.
                return ImageFont.truetype(file, other), 0.85 * size / other
            except OSError:
                continue
        raise
