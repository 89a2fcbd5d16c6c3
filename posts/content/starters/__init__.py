"""A starting set for a letter: four beginnings, in each of the four languages.

Written for readers who live with a chronic illness: plain, short, and asking nothing of anybody.
What the writer is to fill in stands between double brackets, `[[like this]]`, and in words that
stand in no finished letter, so that the checklist finds it even where the brackets are gone.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from posts.content.starters import de, en, es, fr
from posts.content.words import all_words

__all__ = ["NAMES", "beginning_of", "is_spoken", "prompts"]

Block = dict[str, Any]

NAMES = ("letter", "practice", "questions", "resources")
_SETS: dict[str, dict[str, list[Block]]] = {
    "de": de.STARTERS,
    "en": en.STARTERS,
    "es": es.STARTERS,
    "fr": fr.STARTERS,
}


def is_spoken(language: str) -> bool:
    """Whether there is a starting set in this language."""
    return _main(language) in _SETS


def beginning_of(name: str, language: str) -> list[Block] | None:
    """The blocks (raw values) of one of NAMES; None where there is none in this language."""
    return _SETS.get(_main(language), {}).get(name)


@cache
def prompts() -> frozenset[str]:
    """All that is to be filled in, in every language, without its brackets."""
    bodies = (body for starters in _SETS.values() for body in starters.values())
    return frozenset(prompt for body in bodies for prompt in _prompts_of(body))


def _prompts_of(body: Iterable[Block]) -> list[str]:
    return [part.partition("]]")[0] for part in all_words(body).split("[[")[1:]]


def _main(language: str) -> str:
    return language.lower().partition("-")[0]
