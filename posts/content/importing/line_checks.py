"""What a line of text looks like: the small judgements that the rules are made of."""

import re

# How quotations open and close in English, German, French, Spanish, the North and the East.
_QUOTES = {
    "“": "”",
    "”": "”",
    '"': '"',
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "‘": "’",
    "‚": "‘’",
    "'": "'",
    "「": "」",
    "『": "』",
}
_APOSTROPHES = "’'‘"
_CLOSERS = "”“\"'’‘)]»«›‹」』 \xa0\u202f"
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।", "۔")
COMMAS = (",", "，", "、", "،")
_PUNCTUATION = (*_SENTENCE_ENDS, *COMMAS, ":", ";", "：", "；", "؛")
_NEXT_SENTENCE = re.compile(r"[.!?…][”“\"'’)»]*\s+[“„\"'‘(«¿¡]*(\w)")
_ABBREVIATION = re.compile(r"\b(?:etc|usw|ecc)\.$", re.IGNORECASE)
# A day, and perhaps where it was: above a letter, or below its title.
DATED = re.compile(
    r"(?:[^\W\d_][^\n,]{0,30}, )?(?:(?:den|le|am|the) )?(?:"
    r"\d{1,2}(?:\.|st|nd|rd|th)? (?:de |of )?[^\W\d_]{3,10}\.? (?:de |del )?\d{4}"
    r"|[^\W\d_]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?, \d{4}|\d{4}-\d\d-\d\d"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
)
# Scripts that write without spaces, some of them without full stops as well.
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WIDEST_HEADING = 80
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")


def is_quoted(text: str) -> bool:
    """The whole line stands in one pair of quotation marks."""
    body = text.rstrip(".,;!?… \xa0\u202f")
    closers = _QUOTES.get(body[:1], "")
    if len(body) < 3 or body[-1] not in closers:
        return False
    return not any(
        mark in closers and not (mark in _APOSTROPHES and _is_apostrophe(body, at))
        for at, mark in enumerate(body[1:-1], 1)
    )


def _is_apostrophe(text: str, at: int) -> bool:
    return text[at + 1].isalnum() or not text[at - 1].isalnum()


def ends_sentence(text: str) -> bool:
    """The line ends as a sentence does; an abbreviation such as “etc.” is no end."""
    return text.rstrip(_CLOSERS).endswith(_SENTENCE_ENDS) and not _ABBREVIATION.search(text)


def is_closed(text: str) -> bool:
    """The line ends in punctuation, which no heading does."""
    return text.rstrip(_CLOSERS).endswith(_PUNCTUATION)


def ends_in_colon(text: str) -> bool:
    """The line announces what follows it."""
    return text.rstrip("*_ ").endswith((":", "："))


def is_short(text: str, *, chars: int = 80, words: int = 14) -> bool:
    return len(text) <= chars and len(text.split()) <= words


def is_one_sentence(text: str) -> bool:
    return not any(match.group(1).isupper() for match in _NEXT_SENTENCE.finditer(text))


def looks_like_heading(text: str) -> bool:
    """A short line with words in it, without closing punctuation, not in quotation marks."""
    return (
        is_short(text)
        and len(text) + 2 * len(_DENSE.findall(text)) <= _WIDEST_HEADING
        and not is_closed(text)
        and not is_quoted(text)
        and any(letter.isalnum() for letter in text)
    )


def is_loud(text: str) -> bool:
    """A short line IN CAPITALS, however it ends."""
    letters = [letter for letter in text if letter.isalpha()]
    return (
        len(letters) > 3
        and is_short(text, words=12)
        and not text.endswith((",", ";"))
        and all(letter.isupper() for letter in letters)
        and any(letter.lower() != letter for letter in letters)
    )


def is_question(text: str) -> bool:
    """A few words that ask, as headings do."""
    return (
        is_short(text, chars=70, words=9)
        and text.endswith(("?", "？", "؟"))
        and not is_quoted(text)
    )


def is_title_case(text: str) -> bool:
    """All Its Longer Words Begin Like This, and there are two at least."""
    long_words = [word for word in _WORD.findall(text) if len(word) > 3]
    return len(long_words) >= 2 and all(word[0].isupper() for word in long_words)
