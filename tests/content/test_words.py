"""First words, reading times and dates, each as a reader would expect it."""

import datetime as dt

import pytest
from django.utils.translation import override

from posts.content.words import first_words, long_date, minutes, shortened


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "16 November 2026"), ("de", "16. November 2026"), ("fr", "16 novembre 2026")],
)
def test_a_date_is_written_in_words(language: str, words: str) -> None:
    with override(language):
        assert long_date(dt.date(2026, 11, 16)) == words


def test_a_text_that_fits_is_not_shortened() -> None:
    assert shortened("one two", 7) == "one two"


def test_a_shortened_text_ends_after_a_word() -> None:
    assert shortened("one two, three", 9) == "one two…"


def test_a_single_long_word_is_cut_all_the_same() -> None:
    assert shortened("k" * 20, 10) == "k" * 9 + "…"


def test_words_of_two_paragraphs_do_not_run_together() -> None:
    assert first_words([{"type": "paragraph", "value": "<p>One.</p><p>Two.</p>"}]) == "One. Two."


def test_a_post_without_paragraphs_begins_with_what_it_has() -> None:
    quote = {"type": "quote", "value": {"lines": ["One.", "Two."], "attribution": ""}}
    assert first_words([quote]) == "One. Two."


def test_reading_takes_a_minute_for_two_hundred_words() -> None:
    assert minutes([{"type": "paragraph", "value": "word " * 600}]) == 3


def test_the_first_words_can_be_kept_to_a_part_of_all() -> None:
    text = [{"type": "paragraph", "value": "<p>One two three four five six.</p>"}]
    assert first_words(text, of_which=3) == "One two…"
    assert first_words([{"type": "paragraph", "value": "<p>No</p>"}], of_which=3) == "…"
