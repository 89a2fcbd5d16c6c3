"""The golden post in its three media. UPDATE_GOLDEN=1 writes the files anew: read the diff."""

import os
import re
from pathlib import Path

import pytest

from posts.content.models import PostPage
from posts.content.rendering import render_mail, render_web_body
from tests.content.golden_post import LINKS, make_golden_post

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def post(db: None) -> PostPage:
    return make_golden_post()


def check(name: str, rendered: str) -> None:
    # Each run stores its picture under a name of its own.
    rendered = re.sub(r"a-kettle\w*(\.[\w-]+\.jpg)", r"a-kettle\1", rendered)
    rendered = re.sub(r"(/files/|transcript-|sound-)\d+", r"\g<1>7", rendered)
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(rendered)
    assert rendered == file.read_text()


def test_the_web_page_is_as_it_was(post: PostPage) -> None:
    check("post.web.html", render_web_body(post))


def test_the_mail_is_as_it_was(post: PostPage) -> None:
    check("post.mail.html", render_mail(post, links=LINKS).html)


def test_the_text_is_as_it_was(post: PostPage) -> None:
    check("post.mail.txt", render_mail(post, links=LINKS).text)


def test_the_golden_post_holds_every_block(post: PostPage) -> None:
    assert {child.block_type for child in post.body} == set(post.body.stream_block.child_blocks)


NOTE = (
    "I gave you the wrong day & a dead link: it is <Tuesday>, see https://example.org/tuesday.\n"
    "Sorry for that.\n\nThe letter as it should have been follows."
)


def test_a_correction_says_its_note_before_the_post(post: PostPage) -> None:
    mail = render_mail(post, links=LINKS, subject="Correction: A slower morning", note=NOTE)
    assert mail.subject == "Correction: A slower morning"
    assert mail.preheader.startswith("I gave you the wrong day & a dead link")
    # What follows the note is the golden post itself.
    head, _, _ = mail.html.partition("A kettle, a")
    check("correction.mail.head.html", head)
    head, _, _ = mail.text.partition("A kettle, a")
    check("correction.mail.head.txt", head)
    assert render_mail(post, links=LINKS).text.split("minute to read")[1] in mail.text


def test_a_correction_seen_over_a_shoulder_is_as_discreet_as_any_letter(post: PostPage) -> None:
    mail = render_mail(post, links=LINKS, subject="Correction", note=NOTE, discreet=True)
    assert mail.subject == "A note for you"
    assert "wrong day" not in mail.preheader
    assert mail.text.startswith(mail.preheader)
