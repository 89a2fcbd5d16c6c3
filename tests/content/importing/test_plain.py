"""Plain text: what is recognised, in the forms in which writers keep their texts."""

import textwrap
from pathlib import Path

import pytest

from tests.content.importing.making import (
    TEXTS,
    headings,
    imported,
    kinds,
    paragraphs,
    values,
)

LONG = (
    "Some weeks are made of wool, and on those I write slowly, a sentence before lunch and "
    "another after the walk, until the page has as many words as I have breath for."
)


def test_the_first_line_is_the_title(tmp_path: Path) -> None:
    assert imported(tmp_path, f"\n\n A  slow week \n{LONG}").title == "A slow week"


def test_lines_in_quotation_marks_at_the_beginning_are_one_quote(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n“Not now.”\n“Not ever, it's late.”\n{LONG}")
    assert values(post, "quote") == [
        {"lines": ["“Not now.”", "“Not ever, it's late.”"], "attribution": ""}
    ]


@pytest.mark.parametrize(
    "line",
    [
        '"Not now."',
        "'It's not now.'",
        "‘I can’t, not now.’",
        "„Nicht jetzt.“",
        "»Nicht jetzt.«",
        "«Ahora no.»",
        "« Pas maintenant ! »",
        "“Not now”,",
    ],
)
def test_every_kind_of_quotation_mark_is_known(tmp_path: Path, line: str) -> None:
    assert values(imported(tmp_path, f"Rest\n{line}\n{LONG}"), "quote")[0]["lines"] == [line]


@pytest.mark.parametrize(
    "line",
    ["“Not now,” she said, “and not here.”", '"Soon" is not "now"', "“Not now", "'tis the season"],
)
def test_a_line_with_more_than_one_quotation_is_prose(tmp_path: Path, line: str) -> None:
    assert not values(imported(tmp_path, f"Rest\n{line}.\n{LONG}"), "quote")


def test_a_name_below_a_quotation_is_its_attribution(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n“Not now.”\n— Aunt Vera\n{LONG}")
    assert values(post, "quote") == [{"lines": ["“Not now.”"], "attribution": "Aunt Vera"}]


def test_a_quotation_signed_in_its_line_is_a_quote_anywhere(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\nLater on\n“Not now.” — Aunt Vera\n{LONG}")
    assert values(post, "quote") == [{"lines": ["“Not now.”"], "attribution": "Aunt Vera"}]


def test_quoted_lines_in_a_later_section_stay_where_they_are(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\nLater on\n{LONG}\n“Not now.”\n“When?”\n{LONG}")
    assert not values(post, "quote")
    assert paragraphs(post)[2:4] == ["“Not now.”", "“When?”"]


def test_a_short_line_before_prose_is_a_heading(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\nWhat the body knows\n{LONG}")
    assert kinds(post) == ["paragraph", "heading", "paragraph"]
    assert headings(post) == ["What the body knows"]


@pytest.mark.parametrize("line", ["Is that so?", "It is so.", "As follows:", "so, and so,"])
def test_a_short_line_with_closing_punctuation_is_not(tmp_path: Path, line: str) -> None:
    assert not headings(imported(tmp_path, f"Rest\n{LONG}\n{line}\n{LONG}"))


def test_a_heading_may_stand_before_a_list_or_before_reasons(tmp_path: Path) -> None:
    post = imported(
        tmp_path, f"Rest\n{LONG}\nMorning\n- tea\n- toast\nEvening\nBath: hot.\nBed: soft.\n{LONG}"
    )
    assert kinds(post) == ["paragraph", "heading", "list", "heading", "reasons", "paragraph"]


def test_a_heading_below_a_heading_is_of_the_lower_level(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\nPart two\nThe long corridor\n{LONG}")
    assert [value["level"] for value in values(post, "heading")] == ["2", "3"]


def test_headings_marked_as_in_markdown_or_underlined_are_headings(tmp_path: Path) -> None:
    post = imported(tmp_path, f"# Rest\n{LONG}\n## One?\n{LONG}\nTwo\n---\n{LONG}\n### Three\nx.")
    assert post.title == "Rest"
    assert [(value["text"], value["level"]) for value in values(post, "heading")] == [
        ("One?", "2"),
        ("Two", "2"),
        ("Three", "3"),
    ]


def test_a_short_last_line_is_a_paragraph(tmp_path: Path) -> None:
    assert kinds(imported(tmp_path, f"Rest\n{LONG}\nand so on")) == ["paragraph", "paragraph"]


def test_rows_of_a_name_and_an_explanation_are_named_reasons(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\nThe clock: It lies.\nR&D: It costs <much>.\n{LONG}")
    assert values(post, "reasons") == [
        {
            "reasons": [
                {"term": "The clock", "explanation": "It lies."},
                {"term": "R&D", "explanation": "It costs &lt;much&gt;."},
            ]
        }
    ]


def test_one_row_alone_is_prose(tmp_path: Path) -> None:
    assert not values(imported(tmp_path, f"Rest\n{LONG}\nNote: It lies.\n{LONG}"), "reasons")


def test_short_lines_after_a_colon_are_a_list_until_prose_resumes(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\nOn good days I:\nwalk\nread, a little\nsleep\n{LONG}")
    assert kinds(post) == ["paragraph", "list", "paragraph"]
    assert values(post, "list")[0]["entries"] == ["walk", "read, a little", "sleep"]


@pytest.mark.parametrize(
    "lines",
    [
        ["walk;", "read;", "sleep."],
        ["What do I need?", "Who could help?"],
        ["“I can't today.”", "“Ask me tomorrow.”"],
        ["Walk to the gate.", "Come back."],
    ],
)
def test_entries_that_end_alike_are_a_list(tmp_path: Path, lines: list[str]) -> None:
    text = "\n".join(["Rest", LONG, "A section", LONG, "So I try this:", *lines, LONG])
    assert values(imported(tmp_path, text), "list")[0]["entries"] == lines


def test_a_heading_in_title_case_ends_a_list(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\nI may:\nwalk a bit\nread a page\nWhat Came After\n{LONG}")
    assert values(post, "list")[0]["entries"] == ["walk a bit", "read a page"]
    assert headings(post) == ["What Came After"]


def test_a_heading_after_a_blank_line_ends_a_list(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n\nI may:\n\nwalk\nread\n\nWhat came after\n\n{LONG}\n\nx.")
    assert values(post, "list")[0]["entries"] == ["walk", "read"]
    assert headings(post) == ["What came after"]


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "•", "– ", "-"])
def test_bullets_make_a_list(tmp_path: Path, mark: str) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\n{mark}tea\n{mark}toast, warm.\n{LONG}")
    assert values(post, "list") == [{"style": "bulleted", "entries": ["tea", "toast, warm."]}]


def test_numbers_in_order_make_a_numbered_list(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\n1. tea\n2) toast\n{LONG}")
    assert values(post, "list") == [{"style": "numbered", "entries": ["tea", "toast"]}]


def test_numbers_out_of_order_are_kept_as_they_are(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\n3. tea\n1. toast.\n{LONG}")
    assert not values(post, "list")
    assert "1. toast." in paragraphs(post)


def test_an_indented_line_goes_on_with_its_entry(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\n- tea,\n  with milk\n- toast\n{LONG}")
    assert values(post, "list")[0]["entries"] == ["tea, with milk", "toast"]


@pytest.mark.parametrize("line", ["***", "* * *", "---", "⁂", "====="])
def test_a_line_of_marks_is_a_divider(tmp_path: Path, line: str) -> None:
    post = imported(tmp_path, f"Rest\n\n{LONG}\n\n{line}\n\n{LONG}")
    assert kinds(post) == ["paragraph", "divider", "paragraph"]


def test_lines_marked_as_in_mails_are_a_quote(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}\n> Dear Ann\n> Not now.\n{LONG}")
    assert values(post, "quote")[0]["lines"] == ["Dear Ann", "Not now."]


def test_verse_keeps_its_lines(tmp_path: Path) -> None:
    verse = "the kettle sings\nnobody answers\nI answer."
    post = imported(tmp_path, f"Rest\n\n{LONG}\n\n{verse}\n\n{LONG}")
    assert paragraphs(post)[1] == "the kettle sings<br/>nobody answers<br/>I answer."


def test_web_addresses_become_links_and_everything_else_is_escaped(tmp_path: Path) -> None:
    post = imported(tmp_path, "Rest\nSee https://letters.example/a?b=1&c=2. And <b>not</b> this.")
    assert paragraphs(post) == [
        'See <a href="https://letters.example/a?b=1&amp;c=2">https://letters.example/a?b=1&amp;c=2'
        "</a>. And &lt;b&gt;not&lt;/b&gt; this."
    ]


def test_spaces_that_a_word_processor_left_behind_are_evened(tmp_path: Path) -> None:
    post = imported(tmp_path, "Rest\nOne\xa0 two\tthree.\x0b\xa0\nfour « cinq\xa0»\xa0! six.\xa0")
    assert paragraphs(post) == ["One two three.", "four « cinq\xa0»\xa0! six."]


def test_a_word_cut_at_its_hyphen_is_whole_again(tmp_path: Path) -> None:
    text = (
        "Rest\n\nThere are weeks in which nothing at all can be done about a flare-\n"
        "up, and there are evenings when I am glad of every single one of the arm-\n"
        "and footrests in this house.\n"
    )
    assert paragraphs(imported(tmp_path, text)) == [
        "There are weeks in which nothing at all can be done about a flare-up, and there are "
        "evenings when I am glad of every single one of the arm- and footrests in this house."
    ]


def _dense(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())


def _spaced(text: str) -> str:
    return _dense(text).replace("\n", "\n\n")


def _wrapped(text: str) -> str:
    """Hard-wrapped as mails and editors do it."""
    lines = _dense(text).splitlines()
    return "\n\n".join(textwrap.fill(line, 66, break_on_hyphens=False) for line in lines)


@pytest.mark.parametrize(
    "name", ["pacing.txt", "krankenhaustage.txt", "decir_que_no.txt", "jours_lents.txt"]
)
@pytest.mark.parametrize("change", [_dense, _spaced, _wrapped])
def test_blank_lines_and_wrapping_make_no_difference(
    tmp_path: Path, name: str, change: object
) -> None:
    assert callable(change)
    text = (TEXTS / name).read_text()
    assert imported(tmp_path, change(text)).body == imported(tmp_path, text).body


def test_another_title_leaves_the_first_line_in_the_text(tmp_path: Path) -> None:
    post = imported(tmp_path, f"Rest\n{LONG}", title="Sleep")
    assert (post.title, headings(post)) == ("Sleep", ["Rest"])
    assert "“Rest” stays" in post.notes[0]


def test_the_same_title_given_is_not_told_twice(tmp_path: Path) -> None:
    assert kinds(imported(tmp_path, f"Rest\n{LONG}", title="rest")) == ["paragraph"]


def test_a_title_that_is_too_long_is_shortened_and_stays_whole_in_the_text(tmp_path: Path) -> None:
    post = imported(tmp_path, f"{LONG} {LONG}\nYes.")
    assert post.title.endswith("…")
    assert len(post.title) <= 255
    assert paragraphs(post) == [f"{LONG} {LONG}", "Yes."]


@pytest.mark.parametrize(
    "greeting", ["亲爱的大家：", "Дорогие соседи:", "Cari amici:", "Queridas vecinas:", "Dear all:"]
)
def test_a_greeting_with_a_colon_announces_no_list(tmp_path: Path, greeting: str) -> None:
    post = imported(tmp_path, f"Soup\n\n{greeting}\n\nIt is hot.\n\nIt is red.\n")
    assert paragraphs(post) == [greeting, "It is hot.", "It is red."]
