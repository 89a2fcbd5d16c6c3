"""How a text reads: its words, how long it takes, and how much it asks of somebody tired.

The ease is what the formula of each language says of syllables in a word and words in a sentence:

    en  Flesch 1948            206.835 - 84.6 s - 1.015 w
    es  Fernández Huerta 1959  206.84  - 60 s   - 1.02 w
    fr  Kandel & Moles 1958    207     - 73.6 s - 1.015 w
    de  Amstad 1978            180     - 58.5 s - w

from 0, very hard, to 100, very easy. Of other languages, and of other scripts, nothing is said.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from posts.content.words import WORDS_PER_MINUTE

__all__ = ["Ease", "HardSentence", "HowItReads", "TextPiece", "read"]

FEWEST_WORDS = 40  # of fewer a formula says more than it knows
SHORTEST_HARD = 14  # words; a shorter sentence has a long word in it, and is soon over
HARD = 45  # of a single sentence; the text around it may be as easy as can be
# Written without a space between words, or with one after each syllable: a count would be wrong.
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
_ENDS = re.compile(r"(?<=[.!?…])([\"'”’»)\]]*+)\s++(?=[\"'“‘«„¿¡(\[]*+[^\W_])")
_WORD = re.compile(r"[^\W\d_]++(?:['’][^\W\d_]++)*+")
_LAST_WORD = re.compile(r"(?<!\S)[(\[\"'“„«]?([^\s.]{1,6}\.(?:[^\s.]\.)?)$")
_SHORTENED = frozenset(
    {
        *("dr.", "mr.", "mrs.", "ms.", "prof.", "st.", "vs.", "no.", "fig.", "e.g.", "i.e."),
        *("dra.", "sr.", "sra.", "ud.", "uds.", "p.ej.", "ej.", "pág.", "núm."),
        *("m.", "mme.", "mlle.", "p.ex.", "ex.", "av.", "env."),
        *("bzw.", "ca.", "d.h.", "z.b.", "u.a.", "evtl.", "ggf.", "nr.", "fr.", "hr.", "vgl."),
        *("str.", "s.", "u.", "z.", "d.", "b.", "a.", "h."),
    }
)


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A paragraph, a heading, a line of a card. `prose`: it is made of sentences."""

    text: str
    prose: bool = True


@dataclass(frozen=True, slots=True)
class HardSentence:
    """Where it stands: in which piece, from which character to which."""

    piece: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Ease:
    """From 0 to 100, and the sentence that asks most, where one asks much."""

    score: int
    hardest: HardSentence | None


@dataclass(frozen=True, slots=True)
class HowItReads:
    """None is what cannot be said of such a text."""

    words: int | None
    minutes: int | None
    ease: Ease | None


def read(pieces: Iterable[TextPiece], language: str) -> HowItReads:
    """What there is to say of a text in this language, a tag such as `de` or `pt-br`."""
    pieces = list(pieces)
    letters = _scripts(" ".join(piece.text for piece in pieces))
    if letters["no spaces"] * 5 > sum(letters.values()):
        return HowItReads(None, None, None)
    words = sum(len(piece.text.split()) for piece in pieces)
    latin = letters["latin"] * 10 >= sum(letters.values()) * 9
    formula = _FORMULAS.get(language.lower().partition("-")[0]) if latin else None
    ease = _ease(pieces, formula) if formula else None
    return HowItReads(words, max(1, round(words / WORDS_PER_MINUTE)) if words else 0, ease)


def _scripts(text: str) -> dict[str, int]:
    """How many letters are of which kind."""
    found = {"latin": 0, "no spaces": 0, "other": 0}
    for letter in filter(str.isalpha, text):
        name = "LATIN" if letter < "ɐ" else unicodedata.name(letter, "")
        if name.startswith("LATIN"):
            found["latin"] += 1
        else:
            found["no spaces" if name.startswith(_NO_SPACES) else "other"] += 1
    return found


