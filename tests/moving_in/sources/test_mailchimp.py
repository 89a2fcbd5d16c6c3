"""Mailchimp: a file of people for each thing that may be true of them, and campaigns."""

from pathlib import Path

from tests.moving_in import exports
from tests.moving_in.brought import left_in, lists_in, posts_in


def test_the_name_of_a_file_says_what_is_true_of_all_in_it(tmp_path: Path) -> None:
    assert lists_in("mailchimp", exports.mailchimp(tmp_path)) == {
        "lists/cleaned_members_export_1a.csv": "bounced",
        "lists/subscribed_members_export_1a.csv": "",
        "lists/unsubscribed_members_export_1a.csv": "unsubscribed",
    }


def test_who_never_asked_for_letters_stays_there(tmp_path: Path) -> None:
    left = left_in("mailchimp", exports.mailchimp(tmp_path))
    assert "never asked" in left["lists/nonsubscribed_members_export_1a.csv"]


def test_a_campaign_is_a_draft_without_what_was_put_in_for_each_reader(tmp_path: Path) -> None:
    [post] = posts_in("mailchimp", exports.mailchimp(tmp_path)).values()
    assert post.said.title == "Slow mornings"
    assert post.said.is_draft
    assert "*|" not in post.text
    assert post.unkept


def test_a_campaign_of_text_alone_is_taken_by_its_name(tmp_path: Path) -> None:
    files = {"campaigns_content/7_slow-mornings.txt": exports.WORDS}
    [post] = posts_in("mailchimp", exports.zipped(tmp_path / "a.zip", files)).values()
    assert (post.said.title, post.form) == ("Slow mornings", "plain")
