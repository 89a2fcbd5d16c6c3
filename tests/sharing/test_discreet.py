"""Discreet links: what shows before they are opened names nothing."""

import re

import pytest
from django.test import Client

from posts.content.models import PostPage, SiteSettings
from posts.sharing.actions import ensure_link
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(site: object) -> PostPage:
    SiteSettings.objects.update(name="Letters from the ward")
    return make_post(
        title="Heavy days",
        slug="heavy-days",
        seo_title="Heavy days, and how to carry them",
        search_description="When each hour is long.",
        excerpt="An hour at a time.",
    )


def head_and_body(client: Client, post: PostPage) -> tuple[str, str]:
    text = client.get(f"/s/{ensure_link(post=post).discreet_code}").text
    head, _, body = text.partition("<body")
    return head, body


def test_its_title_and_preview_are_neutral(client: Client, post: PostPage) -> None:
    head, _ = head_and_body(client, post)
    assert "<title>Something to read</title>" in head
    assert '<meta property="og:title" content="Something to read">' in head
    told = " ".join(re.findall(r"<title>.*?</title>|<meta [^>]*>", head))
    for telling in ("Heavy", "heavy", "hour", "ward", "description", "site_name", "published"):
        assert telling not in told, telling


def test_no_address_in_its_head_tells_the_post(client: Client, post: PostPage) -> None:
    head, _ = head_and_body(client, post)
    assert "canonical" not in head
    assert post.slug not in head
    assert "ld+json" not in head
    address = f"http://localhost:8000/s/{ensure_link(post=post).discreet_code}"
    assert f'<meta property="og:url" content="{address}">' in head


@pytest.mark.parametrize("page", ["", "/share/", "/helped/"])
def test_no_line_of_its_head_names_the_site(client: Client, post: PostPage, page: str) -> None:
    link = ensure_link(post=post)
    head = client.get(f"/s/{link.discreet_code}{page}").text.partition("<body")[0]
    assert "Letters from the ward" not in head
    assert "Letters from the ward" in client.get(f"/s/{link.code}{page}").text.partition("<body")[0]


def test_once_opened_it_is_the_post(client: Client, post: PostPage) -> None:
    _, body = head_and_body(client, post)
    assert "Someone thought this might help you." in body
    assert "<h1>Heavy days</h1>" in body
    assert "Rest is not a reward." in body
    assert f"/s/{ensure_link(post=post).discreet_code}/share/" in body


def test_it_speaks_the_language_of_the_post(client: Client) -> None:
    post = make_post(language="fr")
    assert '<html lang="fr"' in client.get(f"/s/{ensure_link(post=post).discreet_code}").text


def test_it_opens_what_is_for_subscribers_and_keeps_it_secret(client: Client) -> None:
    hidden = make_post(visibility=PostPage.Visibility.SUBSCRIBERS)
    answer = client.get(f"/s/{ensure_link(post=hidden).discreet_code}")
    assert "Rest is not a reward." in answer.text
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer.text.count("<form") == 1  # "This helped me"
    assert 'action="/subscribe/' not in answer.text
