"""Medium: a page for each text, and for each answer to somebody else's."""

from pathlib import Path

from tests.moving_in import exports
from tests.moving_in.brought import left_in, posts_in


def test_what_a_page_and_its_name_say(tmp_path: Path) -> None:
    post = posts_in("medium", exports.medium(tmp_path))["Slow mornings"]
    assert (post.key, post.said.slug) == ("1a2b3c4d5e6f", "Slow-mornings")
    assert f"{post.said.date:%Y-%m-%d}" == "2022-05-06"
    assert post.old_paths == ("https://medium.com/@ada/slow-mornings-1a2b3c4d5e6f",)
    assert post.authors == ("Ada Fern",)


def test_a_draft_is_one_by_its_name(tmp_path: Path) -> None:
    post = posts_in("medium", exports.medium(tmp_path))["Half a plan"]
    assert post.said.is_draft
    assert post.old_paths == ()


def test_an_answer_is_no_letter(tmp_path: Path) -> None:
    [(where, why)] = left_in("medium", exports.medium(tmp_path)).items()
    assert where == "posts/2022-06-07_Lovely-words-112233445566.html"
    assert "an answer" in why
