"""Content that no editor of ours made: pasted, imported, or put into the database by a program.

Whatever it holds, a reader's browser and mail program get words, emphasis and links to the web.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from wagtail import blocks
from wagtail.blocks import Block

from posts.content.actions import create_post
from posts.content.blocks import BodyBlock
from posts.content.models import PostPage
from posts.content.rendering import render_mail, render_text_body, render_web_body
from tests.content.blocks import parts_of
from tests.content.golden_post import LINKS
from tests.enclosed import enclosure

pytestmark = pytest.mark.django_db

SCRIPTS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "javascript&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/",
    "http://[",
    "",
]
HTML = [
    "<p>Tea<script>alert(1)</script></p>",
    '<p onclick="alert(1)">Tea</p>',
    '<p>Tea<img src="x" onerror="alert(1)"></p>',
    "<p>Tea<svg><script>alert(1)</script></svg></p>",
    '<p style="position:fixed">Tea</p>',
    '<p>Tea<iframe src="https://evil.example"></iframe></p>',
    '<p><a href="javascript:alert(1)">Tea</a></p>',
    '<p><a href="https://x.example/" onmouseover="alert(1)">Tea</a></p>',
    "<p>Tea<style>body{display:none}</style></p>",
    '<form action="https://evil.example"><input name="email">Tea</form>',
    "<p>Tea<!-- --><math><mtext><img src=x onerror=alert(1)></p>",
]
POISON = [
    *("<script", "<svg", "<style>body", "<iframe", "<form", "<math", "<img"),
    *("onclick", "onerror", "onmouseover", "fixed", "javascript:", "evil.example"),
]
ADDRESSES = ["button", "embed"]
PLACES: dict[str, Callable[[str], Any]] = {
    "paragraph": lambda html: html,
    "callout": lambda html: {"title": "", "text": html},
    "list": lambda html: {"style": "bulleted", "entries": [html]},
    "reasons": lambda html: {"reasons": [{"term": "Tea", "explanation": html}]},
    "sound": lambda html: {
        "sound": enclosure("mp3").pk,
        "title": "Tea",
        "transcript": html,
    },
    "invitation": lambda html: {"intro": "", "invites": [{"kind": "share", "text": html}]},
}


def blocks_with(kind: type[Block]) -> set[str]:
    return {
        name
        for name, block in BodyBlock().child_blocks.items()
        if any(isinstance(part, kind) for part in parts_of(block))
    }


def test_every_block_that_takes_rich_text_or_an_address_is_tried() -> None:
    assert blocks_with(blocks.RichTextBlock) == set(PLACES)
    assert blocks_with(blocks.URLBlock) == set(ADDRESSES)


def stored(kind: str, value: Any, **fields: Any) -> PostPage:
    """A post as a program may store it: no form has looked at it."""
    post = create_post(title="Tea", body=[{"type": kind, "value": value}], by="tests")
    for name, content in fields.items():
        setattr(post, name, content)
    post.save()
    post.refresh_from_db()
    return post


def renderings(post: PostPage) -> list[str]:
    mails = [render_mail(post, links=LINKS, edition=edition) for edition in ("full", "short")]
    parts = [part for mail in mails for part in (mail.html, mail.text)]
    return [render_web_body(post), render_text_body(post), *parts]


@pytest.mark.parametrize("url", SCRIPTS)
@pytest.mark.parametrize("kind", ADDRESSES)
def test_an_address_that_is_none_leads_nowhere(kind: str, url: str) -> None:
    post = stored(kind, {"label": "Press", "title": "Press", "url": url})
    for rendering in renderings(post):
        assert "script:" not in rendering.lower()
        assert "script&colon;" not in rendering.lower()
        assert "data:text" not in rendering
        assert "evil.example" not in rendering


@pytest.mark.parametrize("html", HTML)
@pytest.mark.parametrize("kind", PLACES)
def test_rich_text_is_words_emphasis_and_links(kind: str, html: str) -> None:
    post = stored(kind, PLACES[kind](html), short_version=html)
    for rendering in renderings(post):
        body = rendering.partition("<body")[2] or rendering
        assert "Tea" in body
        for poison in POISON:
            assert poison not in body


@pytest.mark.parametrize("words", ["</title><script>alert(1)</script>", '"><img src=x onerror=a>'])
def test_plain_fields_are_words_wherever_they_stand(client: Client, words: str) -> None:
    values = {"text": words, "level": "2"}
    post = stored("heading", values, subtitle=words, excerpt=words, mail_subject=words, title=words)
    post.small_step = words
    post.save_revision().publish()
    mail = render_mail(post, links=LINKS, edition="step")
    pages = [
        client.get(address).text for address in ("/", f"/{post.slug}/", f"/{post.slug}/share/")
    ]
    for html in [*pages, mail.html, render_web_body(post)]:
        # Read as a browser does: within quotes an attribute may hold what looks like a tag.
        tree = BeautifulSoup(html, "html.parser")
        assert not tree.find_all("img", src="x")
        written = [script for script in tree.find_all("script") if script.get_text()]
        # What search engines are told is data, as long as it is read as such.
        assert all(json.loads(script.get_text())["@type"] == "Article" for script in written)
        assert all(script["type"] == "application/ld+json" for script in written)


def test_a_title_of_several_lines_is_one_line_in_the_mail() -> None:
    post = stored("paragraph", "<p>Tea</p>", title="Tea\r\nBcc: everybody@example.org")
    assert post.subject == "Tea Bcc: everybody@example.org"


def test_markup_of_no_known_kind_is_left_out(client: Client) -> None:
    post = create_post(title="Tea", body=[], by="tests")
    raw = json.dumps([{"type": "script", "value": "alert(1)"}, {"type": "divider", "value": None}])
    PostPage.objects.filter(pk=post.pk).update(body=raw)
    post.refresh_from_db()
    assert "alert" not in "".join(renderings(post))
