"""Markdown: what it says by its marks, and what our own rules see in it."""

from pathlib import Path

import pytest

from posts.content.importing import ImportedPost, ImportRefused
from tests.content.importing.making import TEXTS, headings, imported, kinds, paragraphs, values


def _post(folder: Path, text: str) -> ImportedPost:
    post: ImportedPost = imported(folder, text, name="letter.md")
    return post


def test_the_main_heading_is_the_title_and_headings_have_two_levels(tmp_path: Path) -> None:
    post = _post(tmp_path, "# Rest\n\nSoon.\n\n## Now\n\n### Then\n\nx")
    assert post.title == "Rest"
    assert [(v["text"], v["level"]) for v in values(post, "heading")] == [
        ("Now", "2"),
        ("Then", "3"),
    ]


def test_a_heading_that_opens_a_text_without_a_title_is_it(tmp_path: Path) -> None:
    post = _post(tmp_path, "## Rest\n\nSoon.")
    assert (post.title, kinds(post)) == ("Rest", ["paragraph"])


def test_front_matter_gives_title_subtitle_and_excerpt(tmp_path: Path) -> None:
    post = _post(
        tmp_path,
        "---\ntitle: \"Rest: a plea\"\nsubtitle: 'In parts'\nexcerpt: So.\ntags:\n  - tea\n"
        "date: 2026-01-02\n---\n# Rest: A Plea\n\nSoon.",
    )
    assert (post.title, post.subtitle, post.excerpt) == ("Rest: a plea", "In parts", "So.")
    assert paragraphs(post) == ["Soon."]
    assert (post.about.topics, f"{post.about.date:%d.%m.%Y}") == (("tea",), "02.01.2026")
    assert post.notes == ()


@pytest.mark.parametrize("line", ["lang: de", "language: de", 'Lang: "de-AT"', "language: DE"])
def test_front_matter_gives_the_language(tmp_path: Path, line: str) -> None:
    post = _post(tmp_path, f"---\n{line}\n---\n# Ruhe\n\nBald.")
    assert (post.language, post.notes) == ("de", ())


def test_a_language_that_no_post_can_have_is_told(tmp_path: Path) -> None:
    post = _post(tmp_path, "---\nlang: tlh\n---\n# Rest\n\nSoon.")
    assert post.language == ""
    assert "language is “tlh”" in post.notes[0]
    assert "en, es, fr, de" in post.notes[0]


def test_a_main_heading_that_differs_from_the_front_matter_stays(tmp_path: Path) -> None:
    post = _post(tmp_path, "---\ntitle: Rest\n---\n# Sleep\n\nSoon.")
    assert (post.title, headings(post)) == ("Rest", ["Sleep"])


def test_a_rule_at_the_top_is_no_front_matter(tmp_path: Path) -> None:
    post = _post(tmp_path, "---\nNote: a thing\nand prose after it\n\n---\n\nSoon.")
    assert "Note: a thing and prose after it" in paragraphs(post)


def test_a_subtitle_that_is_too_long_begins_the_text(tmp_path: Path) -> None:
    post = _post(tmp_path, f"---\ntitle: Rest\nsubtitle: {'so ' * 90}\n---\nSoon.")
    assert post.subtitle == ""
    assert paragraphs(post) == [("so " * 90).strip(), "Soon."]


def test_emphasis_and_links_stay(tmp_path: Path) -> None:
    post = _post(tmp_path, "# Rest\n\nIt *is* **so** [here](https://a.example), `x < y`.")
    assert paragraphs(post) == [
        'It <i>is</i> <b>so</b> <a href="https://a.example">here</a>, x &lt; y.'
    ]


@pytest.mark.parametrize("mark", ["\\", "  "])
def test_a_line_below_a_broken_one_begins_without_a_space(tmp_path: Path, mark: str) -> None:
    post = _post(tmp_path, f"# Rest\n\nThe lake is grey,{mark}\n   and *so*{mark}\nam I.")
    assert paragraphs(post) == ["The lake is grey,<br/>and <i>so</i><br/>am I."]


def test_a_block_quote_is_a_quote_with_its_name(tmp_path: Path) -> None:
    post = _post(tmp_path, "# Rest\n\n> It is late and\n> I am here.\n> — Ann\n\nx")
    assert values(post, "quote") == [{"lines": ["It is late and I am here."], "attribution": "Ann"}]


def test_quoted_lines_in_a_block_quote_stay_lines(tmp_path: Path) -> None:
    post = _post(tmp_path, "# Rest\n\n> “One.”\n> “Two.”\n> — Ann\n\nx")
    assert values(post, "quote") == [{"lines": ["“One.”", "“Two.”"], "attribution": "Ann"}]


def test_bold_terms_are_named_reasons(tmp_path: Path) -> None:
    lists = ["- **Tea**: hot.\n- **Bed:** *soft*.", "**Tea** – hot.\n**Bed**: *soft*."]
    for text in lists:
        assert values(_post(tmp_path, f"# Rest\n\n{text}\n\nx"), "reasons")[0]["reasons"] == [
            {"term": "Tea", "explanation": "hot."},
            {"term": "Bed", "explanation": "<i>soft</i>."},
        ]


