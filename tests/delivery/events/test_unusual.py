"""What the readers of bounces of no standard are shown, and that they find what stands in it."""

import pytest

from posts.delivery.events import unusual
from posts.delivery.events.parsing import Measure, TooMuch, parse
from posts.delivery.events.unusual import failures

QMAIL = b"Hi. This is the mail program at mx.example.org.\n\n"
OTHER = b"The following addresses had trouble\n"


def lasting(text: bytes, head: bytes = b"") -> list[str]:
    return sorted(failures(parse(head + b"From: a@mx.example\n\n" + text, Measure()))[1])


def test_whoever_is_named_at_the_beginning_is_found() -> None:
    assert lasting(QMAIL + b"<reader@example.org>:\nno such user\n") == ["reader@example.org"]


def test_blank_lines_and_long_ones_before_her_do_not_hide_her() -> None:
    gap = b" " * 300 + b"\r\n" + b"word " * 200 + b"\r\n"
    assert lasting(QMAIL + gap + b"<reader@example.org>:\n") == ["reader@example.org"]


def test_a_line_of_many_words_is_folded_between_them() -> None:
    words = b"word " * 400 + b" <reader@example.org>: no"
    found = lasting(b"Your message could not be delivered\n" + words + b"\n- end\n")
    assert found == ["reader@example.org"]


@pytest.mark.parametrize("address", [b"a" * 300 + b"@example.org", b"reader@" + b"a" * 300])
def test_what_is_too_long_for_an_address_is_not_cut_to_another(address: bytes) -> None:
    assert lasting(OTHER + address + b"\n") == []


def test_who_stands_behind_the_beginning_is_not_looked_for() -> None:
    early = OTHER + b"x\n" * 500 + b"reader@example.org\n"
    late = OTHER + b"x\n" * unusual.MOST_LINES + b"reader@example.org\n"
    assert (lasting(early), lasting(late)) == (["reader@example.org"], [])


def test_pictures_take_no_room_from_the_text_behind_them() -> None:
    head = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"
    picture = b"--b\nContent-Type: image/png\n\n" + b"iVBORw0KGgo\n" * 5_000
    words = b"--b\nContent-Type: text/plain\n\n" + OTHER + b"reader@example.org\n--b--\n"
    assert lasting(picture + words, head) == ["reader@example.org"]


def test_a_sign_that_is_not_ascii_beside_an_address_is_no_part_of_it() -> None:
    for space in (b"\xa0", "\u2003".encode()):
        found = lasting(b"Your message could not be delivered to\nreader@example.org" + space)
        assert found == ["reader@example.org"]


def test_a_list_without_end_of_whom_it_did_not_reach_is_too_much() -> None:
    line = b"X-Failed-Recipients: " + b"reader@example.org, " * 600 + b"\n"
    assert lasting(b"", line) == ["", "reader@example.org"]
    with pytest.raises(TooMuch):
        lasting(b"", line * 2)
