"""What stands above a text, in the ways in which programs write it, is used and never printed."""

from pathlib import Path

import pytest

from tests.content.importing.making import headings, imported, paragraphs

FIELDS = {
    "yaml": '---\ntitle: "A \\"slow\\" soup"\ntags: [tea, body]\n'
    "draft: true\ndate: 2026-01-02\n---\n",
    "toml": '+++\ntitle = \'A "slow" soup\'\ntags = ["tea", "body"]\ndraft = true\n'
    "date = 2026-01-02\n+++\n",
    "json": '{"title": "A \\"slow\\" soup", "tags": ["tea", "body"], "draft": true,'
    ' "date": "2026-01-02"}\n',
    "pelican": 'Title: A "slow" soup\nTags: tea, body\nStatus: draft\nDate: 2026-01-02 09:00\n',
    "a title with a colon, which is no YAML": '---\ntitle: A "slow" soup\nnote: so: it\n'
    "tags: tea, body\npublished: false\ndate: 2 January 2026\n---\n",
}


@pytest.mark.parametrize("form", FIELDS)
@pytest.mark.parametrize("name", ["soup.md", "soup.txt"])
def test_fields_are_read_in_every_form(tmp_path: Path, form: str, name: str) -> None:
    post = imported(tmp_path, f"{FIELDS[form]}\nHot.\n\nSoon.\n", name=name)
    assert (post.title, paragraphs(post)) == ('A "slow" soup', ["Hot.", "Soon."])
    assert (post.about.topics, post.about.is_draft) == (("tea", "body"), True)
    assert f"{post.about.date:%d.%m.%Y}" == "02.01.2026"


def test_the_head_of_a_mail_gives_its_subject(tmp_path: Path) -> None:
    head = (
        "From: Kim <kim@example.org>\nTo: all\nSubject: Soup\nDate: Fri, 2 Jan 2026 09:00:00 +0100"
    )
    post = imported(tmp_path, f"{head}\n\nHot.\n\nSoon.\n")
    assert (post.title, paragraphs(post)) == ("Soup", ["Hot.", "Soon."])
    assert "From, To" in post.losses[0]


def test_properties_below_a_title_are_none_of_the_text(tmp_path: Path) -> None:
    text = "# Soup\n\nCreated: January 2, 2026 9:00 AM\nTags: tea\n\nHot.\n\n- [x]  stirred\n"
    post = imported(tmp_path, text, name="soup.md")
    assert (post.about.topics, paragraphs(post)) == (("tea",), ["Hot."])


def test_what_no_post_has_is_named(tmp_path: Path) -> None:
    post = imported(tmp_path, "---\ntitle: Soup\nlayout: wide\n---\nHot.", name="a.md")
    assert post.losses == ("Not imported from the top of the file: layout.",)


def test_a_first_line_that_greets_is_no_title(tmp_path: Path) -> None:
    post = imported(tmp_path, "Dear friends,\n\nhot it was.\n", name="soup-day.txt")
    assert (post.title, paragraphs(post)) == ("Soup day", ["Dear friends,", "hot it was."])
    assert headings(post) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Suppe\n\nIm Winter koche ich langsam, und an solchen Tagen schreibe ich weniger.", "de"),
        ("מרק\n\nבחורף אני מבשלת לאט, ובימים כאלה אני כותבת פחות.", "he"),
        ("湯\n\n冬はゆっくり料理をします。", "ja"),
        ("Soup\n\nHot.", ""),
    ],
)
def test_the_language_is_told_from_enough_words(tmp_path: Path, text: str, language: str) -> None:
    post = imported(tmp_path, text)
    assert post.language == post.guessed_language == language


def test_a_topic_that_a_post_cannot_have_is_named(tmp_path: Path) -> None:
    post = imported(tmp_path, f"---\ntags: [tea, {'a' * 81}]\n---\n# Soup\n\nHot.", name="a.md")
    assert post.about.topics == ("tea",)
    assert any(f"topic: {'a' * 81}" in loss for loss in post.losses)


@pytest.mark.parametrize(
    "above",
    [
        '---\ntitle: "Slow \\ud83c\\udf72 soup \\ud83d\\0"\n"\\ud83d\\0": x\nx: "\\ud83d"\n---\n',
        '{"title": "Slow \\ud83c\\udf72 soup \\ud83d\\u0000", "\\ud83d\\u0000": "x"}\n',
        '+++\ntitle = "Slow 🍲 soup \ufffd\\u0000"\n"\\u0000" = "x"\n+++\n',
    ],
)
def test_characters_that_programs_write_in_halves_are_whole(tmp_path: Path, above: str) -> None:
    post = imported(tmp_path, f"{above}\nHot.\n")
    assert post.title == "Slow 🍲 soup \ufffd"
    assert "\0" not in "".join(post.notes)
    "".join(post.notes).encode()


def test_aliases_in_yaml_make_no_small_text_large(tmp_path: Path) -> None:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    above = "\n".join(["---", "title: Soup", "a0: &a0 x", *lines, "---", "Hot."])
    assert imported(tmp_path, above).title == "Soup"


@pytest.mark.parametrize(
    "day", ["Mon, 4 May 2026 at 09:30", "Monday, May 4, 2026 at 9:30 AM", "May 4, 2026 9:30 AM"]
)
def test_the_day_in_the_head_of_a_forwarded_mail_is_read(tmp_path: Path, day: str) -> None:
    head = f"---------- Forwarded message ---------\nFrom: Kim\nDate: {day}\nSubject: Soup\n\n"
    about = imported(tmp_path, f"{head}Hot.\n").about
    assert about.date is not None
    assert f"{about.date:%Y-%m-%d %H:%M}" == "2026-05-04 09:30"
    assert not about.unread
