import unicodedata
from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.delivery.letters.headers import HeaderRefused, field, mailbox
from tests.delivery.letters.headers_read import (
    SCRIPTS,
    by_python,
    decoded,
    name_by_python,
    sentences,
    strictly,
    words_of,
)

anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))
usual = anything.map(lambda text: " ".join("".join(filter(str.isprintable, text)).split()))


@pytest.mark.parametrize("script", SCRIPTS)
def test_two_readers_find_every_subject_as_it_was_written(script: str) -> None:
    for sentence in sentences(script, 60):
        line = field("Subject", sentence)
        assert strictly(line) == sentence
        assert by_python(line) == sentence


@pytest.mark.parametrize("script", SCRIPTS)
def test_two_readers_find_every_name_as_it_was_written(script: str) -> None:
    for sentence in sentences(script, 40, seed=1):
        line = field("From", str(Address(sentence, addr_spec="ada@letters.example")))
        name, _, address = "".join(line.split("\r\n")).partition(": ")[2].rpartition(" ")
        assert address == "<ada@letters.example>"
        assert mailbox(f"{decoded(name)} <a@b.c>")[0] == sentence
        assert mailbox(f"{name_by_python(line)} <a@b.c>")[0] == sentence
        strictly(line)


@given(value=anything)
def test_whatever_a_subject_holds_the_strict_reader_finds_it(value: str) -> None:
    assert strictly(field("Subject", value)) == value


@given(value=usual)
def test_what_somebody_may_type_both_readers_find(value: str) -> None:
    line = field("Subject", value)
    assert by_python(line) == value


@given(
    words=st.lists(
        st.sampled_from(["a\u0301", "e\u0308\u0323", "👩‍👩‍👧‍👦", "🇪🇺", "👍🏽", "क्षि", "б"])
    )
)
def test_what_is_read_as_one_letter_stands_in_one_encoded_word(words: list[str]) -> None:
    for word in words_of(field("Subject", "".join(words) * 4)):
        assert not unicodedata.category(word[0]).startswith("M")
        assert word[0] not in "\u200d\ufe0f"
        assert word[-1] != "\u200d"


def test_a_tower_of_marks_is_divided_between_characters() -> None:
    tower = "a" + "\u0301" * 500
    line = field("Subject", tower)
    assert strictly(line) == by_python(line) == tower


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("Subject", "Plain words", "Subject: Plain words\r\n"),
        ("Subject", "Lights, no é", "Subject: Lights, no =?utf-8?B?w6k=?=\r\n"),
        ("Subject", "a =?b?= c", "Subject: a =?utf-8?B?PT9iPz0=?= c\r\n"),
        ("Subject", "", "Subject:\r\n"),
        ("From", "Ada <a@b.c>", "From: Ada <a@b.c>\r\n"),
        ("From", '"Ada, B." <a@b.c>', 'From: "Ada, B." <a@b.c>\r\n'),
        ("From", '"Ada \\"B\\"" <a@b.c>', 'From: "Ada \\"B\\"" <a@b.c>\r\n'),
        ("From", "Zoë <a@b.c>", "From: =?utf-8?Q?Zo=C3=AB?= <a@b.c>\r\n"),
        ("From", "Ада <a@b.c>", "From: =?utf-8?B?0JDQtNCw?= <a@b.c>\r\n"),
        ("List-Id", "Zoë <zoe.b.c>", "List-Id: =?utf-8?Q?Zo=C3=AB?= <zoe.b.c>\r\n"),
        ("List-Id", "<zoe.b.c>", "List-Id: <zoe.b.c>\r\n"),
        ("X-Mailing", "7", "X-Mailing: 7\r\n"),
    ],
)
def test_the_bytes_are_the_same_whichever_python_runs(name: str, value: str, written: str) -> None:
    assert field(name, value) == written


def test_several_recipients_stand_behind_commas() -> None:
    line = field("To", "Zoë <a@b.c>", "b@b.c", "Ada <c@b.c>")
    assert line == "To: =?utf-8?Q?Zo=C3=AB?= <a@b.c>, b@b.c, Ada <c@b.c>\r\n"


@pytest.mark.parametrize("name", ["List-Unsubscribe", "List-Help", "Message-ID"])
def test_links_and_ids_stay_whole_on_one_line_and_are_never_encoded(name: str) -> None:
    value = f"<https://letters.example/{'a' * 200}/>"
    assert field(name, value) == f"{name}: {value}\r\n"
    with pytest.raises(HeaderRefused):
        field(name, "<https://bücher.example/>")


@pytest.mark.parametrize(
    "value", ["a b <c", "ä@b.c", "Ada <ä@b.c>", "Ada <a b@c>", "", "a@b.c, d@e.f"]
)
def test_what_is_no_address_is_refused(value: str) -> None:
    with pytest.raises(HeaderRefused):
        field("From", value)


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.org", "a\nb", "a\rb"])
def test_a_value_cannot_break_out_of_its_line(value: str) -> None:
    with pytest.raises(HeaderRefused, match="line break"):
        field("Subject", value)
