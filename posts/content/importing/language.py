"""In which language a text is written: as its file says, or told from its words.

The library that tells is loaded when it is first asked, and its models then take some 60 MB:
whoever asks in a process that lives on calls `forget` afterwards.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings

from subscribers.languages import of_posts
from subscribers.saying import sentence

_SAMPLE = 3_000  # characters
# Of a script that is written by many, more words are needed.
_FEWEST_LETTERS, _FEWEST_OF_LATIN = 12, 60
_LAST_OF_LATIN = "\u024f"
_SURE = 0.75
# Chinese is told from its letters: which of two old encodings has more of them.
_CHINESE = {"zh-hans": "gb2312", "zh-hant": "big5"}


def named(tag: str) -> tuple[str, tuple[str, ...]]:
    """The language of posts that a file’s own word for it means, and what to say if it is none."""
    if found := of_posts(tag):
        return found, ()
    known = ", ".join(code for code, _name in settings.POST_LANGUAGES)
    note = sentence(
        "The file says its language is “%(tag)s”, which no post can have. Choose "
        "another (%(known)s).",
        tag=tag,
        known=known,
    )
    return "", (note,) if tag else ()


def recognised(text: str) -> str:
    """One of settings.POST_LANGUAGES; nothing where the text is too short or could be several."""
    sample = text[:_SAMPLE]
    letters = [char for char in sample if char.isalpha()]
    latin = sum(char <= _LAST_OF_LATIN for char in letters) * 2 > len(letters)
    if len(letters) < (_FEWEST_OF_LATIN if latin else _FEWEST_LETTERS):
        return ""
    likeliest = next(iter(_detector().compute_language_confidence_values(sample)), None)
    if likeliest is None or likeliest.value < _SURE:
        return ""
    code = str(likeliest.language.iso_code_639_1.name).lower()
    return max(_CHINESE, key=lambda one: _letters(sample, _CHINESE[one])) if code == "zh" else code


def forget() -> None:
    """Give back the memory."""
    if _detector.cache_info().currsize:
        _detector().unload_language_models()
        _detector.cache_clear()


@lru_cache(maxsize=1)
def _detector() -> Any:
    import lingua

    wanted = {code.partition("-")[0].upper() for code, _name in settings.POST_LANGUAGES}
    languages = [one for one in lingua.Language.all() if one.iso_code_639_1.name in wanted]
    builder = lingua.LanguageDetectorBuilder.from_languages(*languages)
    # The other models want a gigabyte, for telling single words.
    return builder.with_low_accuracy_mode().build()


def _letters(text: str, encoding: str) -> int:
    return len(text.encode(encoding, errors="ignore"))
