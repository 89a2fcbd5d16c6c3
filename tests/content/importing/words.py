"""The words of a text and the words of a post, to compare what went in with what came out."""

import html
import itertools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from posts.content.importing import ImportedPost

_NUMBERED = re.compile("<ol>(.*?)</ol>")


def words(text: str) -> list[str]:
    """All words, numbers and pictographs in their order.

    Punctuation is no word: a quotation may lose its dash and a list its bullets, which the page
    draws again. Characters that only steer others (joiners, soft hyphens) do not part words.
    """
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return "".join(c if _is_of_a_word(c) else " " for c in seen).split()


def _is_of_a_word(c: str) -> bool:
    bullet = "\u25a0" <= c <= "\u25ff"
    return unicodedata.category(c)[0] in "LMN" or (
        unicodedata.category(c) in ("So", "Sc") and not bullet
    )


def words_of(post: ImportedPost) -> list[str]:
    """All words of a post as a reader meets them."""
    body = " ".join(text for block in post.body for text in _texts(block["type"], block["value"]))
    if any("begins the text" in note or "first words" in note for note in post.guesses):
        return words(body)  # what was too long for a title stands whole in the text
    return words(f"{post.title} {post.subtitle} {post.excerpt} {body}")


def _texts(kind: str, value: Any) -> Iterator[str]:
    if kind == "paragraph":
        yield _plain(_NUMBERED.sub(_with_numbers, value))
    elif kind == "quote":
        yield from (*value["lines"], value["attribution"])
    elif kind == "reasons":
        for row in value["reasons"]:
            yield f"{row['term']}: {_plain(row['explanation'])}"
    elif kind == "invitation":
        yield value["intro"]
        yield from (_plain(invite["text"]) for invite in value["invites"])
    elif kind == "sign_off":
        yield from (value["text"], value["name"])
    else:
        raise AssertionError(f"nobody imports a block of kind {kind}")


def _with_numbers(found: re.Match[str]) -> str:
    numbers = itertools.count(1)
    return re.sub("<li>", lambda _entry: f"<li>{next(numbers)} ", found[1])


def _plain(rich: str) -> str:
    """Tags of lines and paragraphs part words; those of emphasis and links do not."""
    inline = re.sub(r"</?(?:b|i|a|s|sup)(?: [^>]*)?>", "", rich)
    return html.unescape(re.sub(r"<[^>]*>", " ", inline))
