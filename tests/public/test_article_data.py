"""What a search engine is told about a post."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from posts.content.models import PostPage
from posts.sharing.queries import share_url
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def told(text: str) -> dict[str, Any]:
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


def test_it_is_an_article_with_its_dates_and_its_address(client: Client) -> None:
    post = make_post(title="Saying no gently", excerpt="In a few words.", language="de")
    data = told(client.get(f"/{post.slug}/").text)
    assert data["@type"] == "Article"
    assert data["headline"] == "Saying no gently"
    assert data["description"] == "In a few words."
    assert data["inLanguage"] == "de"
    assert data["mainEntityOfPage"] == {"@type": "WebPage", "@id": post.public_url}
    assert data["url"] == post.public_url
    assert data["datePublished"] == post.first_published_at.isoformat()
    assert data["dateModified"] == post.last_published_at.isoformat()
    assert data["image"]["url"].startswith(f"{post.public_url}card.png")
    assert (data["image"]["width"], data["image"]["height"]) == (1200, 630)
    assert data["author"]["url"] == data["publisher"]["url"] == "http://localhost:8000/"
    assert data["isAccessibleForFree"] is True


def test_of_a_post_for_subscribers_it_says_so_and_no_more_than_its_first_words(
    client: Client,
) -> None:
    post = make_post(
        visibility=PostPage.Visibility.SUBSCRIBERS,
        excerpt="The first words.",
        body=[("paragraph", "<p>A secret.</p>")],
    )
    data = told(client.get(f"/{post.slug}/").text)
    assert data["isAccessibleForFree"] is False
    assert "secret" not in json.dumps(data)


def test_whoever_follows_a_share_link_gets_no_data_for_search_engines(client: Client) -> None:
    text = client.get(share_url(make_post())).text
    assert "ld+json" not in text


def test_no_title_breaks_out_of_the_data(client: Client) -> None:
    title = "</script><script>alert(1)</script> & \u2028 <!--"
    post = make_post(title=title)
    text = client.get(f"/{post.slug}/").text
    assert told(text)["headline"] == title
    assert "<script>alert" not in text
