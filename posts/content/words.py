"""Small measures of a text: its first words, its length, its date. They read the stored data.

A list of posts asks these for each post; building every block only to count its words would cost
a query for each picture.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from django.utils.formats import date_format

from posts.content.raised import raised
from subscribers.one_line import one_line

WORDS_PER_MINUTE = 200
_LEAD = 220  # characters, about two lines in an archive

_TAG = re.compile(r"<[^<>]*+>")
_STRUCK = re.compile(r"<s>[^<]*+(?:<(?!/?s>)[^<]*+)*+</s>")
_RAISED = re.compile(r"<sup>([^<]*+)</sup>")
_END_OF_LINE = re.compile(r"(</(?:p|h[1-6]|li|blockquote)>|<[bh]r\s*+/?+>)")
_APART = re.compile(r"<(h2|h3|blockquote)\b[^<>]*+>[^<]*+(?:<(?!/?\1\b)[^<]*+)*+</\1>")

# Values that are not words of the post.
_NOT_WORDS = {"id", "type", "kind", "level", "style", "url", "decorative", "alt_text"}


def long_date(day: dt.date) -> str:
    """The date in words, in the language of the moment (see config/formats)."""
    return date_format(day, "DATE_FORMAT")


def shortened(text: str, characters: int) -> str:
    """The text cut between two words, with an ellipsis where something is missing."""
    if len(text) <= characters:
        return text
    cut = text[:characters].rpartition(" ")[0] or text[: max(characters - 1, 0)]
    return cut.rstrip(" ,;:–—-") + "…"


def first_words(body: Iterable[dict[str, Any]], *, of_which: int = 1) -> str:
    """The first words of the first paragraphs; of anything else where there are none.

    They are at most one part in `of_which` of these words, so that a short text is not all told.
    """
    blocks = list(body)
    prose = [block["value"] for block in blocks if block["type"] == "paragraph"]
    paragraphs = one_line(" ".join(plain(_APART.sub(" ", html)) for html in prose))
    text = paragraphs or one_line(" ".join(_texts(map(_unfolded, blocks))))
    return shortened(text, min(_LEAD, len(text) // of_which))


def minutes(body: Iterable[dict[str, Any]]) -> int:
    """The reading time in whole minutes, at least one."""
    count = sum(len(text.split()) for text in _texts(map(_unfolded, body)))
    return max(1, round(count / WORDS_PER_MINUTE))


def all_words(body: Iterable[dict[str, Any]]) -> str:
    """Everything that is said in a body, as plain text, a line for each piece."""
    return "\n".join(_texts(body))


def begins_with(rich_text: str, word: str) -> bool:
    """Whether the text begins with this word, so that a label with it would say it twice."""
    first = next(iter(plain(rich_text).split()), "")
    return "".join(filter(str.isalnum, first)).casefold() == word.casefold()


def plain(rich_text: str) -> str:
    """Rich text without its tags, and without what is struck out: it is no longer said."""
    html = _RAISED.sub(lambda found: raised(found[1]), _STRUCK.sub("", rich_text))
    return unescape(_TAG.sub("", _END_OF_LINE.sub(r"\1 ", html))).strip()


def _unfolded(block: dict[str, Any]) -> dict[str, Any]:
    """What a reader sees of it: what is said in a sound is heard, or else read by itself."""
    if block.get("type") != "sound":
        return block
    value = {key: inner for key, inner in block["value"].items() if key != "transcript"}
    return {"type": "sound", "value": value}


def _texts(body: Iterable[dict[str, Any]]) -> Iterator[str]:
    for block in body:
        yield from _strings(block["value"])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield plain(value) if "<" in value else value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NOT_WORDS:
                yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
