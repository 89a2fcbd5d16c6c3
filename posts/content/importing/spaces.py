"""White space as people see it."""

import re
import unicodedata

_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"
_FRENCH_SPACE = re.compile(r"(?<=«)[\xa0\u202f]|[\xa0\u202f](?=[»:;!?%€])")
# Breaks nothing and joins nothing between letters of Latin: left behind by a copy from the web.
_LEFT_BEHIND = re.compile(
    r"[\ufeff\u2060]|(?<![^\s\u0000-\u024f])[\u200b\u00ad]|[\u200b\u00ad](?![^\s\u0000-\u024f])"
)
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" ?\n[ \n]*")


def storable(text: str) -> str:
    """Without what no database holds: NUL, and halves of characters, as escapes in JSON and YAML
    may say them. Two halves that belong together are one."""
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def even(text: str) -> str:
    """One space between words, a line break where there was one, no control characters.

    A space that must not break is kept where French has it, before punctuation and inside
    guillemets; elsewhere it is what a word processor left behind, as are marks that nobody sees.
    """
    kept = "".join(
        " " if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c
        for c in text
    )
    single = _SPACES.sub(" ", _FRENCH_SPACE.sub("\0", _LEFT_BEHIND.sub("", kept)))
    return _AROUND_BREAKS.sub("\n", single).replace("\0", "\xa0")


def tidy(line: str) -> str:
    """A line, evened, without anything at its ends that nobody sees."""
    return even(line.replace("\n", " ")).strip(f" \xa0{_INVISIBLE}")
