"""Substack: posts.csv says what each text is."""

from pathlib import Path

from tests.moving_in import exports
from tests.moving_in.brought import found_in, left_in, lists_in, posts_in


def test_title_subtitle_day_and_old_address_are_those_of_the_table(tmp_path: Path) -> None:
    post = posts_in("substack", exports.substack(tmp_path))["Slow mornings"]
    assert post.said.subtitle == "On beginning & not beginning"
    assert f"{post.said.date:%Y-%m-%d %H:%M}" == "2024-03-02 08:30"
    assert post.old_paths == ("/p/slow-mornings",)
    assert post.key == "101.slow-mornings"
    assert not post.said.is_draft
    assert not post.members_only


def test_what_only_some_could_read_is_for_members_and_its_sound_a_link(tmp_path: Path) -> None:
    post = posts_in("substack", exports.substack(tmp_path))["For members"]
    assert post.members_only
    assert post.text.startswith('<p><a href="https://api.example.org/sound.mp3">')
    assert post.unkept == ("Its sound stays where it is, and a link leads to it.",)


def test_who_opened_a_letter_is_no_list_of_people(tmp_path: Path) -> None:
    assert lists_in("substack", exports.substack(tmp_path)) == {"email_list.letters.csv": ""}


def test_a_row_without_its_text_and_a_text_without_its_row_are_named(tmp_path: Path) -> None:
    files = {
        "posts.csv": exports.table(*exports.SUBSTACK_ROWS),
        "posts/101.slow-mornings.html": "<p>x</p>",
        "posts/999.stray.html": "<p>y</p>",
    }
    left = left_in("substack", exports.zipped(tmp_path / "a.zip", files))
    assert left["posts.csv, line 3"] == "posts/102.half-a-plan.html: It is not in the export."
    assert left["posts/999.stray.html"] == "No row of posts.csv tells what it is."


def test_a_list_alone_is_an_export_too(tmp_path: Path) -> None:
    path = tmp_path / "email_list.csv"
    path.write_text(exports.SUBSTACK_PEOPLE)
    assert lists_in("substack", path) == {"email_list.csv": ""}
    assert len(found_in("substack", path)) == 1
