"""What a post’s page has and mails and feeds have not: the handout, the reader’s own boxes."""

from typing import Any

import pytest
from django.test import Client

from posts.content.models import PostPage
from posts.content.rendering import render_mail
from posts.sharing.models import ShareLink
from posts.sharing.queries import share_url
from tests.content.golden_post import LINKS
from tests.factories import make_post

pytestmark = pytest.mark.django_db

OWN = ("note-box", "reminder-box", "note.js", "reminder.js", "Remind me")
INVITATION: list[tuple[str, Any]] = [
    ("invitation", {"intro": "", "invites": [{"kind": "try", "text": "<p>sit down</p>"}]})
]


def test_an_invitation_brings_the_boxes_and_no_address_to_send_them_to(client: Client) -> None:
    make_post(slug="kettle", body=INVITATION)
    text = client.get("/kettle/").text
    for part in OWN:
        assert part in text
    boxes = text.partition('<template id="note-box"')[2]
    assert "<form" not in boxes
    assert "action=" not in boxes


def test_a_post_without_invitation_has_none(client: Client) -> None:
    make_post(slug="kettle")
    text = client.get("/kettle/").text
    assert not [part for part in OWN if part in text]


def test_neither_mails_nor_feeds_have_them(client: Client) -> None:
    post = make_post(slug="kettle", body=INVITATION)
    mail = render_mail(post, links=LINKS)
    texts = [mail.html, mail.text, client.get("/feed.xml").text, client.get("/feed.json").text]
    for text in texts:
        assert "sit down" in text
        assert not [part for part in OWN if part in text]


def test_a_hidden_post_offers_them_only_behind_its_link(client: Client) -> None:
    post = make_post(
        slug="hidden", body=INVITATION, visibility=PostPage.Visibility.SUBSCRIBERS, excerpt="Soon."
    )
    assert "note-box" not in client.get("/hidden/").text
    assert "handout" not in client.get("/hidden/").text
    passed = client.get(f"/s/{post.share_link.code}").text
    assert "note-box" in passed
    assert share_url(post) in handout_of(passed)


def handout_of(text: str) -> str:
    """With its address in one piece: on paper it may be parted in one place."""
    return text.partition('class="handout"')[2].replace("</span><wbr><span>", "")


def test_a_handout_names_the_share_link_in_words_and_as_a_square(client: Client) -> None:
    post = make_post(slug="kettle")
    handout = handout_of(client.get("/kettle/").text)
    assert '<svg role="img"' in handout
    assert share_url(post) in handout


def test_a_link_that_is_off_is_not_printed(client: Client) -> None:
    post = make_post(slug="kettle")
    ShareLink.objects.update(is_on=False)
    handout = handout_of(client.get("/kettle/").text)
    assert "/s/" not in handout
    assert post.public_url in handout


def test_the_short_version_can_be_linked_to(client: Client) -> None:
    make_post(slug="kettle", short_version="<p>Tea.</p>", small_step="Sit.")
    text = client.get("/kettle/").text
    # Inside what is closed: a browser opens it for who follows a link to it.
    for name in ("short-version", "small-step"):
        assert text.index("<details>") < text.index(f'<div class="prose" id="{name}">')
