"""Words before they are drawn: whatever somebody typed becomes one harmless line."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.sharing.cards import text
from tests.hostility import EXAMPLES


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Rest\t\nwell \u00a0 now ", "Rest well now"),
        ("gnp.\u202eevil\u202c ok", "gnp.evil ok"),
        ("a\u2066b\u2069c\u200fd\u200b", "abcd"),
        ("bell\x07 null\x00", "bell null"),
        ("\ud800 half", "half"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
        ("\u202e\x00", ""),
    ],
)
def test_nothing_stays_that_is_no_letter(typed: str, shown: str) -> None:
    assert text.cleaned(typed) == shown


def test_a_tower_of_marks_is_cut() -> None:
    marks = sum(unicodedata.category(char) == "Mn" for char in text.cleaned("Z" + "\u0316" * 500))
    assert marks == text.MOST_MARKS


@pytest.mark.parametrize("long", ["x" * 10_000, "x " * 10_000, "\u0316" * 10_000, "👩‍🦽" * 10_000])
def test_no_text_is_longer_than_a_card_can_need(long: str) -> None:
    assert len(text.clusters(text.cleaned(long))) <= text.LONGEST


@pytest.mark.parametrize("one", ["👩‍🦽", "🇧🇪", "👍🏽", "❤️", "e\u0323", "कि", "ก่"])
def test_what_reads_as_one_letter_stays_one(one: str) -> None:
    assert text.clusters(f"a{one}b") == ["a", one, "b"]


def test_two_flags_are_two() -> None:
    assert text.clusters("🇧🇪🇫🇷") == ["🇧🇪", "🇫🇷"]


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("Permission to rest", ["Permission", " to", " rest"]),
        ("self-care in 2020-21", ["self-", "care", " in", " 2020-21"]),
        ("休む。「日」", ["休", "む。", "「日」"]),
        ("เหนื่อย", ["เห", "นื่", "อ", "ย"]),
        ("", []),
    ],
)
def test_lines_may_end_where_readers_expect_it(words: str, units: list[str]) -> None:
    assert text.units(words) == units


@pytest.mark.parametrize(
    ("words", "to_left", "seen"),
    [
        ("abc", False, "abc"),
        ("אבג", True, "גבא"),
        ("abc אבג def", False, "abc גבא def"),
        ("אבג abc דהו", True, "והד abc גבא"),
        ("אבג 12,5 דהו", True, "והד 12,5 גבא"),
        ("אבג, abc", True, "abc ,גבא"),
        ("abc אבג!", False, "abc גבא!"),
        ("מחיר 50%", True, "50% ריחמ"),
        ("عام 2025", True, "2025 ماع"),
        ("אבג 12-14", False, "12-14 גבא"),
    ],
)
def test_letters_stand_in_the_order_in_which_they_are_read(
    words: str, to_left: bool, seen: str
) -> None:
    levels = text.levels(words, to_left=to_left)
    shown = "".join(words[at] for at in text.as_seen(levels))
    # A number in a line to the right after Hebrew: one run, so this test reads it as it is.
    assert shown == seen


@pytest.mark.parametrize(
    ("words", "otherwise", "to_left"),
    [("123 שלום", False, True), ("Hello שלום", True, False), ("123", True, True)],
)
def test_the_first_letter_gives_the_direction(words: str, otherwise: bool, to_left: bool) -> None:
    assert text.runs_right_to_left(words, otherwise) is to_left


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=80), st.booleans())
def test_whatever_is_typed_loses_no_letter_on_its_way(typed: str, to_left: bool) -> None:
    words = text.cleaned(typed)
    assert "".join(text.units(words)) == words
    assert "".join(text.clusters(words)) == words
    levels = text.levels(words, to_left=to_left)
    assert sorted(text.as_seen(levels)) == list(range(len(words)))
    assert not any(unicodedata.category(char) == "Cc" for char in words)