@pytest.mark.parametrize(
    "text",
    [
        "- **It rests you.** So does tea.\n- **Why not?** *Nobody* asks.",
        "* __It rests you__. So does tea.\n* **Why not?**\n  *Nobody* asks.",
        "- **It rests you.**\n\n  So does tea.\n\n- **Why not?**\n\n  *Nobody* asks.",
        "- **It rests you**\n\n  So does tea.\n\n- **Why not?**\\\n  *Nobody* asks.",
    ],
)
def test_bold_sentences_that_open_each_entry_of_a_list_name_reasons(
    tmp_path: Path, text: str
) -> None:
    post = _post(tmp_path, f"# Rest\n\nThree of them.\n\n{text}\n\nx")
    assert values(post, "reasons")[0]["reasons"] == [
        {"term": "It rests you", "explanation": "So does tea."},
        {"term": "Why not?", "explanation": "<i>Nobody</i> asks."},
    ]
    (part,) = [part for part in post.parts if part.block["type"] == "reasons"]
    assert part.guessed
    assert part.was_list


def test_whoever_says_that_they_are_no_reasons_has_the_list_again(tmp_path: Path) -> None:
    text = "- **It rests you.** So does tea.\n- **It is free.** Nobody asks."
    post = _post(tmp_path, f"# Rest\n\n{text}\n\nx").with_paragraphs([0])
    assert values(post, "list")[0]["entries"] == [
        "<b>It rests you.</b> So does tea.",
        "<b>It is free.</b> Nobody asks.",
    ]


@pytest.mark.parametrize(
    "entries",
    [
        ["**It rests you.** So does tea.", "It is free. Nobody asks."],
        ["**It rests** you. So does tea.", "**It is** free. Nobody asks."],
        ["**It rests you.**", "**It is free.**"],
        ["**It rests you.** so does tea.", "**It is free.** nobody asks."],
        ["**One.** Tea. **Two.** Toast.", "**One.** Water. **Two.** Bread."],
        ["**It rests you. It is free.** So is tea.", "**It is near. It is far.** So is bed."],
        ["**1.** Sit down.", "**2.** Stand up."],
        ["**It rests you.** So does tea."],
    ],
)
def test_a_list_with_bold_words_in_it_stays_a_list(tmp_path: Path, entries: list[str]) -> None:
    text = "\n".join(f"- {entry}" for entry in entries)
    assert kinds(_post(tmp_path, f"# Rest\n\nSo.\n\n{text}\n\nx"))[1] == "list"


def test_steps_that_are_counted_stay_counted(tmp_path: Path) -> None:
    post = _post(tmp_path, "# Rest\n\n1. **Sit.** Then wait.\n2. **Stand.** Then go.\n\nx")
    assert values(post, "list")[0]["style"] == "numbered"


def test_lists_rules_tables_and_code_keep_their_words(tmp_path: Path) -> None:
    post = _post(
        tmp_path,
        "# Rest\n\n1. tea\n2. toast\n\n***\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nx = 1\n```\n",
    )
    assert kinds(post) == ["list", "divider", "list", "paragraph"]
    assert values(post, "list") == [
        {"style": "numbered", "entries": ["tea", "toast"]},
        {"style": "bulleted", "entries": ["<b>a:</b> c · <b>b:</b> d"]},
    ]
    assert paragraphs(post) == ["x = 1"]


def test_numbers_that_are_multiplied_keep_their_signs(tmp_path: Path) -> None:
    assert (
        paragraphs(_post(tmp_path, "# Rest\n\n2*3*4 and *so on*."))[0] == "2*3*4 and <i>so on</i>."
    )


def test_html_in_it_is_cleaned(tmp_path: Path) -> None:
    post = _post(tmp_path, "# Rest\n\nSo<script>alert(1)</script>.\n\n<div onclick=x>Then</div>")
    assert paragraphs(post) == ["So.", "Then"]


@pytest.mark.parametrize("ending", ["Warmly,\nKim", "Warmly,  \nKim", "Warmly,\n\nKim"])
def test_the_signature_is_recognised(tmp_path: Path, ending: str) -> None:
    post = _post(tmp_path, f"# Rest\n\nSoon.\n\n{ending}")
    assert values(post, "sign_off") == [{"text": "Warmly,", "name": "Kim"}]


def test_a_name_after_a_dash_is_a_signature_and_no_list(tmp_path: Path) -> None:
    post = _post(tmp_path, "# Rest\n\nSoon it will be, they say, and they are old.\n\n- Kim")
    assert values(post, "sign_off")[0]["name"] == "Kim"


def test_a_whole_letter(tmp_path: Path) -> None:
    post = _post(tmp_path, (TEXTS / "letters.md").read_text())
    assert post.subtitle == "On drafts, and what they are for"
    assert [kind for kind in kinds(post) if kind != "paragraph"] == [
        "quote",
        "heading",
        "reasons",
        "heading",
        "list",
        "divider",
        "invitation",
        "sign_off",
    ]


def test_a_few_lines_that_would_become_a_library_are_refused(tmp_path: Path) -> None:
    address = f"https://example.org/{'tea' * 10_000}"
    with pytest.raises(ImportRefused, match="used very often"):
        _post(tmp_path, f"# Tea\n\n[a]: {address}\n\n{'[a] ' * 700}")
