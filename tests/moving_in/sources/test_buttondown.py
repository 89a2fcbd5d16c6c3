"""Buttondown: a table of letters, and each text in a file of its own."""

import json
from pathlib import Path

from tests.moving_in import exports
from tests.moving_in.brought import left_in, lists_in, posts_in


def test_a_text_is_markdown_or_what_its_editor_made(tmp_path: Path) -> None:
    posts = posts_in("buttondown", exports.buttondown(tmp_path))
    assert posts["Plain and slow"].form == "markdown"
    fancy = posts["Fancy and slow"]
    assert (fancy.form, fancy.text) == ("html", f"<p>{exports.WORDS}</p>")
    assert fancy.members_only
    assert posts["Not yet"].said.is_draft
    assert posts["Plain and slow"].old_paths == ("/archive/plain/",)


def test_the_table_may_be_json(tmp_path: Path) -> None:
    rows = [{"id": "1", "subject": "Slow", "slug": "slow", "publish_date": "2023-01-02T03:04:05Z"}]
    files = {"emails.json": json.dumps(rows), "emails/slow.md": exports.WORDS}
    [post] = posts_in("buttondown", exports.zipped(tmp_path / "a.zip", files)).values()
    assert (post.key, f"{post.said.date:%Y-%m-%d}") == ("1", "2023-01-02")


def test_who_left_has_a_list_of_her_own(tmp_path: Path) -> None:
    assert lists_in("buttondown", exports.buttondown(tmp_path)) == {
        "subscribers.csv": "",
        "unsubscribers.csv": "unsubscribed",
    }


def test_a_letter_without_its_text_is_named(tmp_path: Path) -> None:
    files = {"emails.csv": exports.table(["id", "subject", "slug"], ["1", "Slow", "slow"])}
    left = left_in("buttondown", exports.zipped(tmp_path / "a.zip", files))
    assert left == {"emails.csv, no. 2": "emails/slow.md: It is not in the export."}
