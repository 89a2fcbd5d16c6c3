from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.delivery.letters.compile import (
    LINE_LIMIT,
    CompiledLetter,
    compile_variant,
    slot,
)
from posts.delivery.letters.headers import HeaderRefused
from posts.delivery.letters.message import Outgoing
from posts.delivery.models import LetterVariant

KEY = "slot0123456789abcdef"
LINK = "https://letters.example/unsubscribe/AAAAAAAAAAAAAAAAAAAAAA/"
MESSAGE = Outgoing(
    mailing_id=1,
    subscriber_id=1,
    sender="ada@letters.example",
    address="reader@example.org",
    letter=CompiledLetter.whole(b""),
    identity="<abc@letters.example>",
    one_click=LINK,
    unsubscribe=LINK,
)
# Anything a writer can type or paste; lone surrogates cannot be stored in the first place.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=400)


def variant(
    text: str, html: str = "", headers: list[tuple[str, str]] | None = None
) -> LetterVariant:
    return LetterVariant(subject="", headers=headers or [("Subject", "x")], text=text, html=html)


@given(before=texts, after=texts)
def test_what_is_parsed_back_is_what_was_written_around_a_slot(before: str, after: str) -> None:
    text = f"{before}{slot(KEY, 'unsubscribe')}{after}"
    content = compile_variant(variant(text), KEY).fill(MESSAGE)
    parsed = message_from_bytes(content, policy=default)
    body = parsed.get_payload(decode=True)
    assert isinstance(body, bytes)
    expected = f"{before}{LINK}{after}"
    assert body.decode().replace("\r\n", "\n").removesuffix("\n") == expected.removesuffix("\n")


@given(text=texts, html=texts)
def test_every_line_is_short_and_none_starts_with_a_dot(text: str, html: str) -> None:
    marked = f"{html}{slot(KEY, 'unsubscribe')}."
    content = compile_variant(variant(text + ".", marked), KEY).fill(MESSAGE)
    for line in content.split(b"\r\n"):
        assert len(line) <= LINE_LIMIT + 2
        assert not line.startswith(b".")
        assert b"\n" not in line


def test_text_stands_before_html_in_both_utf8() -> None:
    content = compile_variant(variant("Grüße", "<p>Grüße</p>"), KEY).fill(MESSAGE)
    parts = list(message_from_bytes(content, policy=default).walk())[1:]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in parts] == ["Grüße", "<p>Grüße</p>"]


def test_a_text_only_variant_is_a_single_part() -> None:
    parsed = message_from_bytes(
        compile_variant(variant("Hello"), KEY).fill(MESSAGE), policy=default
    )
    assert parsed.get_content_type() == "text/plain"


def test_headers_are_encoded_and_slots_stay_on_one_line() -> None:
    headers = [
        ("Subject", "Müde sein ist erlaubt – " + "sehr " * 30),
        ("List-Unsubscribe", f"<{slot(KEY, 'one_click')}>"),
    ]
    content = compile_variant(variant("x", headers=headers), KEY).fill(MESSAGE)
    parsed = message_from_bytes(content, policy=default)
    assert parsed["Subject"].strip() == headers[0][1].strip()
    assert f"List-Unsubscribe: <{LINK}>\r\n".encode() in content
    assert not parsed.defects


def test_the_date_is_in_the_zone_that_it_names() -> None:
    """RFC 5322 3.3: -0000 says that the zone is unknown, and GMT is obsolete."""
    headers = [("Date", slot(KEY, "date"))]
    content = compile_variant(variant("x", headers=headers), KEY).fill(MESSAGE)
    [line] = [line for line in content.split(b"\r\n") if line.startswith(b"Date: ")]
    assert line.endswith(b" +0000")


def test_a_header_that_is_filled_in_takes_nothing_that_would_have_to_be_encoded() -> None:
    headers = [("List-Unsubscribe", f"<https://bücher.example/{slot(KEY, 'one_click')}>")]
    with pytest.raises(HeaderRefused, match="cannot be filled in"):
        compile_variant(variant("x", headers=headers), KEY)


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.org", "a\nb"])
def test_a_header_cannot_break_out_of_its_line(value: str) -> None:
    with pytest.raises(HeaderRefused, match="line break"):
        compile_variant(variant("x", headers=[("Subject", value)]), KEY)


def test_a_text_that_mentions_another_letters_slot_is_left_alone() -> None:
    content = compile_variant(variant("slot00.unsubscribe {{unsubscribe}}"), KEY).fill(MESSAGE)
    assert b"slot00.unsubscribe {{unsubscribe}}" in content


@given(value=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")))
def test_whatever_a_subject_holds_it_stays_one_header_of_short_ascii_lines(value: str) -> None:
    headers = [("Subject", value), ("X-Mailing", "7")]
    content = compile_variant(variant("x", headers=headers), KEY).fill(MESSAGE)
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert names[:2] == [b"Subject", b"X-Mailing"]
    assert len(names) == 5
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
