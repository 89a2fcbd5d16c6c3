"""Folders of Markdown: what stands above a text, and where its file lies."""

from pathlib import Path

import pytest

from posts.moving_in.shape import OldPost
from tests.moving_in import exports
from tests.moving_in.brought import found_in, left_in, posts_in


@pytest.mark.parametrize(
    ("name", "fields", "paths"),
    [
        ("content/posts/slow/index.md", "date: 2020-01-02", ["/posts/slow/"]),
        ("content/posts/slow.md", "date: 2020-01-02\naliases: [/a/, b]", ["/a/", "b"]),
        ("posts/slow.md", "date: 2020-01-02\npermalink: /notes/slow.html", ["/notes/slow.html"]),
        ("posts/slow.md", 'date: 2020-01-02\npermalink: "/{{ slug }}/"', ["/posts/slow/"]),
        ("_posts/2020-01-02-slow.md", "title: x", ["/2020/01/02/slow.html", "/2020/01/02/slow/"]),
        ("_posts/2020-1-2-slow.md", "categories: [Tea]", ["/tea/2020/01/02/slow.html"]),
        ("b.md", "date: 2020-01-02\nredirect_from:\n  - /c/", ["/c/"]),
    ],
)
def test_where_a_text_stood(tmp_path: Path, name: str, fields: str, paths: list[str]) -> None:
    files = {name: f"---\n{fields}\n---\nWords\n", "a.md": "Words"}
    found = found_in("markdown", exports.zipped(tmp_path / "a.zip", files))
    [post] = [one for one in found if isinstance(one, OldPost) and one.where == name]
    assert set(paths) <= set(post.old_paths)


def test_a_zip_of_a_folder_is_the_folder(tmp_path: Path) -> None:
    files = {"site-main/posts/slow.md": "---\ndate: 2020-01-02\n---\nWords\n"}
    [post] = posts_in("markdown", exports.zipped(tmp_path / "a.zip", files)).values()
    assert post.old_paths == ("/posts/slow/",)


@pytest.mark.parametrize(
    ("name", "fields", "is_draft"),
    [
        ("a.md", "date: 2020-01-02", False),
        ("a.md", "date: 2020-01-02\ndraft: true", True),
        ("a.md", "date: 2020-01-02\npublished: false", True),
        ("_posts/2020-01-02-a.md", "title: A", False),
        ("_drafts/a.md", "date: 2020-01-02", True),
        ("a.md", "title: A", True),
        ("a.md", "title: A\npublish: true", False),
    ],
)
def test_what_nobody_dated_or_published_is_a_draft(
    tmp_path: Path, name: str, fields: str, is_draft: bool
) -> None:
    files = {name: f"---\n{fields}\n---\nWords\n"}
    [post] = posts_in("markdown", exports.zipped(tmp_path / "a.zip", files)).values()
    assert post.said.is_draft == is_draft


def test_members_authors_and_fields_that_no_letter_has(tmp_path: Path) -> None:
    fields = "date: 2020-01-02\nvisibility: members\nauthors:\n  - name: Ada\n  - Ben\nmood: calm"
    files = {"a.md": f"---\n{fields}\n---\nWords\n"}
    [post] = posts_in("markdown", exports.zipped(tmp_path / "a.zip", files)).values()
    assert post.members_only
    assert post.authors == ("Ada", "Ben")
    assert post.said.unused == ("mood",)


@pytest.mark.parametrize(
    ("name", "fields", "paths"),
    [
        ("about.md", "layout: page", {"/about/", "/about.html"}),
        ("content/about.md", "type: page", {"/about/", "/about.html"}),
        ("_pages/about.md", "permalink: /me/", {"/me/", "/about/", "/about.html"}),
    ],
)
def test_what_calls_itself_a_page_is_one_and_needs_no_day(
    tmp_path: Path, name: str, fields: str, paths: set[str]
) -> None:
    files = {name: f"---\ntitle: About\n{fields}\n---\nWords\n", "a/b.md": "Words"}
    about = posts_in("markdown", exports.zipped(tmp_path / "a.zip", files))["About"]
    assert (about.is_page, about.said.is_draft) == (True, False)
    assert set(about.old_paths) == paths


def test_a_page_that_is_not_published_there_is_a_draft(tmp_path: Path) -> None:
    files = {"about.md": "---\nlayout: page\npublished: false\n---\nWords\n"}
    [page] = posts_in("markdown", exports.zipped(tmp_path / "a.zip", files)).values()
    assert (page.is_page, page.said.is_draft) == (True, True)


def test_files_of_the_program_are_named(tmp_path: Path) -> None:
    left = left_in("markdown", exports.markdown(tmp_path))
    assert "jekyll/about.md" not in left
    assert "hugo/layouts/partial.md" in left
    assert "README.md" in left
