"""Topics: their pages, and the links to them."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from posts.content.models import HomePage, PostPage, Topic
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest() -> Topic:
    return Topic.objects.create(name="Rest & sleep", slug="rest", description="Before it is due.")


def make_post_about(*topics: Topic, live: bool = True, **fields: Any) -> PostPage:
    post = make_post(live=False, **fields)
    post.topics = list(topics)
    revision = post.save_revision()
    if live:
        revision.publish()
    return post


def test_a_topic_lists_its_live_posts_and_no_other(client: Client, rest: Topic) -> None:
    make_post_about(rest, title="The older one")
    make_post_about(rest, title="The newer one")
    make_post_about(rest, title="A draft", live=False)
    make_post(title="Something else")
    text = client.get("/topics/rest/").text
    assert "<h1>Rest &amp; sleep</h1>" in text
    assert text.index("The newer one") < text.index("The older one")
    assert "A draft" not in text
    assert "Something else" not in text


def test_a_topic_names_itself_to_machines(client: Client, rest: Topic) -> None:
    make_post_about(rest)
    text = client.get("/topics/rest/").text
    assert '<meta name="description" content="Before it is due.">' in text
    assert '<link rel="canonical" href="http://localhost:8000/topics/rest/">' in text
    assert "<loc>http://localhost:8000/topics/rest/</loc>" in client.get("/sitemap.xml").text
    assert "noindex" not in text


def test_a_topic_without_a_post_says_so_and_is_listed_nowhere(client: Client, rest: Topic) -> None:
    make_post_about(rest, live=False)
    text = client.get("/topics/rest/").text
    assert "still to come" in text
    assert "noindex" in text
    for address in ("/topics/", "/archive/", "/sitemap.xml"):
        assert "/topics/rest/" not in client.get(address).text


def test_a_topic_that_never_was_is_a_kind_404(client: Client, site: object) -> None:
    answer = client.get("/topics/unknown/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


def test_all_topics_are_listed_with_how_many_posts_they_have(client: Client, rest: Topic) -> None:
    pacing = Topic.objects.create(name="Pacing", slug="pacing")
    make_post_about(rest, pacing)
    make_post_about(rest)
    make_post_about(rest, live=False)
    text = client.get("/topics/").text
    assert text.index('href="/topics/pacing/"') < text.index('href="/topics/rest/"')
    assert "1 post<" in text
    assert "2 posts" in text


def test_a_post_and_the_archive_lead_to_topics(client: Client, rest: Topic) -> None:
    make_post_about(rest, slug="kettle")
    link = '<a href="/topics/rest/">Rest &amp; sleep</a>'
    assert link in client.get("/kettle/").text
    assert link in client.get("/archive/").text


def test_a_post_without_topics_says_nothing_of_them(client: Client, rest: Topic) -> None:
    make_post(slug="kettle")
    assert "topics" not in client.get("/kettle/").text


def test_a_long_list_turns_pages(client: Client, rest: Topic) -> None:
    for _ in range(HomePage.POSTS_A_PAGE + 1):
        make_post_about(rest)
    assert 'rel="next" href="/topics/rest/?page=2"' in client.get("/topics/rest/").text
    second = client.get("/topics/rest/?page=2").text
    assert 'rel="prev" href="/topics/rest/"' in second
    assert 'href="http://localhost:8000/topics/rest/?page=2"' in second


def test_a_topic_costs_the_same_queries_however_many_posts(
    client: Client, rest: Topic, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(9):
        make_post_about(rest)
    with django_assert_max_num_queries(9):
        text = client.get("/topics/rest/").text
    assert text.count("<h2><a ") == 9


@pytest.mark.parametrize("address", ["/topics/%00/", "/topics/a%0Ab/", "/topics/' OR 1=1/"])
def test_odd_addresses_are_no_topic(client: Client, site: object, address: str) -> None:
    assert client.get(address).status_code == 404
