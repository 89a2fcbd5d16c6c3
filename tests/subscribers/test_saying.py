"""What is said now and read later is in the language of whoever reads it."""

import copy
import json
import pickle
from datetime import UTC, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from subscribers import saying
from subscribers.models import Subscriber
from subscribers.saying import MARK, Sentence, in_a_row, kept, listed, sentence, sentence_of


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of our own, so that no translation of the product decides here."""
    german = {
        "It is %(answer)s.": "Es ist %(answer)s.",
        "%(number)s letter": "%(number)s Brief",
        "%(number)s letters": "%(number)s Briefe",
        "Until %(at)s, 5%%.": "Bis %(at)s, 5 %%.",
    }

    def look_up(message: str) -> str:
        return german.get(message, message) if translation.get_language() == "de" else message

    monkeypatch.setattr(translation, "gettext", look_up)
    monkeypatch.setattr(
        translation, "ngettext", lambda one, many, n: look_up(one if n == 1 else many)
    )


def in_german(text: str) -> str:
    with translation.override("de"):
        return str(text)


def test_it_is_said_in_the_language_that_is_active() -> None:
    text = sentence("It is %(answer)s.", answer="550 no")
    assert str(text) == f"{text}" == "It is 550 no."
    with translation.override("de"):
        assert str(text) == f"{text}" == "Es ist 550 no."


def test_to_a_program_it_is_english_whoever_made_it() -> None:
    with translation.override("de"):
        text = sentence_of(1204, "%(number)s letter", "%(number)s letters")
        assert text == "1,204 letters"
        assert json.dumps(text) == '"1,204 letters"'
        assert str(text) == "1.204 Briefe"


def test_it_comes_back_as_it_was_kept() -> None:
    inner = sentence_of(1, "%(number)s letter", "%(number)s letters")
    text = sentence("It is %(answer)s.", answer=inner)
    again = saying.heard(kept(text))
    assert again == text == "It is 1 letter."
    assert in_german(again) == "Es ist 1 Brief."
    for copied in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):  # noqa: S301
        assert in_german(copied) == "Es ist 1 Brief."


def test_a_moment_is_written_as_its_reader_does() -> None:
    text = sentence("Until %(at)s, 5%%.", at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert text == "Until 1 Dec 2026, 09:00 (UTC), 5%."
    assert in_german(saying.heard(kept(text))).startswith("Bis 1. Dez. 2026")


def test_sentences_stand_in_a_row_and_parts_in_a_list() -> None:
    text = in_a_row(sentence("It is %(answer)s.", answer="a"), "", "100% plain")
    assert text == "It is a. 100% plain"
    assert in_german(text) == "Es ist a. 100% plain"
    assert (
        in_german(listed([sentence("It is %(answer)s.", answer="a"), "b"], ", ")) == "Es ist a., b"
    )
    assert in_a_row("", "alone") == "alone"
    assert in_a_row() == ""
    assert listed(["a", "b"]) == "a, b"


def test_what_a_choice_is_called_is_one_too() -> None:
    with translation.override("de"):
        assert str(Subscriber.Edition.FULL.label) != "The whole post"
        label = saying.from_label(Subscriber.Edition.FULL.label)
    assert isinstance(label, Sentence)
    assert label == label.msgid == "The whole post"


def test_what_was_kept_before_is_read_as_it_is() -> None:
    assert saying.heard("A fault in Passalong.") == "A fault in Passalong."
    assert not isinstance(saying.heard("A fault in Passalong."), Sentence)


def test_an_error_says_it_later_too() -> None:
    text = sentence("It is %(answer)s.", answer="a")
    assert in_german(saying.of(ValueError(text))) == "Es ist a."
    assert in_german(sentence("It is %(answer)s.", answer=ValueError(text))) == "Es ist Es ist a.."
    assert saying.of(ValueError("plain")) == "plain"
    assert saying.of(ValueError()) == ""


def test_words_of_others_can_be_changed_within() -> None:
    text = sentence("It is %(answer)s.", answer=sentence("It is %(answer)s.", answer="ada"))
    gone = saying.changed(text, lambda words: words.replace("ada", "…"))
    assert gone == "It is It is ….."
    assert "ada" not in kept(gone)
    assert saying.changed("ada", str.upper) == "ADA"


@pytest.mark.parametrize(
    "rest",
    [
        "", "{", "7", "null", '{"say": 7}', '{"say": "a"}', '{"say": "%(b)s", "with": {}}',
        '{"say": "%d", "with": {}}', '{"say": "a", "with": 7}', '{"at": 7}', '{"at": "x"}',
        '{"say": "a", "with": {"b": {"at": "x"}}}', '{"say": "a", "plural": 7, "with": {}}',
        '{"say": "%q", "with": {}}', '{"say": "a", "plural": "b", "number": "x", "with": {}}',
        "[" * 100_000, '{"say": "%(b)99999999999s", "with": {"b": "c"}}',
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_read_as_words(rest: str) -> None:
    assert str(saying.heard(f"421 no{MARK}{rest}")) != ""


@given(words=st.text())
def test_words_of_others_are_never_taken_for_ours(words: str) -> None:
    assert str(saying.heard(kept(words))) == words.replace(MARK, " ")
    assert str(saying.heard(kept(sentence("It is %(answer)s.", answer=words)))) == f"It is {words}."
