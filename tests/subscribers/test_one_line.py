"""Whatever others write stands on one line."""

from subscribers.one_line import one_line, printable_line


def test_white_space_of_every_kind_becomes_one_space() -> None:
    assert one_line(" a\r\n\tb\u2028c ") == "a b c"


def test_what_no_screen_shows_is_no_part_of_a_printable_line() -> None:
    assert printable_line("a\0b\x1b[2J  c", most=20) == "a b [2J c"


def test_a_printable_line_is_cut() -> None:
    assert printable_line("a b c", most=3) == "a b"
