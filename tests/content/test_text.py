"""Plain text that can be read with pleasure, by eye and by ear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.content.richtext import PageLinks
from posts.content.text import WIDTH, TextPage, joined, paragraphs, rich, underlined, wrapped

LONG_ADDRESS = "https://example.org/" + "-".join(["kettle"] * 30)


@pytest.fixture
def page() -> TextPage:
    return TextPage(share_url="https://letters.example/tea/share/")


@given(st.text(alphabet=st.sampled_from("kettle tea\n,.-—é"), max_size=600))
def test_wrapping_loses_no_word_and_keeps_to_the_width(text: str) -> None:
    result = wrapped(text, indent="  ")
    assert result.split() == text.split()
    assert all(len(line) <= WIDTH for line in result.splitlines() if " " in line.strip())


def test_a_heading_is_underlined_as_long_as_it_is() -> None:
    assert underlined("Tea", "=") == "Tea\n==="


def test_a_long_heading_is_underlined_below_its_last_line() -> None:
    lines = underlined("kettle " * 20, "-").splitlines()
    assert len(lines) == 3
    assert lines[-1] == "-" * max(len(line) for line in lines[:-1])


def test_a_link_becomes_a_note(page: TextPage) -> None:
    assert rich('<p>See <a href="https://a.example/?x=1&amp;y=2">this</a>.</p>', page) == (
        "See this [1]."
    )
    assert page.list_of_links() == "Links\n-----\n\n[1] https://a.example/?x=1&y=2"


def test_the_same_address_twice_is_one_note(page: TextPage) -> None:
    link = '<a href="https://a.example/">a</a>'
    assert rich(f"<p>{link}, {link}</p>", page) == "a [1], a [1]"


def test_an_address_is_never_wrapped(page: TextPage) -> None:
    rich(f'<p>{"word " * 13}<a href="{LONG_ADDRESS}">link</a></p>', page)
    assert f"[1] {LONG_ADDRESS}" in page.list_of_links().splitlines()
    assert LONG_ADDRESS in rich(f"<p>{'word ' * 13}{LONG_ADDRESS}</p>", page).splitlines()


def test_a_link_that_shows_its_address_needs_no_note(page: TextPage) -> None:
    source = '<p><a href="https://a.example/">https://a.example/</a></p>'
    assert rich(source, page) == "https://a.example/"
    assert page.list_of_links() == ""


def test_a_mail_address_is_noted_without_its_scheme(page: TextPage) -> None:
    assert rich('<p><a href="mailto:ada@letters.example">me</a></p>', page) == "me [1]"
    assert "[1] ada@letters.example" in page.list_of_links()


def test_a_link_to_a_page_is_absolute() -> None:
    links = PageLinks({"7": "/tea/"}, "https://letters.example")
    page = TextPage(share_url="", links=links)
    assert rich('<p><a linktype="page" id="7">tea</a></p>', page) == "tea [1]"
    assert list(page.notes) == ["https://letters.example/tea/"]


def test_emphasis_is_marked_and_white_space_stays_outside(page: TextPage) -> None:
    assert rich("<p>so<b> very </b><i>slow</i><b> </b></p>", page) == "so *very* _slow_"


def test_words_outside_any_paragraph_are_kept(page: TextPage) -> None:
    assert rich("one <b>two</b><p>three</p>four", page) == "one *two*\n\nthree\n\nfour"


def test_what_html_escapes_reads_as_it_was_meant(page: TextPage) -> None:
    assert rich("<p>a &lt; b &amp; c</p>", page) == "a < b & c"


def test_lists_hang_below_their_marks(page: TextPage) -> None:
    source = f"<ol><li>{'kettle ' * 15}<ul><li>cup</li></ul></li><li>pot</li></ol>"
    lines = rich(source, page).splitlines()
    assert lines[0].startswith("1. kettle")
    assert lines[1].startswith("   kettle")
    assert lines[2:] == ["   - cup", "2. pot"]


def test_an_entry_of_several_paragraphs_has_one_mark(page: TextPage) -> None:
    source = "<p>one</p><p>two</p>"
    assert rich(source, page, indent="  ", first="- ") == "- one\n\n  two"


def test_line_breaks_of_the_writer_stay(page: TextPage) -> None:
    assert rich("<p>one<br/>two</p>", page) == "one\ntwo"


def test_blank_lines_part_paragraphs_of_a_plain_field() -> None:
    assert paragraphs("one\r\ntwo\r\n\r\n\r\nthree") == "one\ntwo\n\nthree"


def test_empty_parts_leave_no_gap() -> None:
    assert joined(["one", "", "two"]) == "one\n\ntwo"
