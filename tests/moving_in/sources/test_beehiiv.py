"""beehiiv: a table with the whole text of each letter in a cell."""

from pathlib import Path

import pytest

from tests.moving_in import exports
from tests.moving_in.brought import found_in, lists_in, posts_in
from tests.moving_in.exports import table

COLUMNS = ["id", "web_title", "status", "audience", "url", "content_html", "created_at"]


def test_what_a_row_says(tmp_path: Path) -> None:
    posts = posts_in("beehiiv", exports.beehiiv(tmp_path))
    post = posts["Slow mornings"]
    assert post.said.topics == ("Rest", "Tea")
    assert (post.said.subtitle, post.said.slug) == ("Of beginning", "slow-mornings")
    assert post.said.picture.startswith("https://media.beehiiv.com/cdn-cgi/image/")
    assert post.old_paths == ("https://slow.beehiiv.com/p/slow-mornings",)
    assert posts["Half a plan"].said.is_draft
    assert posts["Half a plan"].members_only


def test_the_list_of_people_is_beside_it(tmp_path: Path) -> None:
    assert lists_in("beehiiv", exports.beehiiv(tmp_path)) == {"subscribers.csv": ""}


def test_a_text_may_be_longer_than_cells_usually_are(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    row = ["1", "Long", "confirmed", "free", "", "x" * 1_000_000, "2023-01-18 21:25:27"]
    path.write_text(table(COLUMNS, row))
    assert len(posts_in("beehiiv", path)["Long"].text) == 1_000_000


@pytest.mark.parametrize("bad", ['1,"never closed', f"1,{'y' * 5_000_001}\n", '1,"a"b,c\n'])
def test_a_row_that_is_none_is_named_by_its_line(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "posts.csv"
    good = ["1", "Short", "confirmed", "free", "", "<p>x</p>", "2023-01-18 21:25:27"]
    path.write_text(table(COLUMNS, good) + bad)
    _good, left = found_in("beehiiv", path)
    assert left.where == "posts.csv, line 3"
