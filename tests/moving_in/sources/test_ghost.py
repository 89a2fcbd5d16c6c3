"""Ghost: its database as JSON, with texts of three of its editors."""

import json
from pathlib import Path
from typing import Any

import pytest

from posts.content.actions import Foundation
from posts.moving_in import json_files
from posts.moving_in.shape import MoveOptions
from tests.moving_in import exports
from tests.moving_in.brought import brought, left_in, post, posts_in
from tests.moving_in.exports import WORDS, ghost_json, ghost_post, lexical


def written(folder: Path, posts: list[dict[str, Any]], **tables: Any) -> Path:
    path = folder / "export.json"
    path.write_text(json.dumps(ghost_json(posts, **tables)))
    return path


def test_topics_excerpt_cover_and_day_come_from_all_its_tables(tmp_path: Path) -> None:
    post = posts_in("ghost", exports.ghost(tmp_path))["The long way"]
    assert post.said.topics == ("Rest",)
    assert post.said.excerpt == "Why the long way is often shorter."
    assert post.said.picture.endswith("/content/images/2023/02/cover.png")
    assert post.said.alt == "A path"
    assert f"{post.said.date:%Y-%m-%d}" == "2023-02-03"
    assert post.old_paths == ("/the-long-way/",)
    assert post.authors == ("Ada Fern",)


def test_its_own_addresses_are_those_of_the_old_site_if_it_is_known(tmp_path: Path) -> None:
    path = exports.ghost(tmp_path)
    at_ours = posts_in("ghost", path)["The long way"].text
    assert 'href="http://localhost:8000/letter-2/"' in at_ours
    options = MoveOptions("https://old.example")
    there = posts_in("ghost", path, options)["The long way"].text
    assert 'href="https://old.example/letter-2/"' in there


@pytest.mark.parametrize(
    ("fields", "is_draft", "members"),
    [
        ({}, False, False),
        ({"visibility": "members"}, False, True),
        ({"visibility": "paid"}, False, True),
        ({"status": "draft"}, True, False),
        ({"status": "scheduled"}, True, False),
        ({"status": "sent"}, True, False),
    ],
)
def test_what_was_not_for_all_is_not_for_all_here(
    tmp_path: Path, fields: dict[str, str], is_draft: bool, members: bool
) -> None:
    post = posts_in("ghost", written(tmp_path, [ghost_post(1, **fields)]))["Letter 1"]
    assert (post.said.is_draft, post.members_only) == (is_draft, members)


def test_an_older_export_without_the_outer_object_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps(ghost_json([ghost_post(1, id=7)])["db"][0]))
    assert list(posts_in("ghost", path)) == ["Letter 1"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "It is no export of Ghost: no posts are in it."),
        ("[1, 2", "It is no export of Ghost: no posts are in it."),
        ('{"db": [{"data": {"posts": [{"id": "1", "html": "<p>x</p>"}, {"id"', "damaged here"),
    ],
)
def test_a_file_that_is_cut_off_or_something_else_is_named(
    tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "export.json"
    path.write_text(text)
    assert why in " ".join(left_in("ghost", path).values())


def test_what_stands_before_the_damage_comes(tmp_path: Path) -> None:
    path = written(tmp_path, [ghost_post(1), ghost_post(2)])
    whole = path.read_text()
    path.write_text(whole[: whole.index('"title": "Letter 2"') + 5])
    assert list(posts_in("ghost", path)) == ["Letter 1"]


@pytest.mark.parametrize(
    "posts",
    [
        "[" * 100_000,
        '[{"title": "a"}, {"a": ' + "[" * 200 + "]" * 200 + "}]",
        '[{"title": ["' + "x" * 2_000_000 + '"]}]',
        '[{"title": [' + "0," * 200_000 + "0]}]",
    ],
    ids=["brackets", "deep", "long", "many"],
)
def test_what_would_fill_the_memory_is_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, posts: str
) -> None:
    monkeypatch.setattr(json_files, "_MOST_BYTES", 1_000_000)
    path = tmp_path / "export.json"
    path.write_text(f'{{"data": {{"posts": {posts}}}}}')
    (why,) = left_in("ghost", path).values()
    assert why.startswith("The file is damaged here:")


def test_a_table_of_any_length_may_stand_before_the_posts(tmp_path: Path) -> None:
    rows = [{"id": number} for number in range(30_000)]
    data = {"other": rows, "posts": [ghost_post(1)]}
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"data": data}))
    assert list(posts_in("ghost", path)) == ["Letter 1"]


def test_half_a_character_in_a_text_keeps_nobody_from_coming(
    site: Foundation, tmp_path: Path
) -> None:
    cut = lexical("Cut \ud83d here \0", WORDS)  # as an editor leaves it that counts in halves
    path = written(tmp_path, [ghost_post(1, html=None, lexical=cut), ghost_post(2)])
    run = brought("ghost", path)
    assert run.counts.published == 2
    assert "Cut \ufffd here" in str(post("Letter 1").body.raw_data)