# --- Ease -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Formula:
    most: float
    a_syllable: float
    a_word: float
    syllables: Callable[[str], int]

    def of(self, words: int, syllables: int, sentences: int) -> float:
        return self.most - self.a_syllable * syllables / words - self.a_word * words / sentences


def _ease(pieces: list[TextPiece], formula: _Formula) -> Ease | None:
    total = syllables = sentences = 0
    hardest, lowest = None, float(HARD)
    for at, piece in enumerate(pieces):
        for start, end in _sentences(piece.text) if piece.prose else ():
            words = _WORD.findall(piece.text[start:end])
            if not words:
                continue
            count = sum(formula.syllables(word.casefold()) for word in words)
            total, syllables, sentences = total + len(words), syllables + count, sentences + 1
            score = formula.of(len(words), count, 1)
            if len(words) >= SHORTEST_HARD and score < lowest:
                lowest = score
                hardest = HardSentence(at, start, end, piece.text[start:end])
    if total < FEWEST_WORDS:
        return None
    score = formula.of(total, syllables, sentences)
    return Ease(round(min(100.0, max(0.0, score))), hardest)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each goes. A full stop that shortens a word, or counts, ends none."""
    start = 0
    for found in _ENDS.finditer(text):
        said = text[start : found.end(1)]
        if not found[1] and _goes_on(said, text[found.end() :][:1]):
            continue
        yield start, found.end(1)
        start = found.end()
    if text[start:].strip():
        yield start, len(text.rstrip())


def _goes_on(said: str, following: str) -> bool:
    if following.islower():
        return True
    last = _LAST_WORD.search(said[-12:])
    word = last[1].casefold() if last else ""
    return word in _SHORTENED or word.removesuffix(".").isdecimal()


# --- Syllables, by the vowels ---------------------------------------------------------------

_EN_VOWELS = re.compile(r"[aeiouy]+")
_EN_SILENT = re.compile(
    r"(?:[^aeiouyl]|[aeiouy]l)e$|[^aeiouytd]ed$|[^aeiouysxzhcg]es$|(?<=[sc]h)e$"
)
_EN_APART = re.compile(
    r"[aeou]ing|(?<![tcsg])i[ao](?!us)|(?<![tcsgx])iou|creat|eo(?!u)|ua(?!r)|[^aeiouy]sm$"
)
_ES_VOWELS = re.compile(r"[aeiouáéíóúü]+|(?<![aeiouáéíóú])y(?![aeiouáéíóú])")
_ES_STRONG = re.compile(r"[aeoáéíóú]")
_FR_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")
_FR_APART = re.compile(r"é(?=[aoeuâ])|[aeoué](?=[ïë])|(?<=[aou])ü|(?<=[bcdfgpt][rl])i(?=[aeoé])")
_FR_MUTE = re.compile(r"(?:[^aeiouyàâäéèêëîïôöùûüœæ]|[qg]u)es?$")
_DE_VOWELS = re.compile(r"a[aiuy]|äu|e[eiuy]|ie|o[oiy]|[aeioäöü]|(?<!q)u|y")


def _in_english(word: str) -> int:
    count = len(_EN_VOWELS.findall(word)) + len(_EN_APART.findall(word))
    return max(1, count - bool(_EN_SILENT.search(word)))


def _in_spanish(word: str) -> int:
    word = word.replace("qu", "q").replace("gue", "ge").replace("gui", "gi")
    groups = _ES_VOWELS.findall(word)
    return max(1, sum(max(1, len(_ES_STRONG.findall(group))) for group in groups))


def _in_french(word: str) -> int:
    count = len(_FR_VOWELS.findall(word)) + len(_FR_APART.findall(word))
    return max(1, count - bool(_FR_MUTE.search(word)))


def _in_german(word: str) -> int:
    return max(1, len(_DE_VOWELS.findall(word)))


_FORMULAS = {
    "en": _Formula(206.835, 84.6, 1.015, _in_english),
    "es": _Formula(206.84, 60.0, 1.02, _in_spanish),
    "fr": _Formula(207.0, 73.6, 1.015, _in_french),
    "de": _Formula(180.0, 58.5, 1.0, _in_german),
}
