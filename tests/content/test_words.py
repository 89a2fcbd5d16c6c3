"""First words, reading times and dates, each as a reader would expect it."""

import datetime as dt

import pytest
from django.utils.translation import override
from wagtail import blocks

from posts.content.blocks import BodyBlock
from posts.content.words import all_words, first_words, long_date, minutes, shortened
from tests.content.blocks import parts_of


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


def test_what_is_chosen_or_leads_somewhere_is_no_word_of_the_post() -> None:
    """Else a search finds it and the reading time counts it: see `_NOT_WORDS`."""
    unread = (blocks.ChoiceBlock, blocks.URLBlock, blocks.BooleanBlock)
    names = {
        part.name
        for block in BodyBlock().child_blocks.values()
        for part in parts_of(block)
        if isinstance(part, unread)
    }
    assert {name: all_words([{"value": {name: "tea"}}]) for name in names} == dict.fromkeys(
        names, ""
    )
