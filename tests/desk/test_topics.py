"""Topics as the writer makes and gives them."""

import pytest
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PostPage, Topic
from tests.factories import make_post


def test_a_topic_is_made_in_the_desk(desk: Client) -> None:
    assert '"/admin/topics/"' in desk.get("/admin/setup/").text
    desk.post("/admin/topics/new/", {"name": "Rest", "slug": "rest", "description": ""})
    assert Topic.objects.get().name == "Rest"


def test_two_topics_cannot_have_one_address(desk: Client) -> None:
    Topic.objects.create(name="Rest", slug="rest")
    answer = desk.post("/admin/topics/new/", {"name": "Resting", "slug": "rest"})
    assert "already exists" in answer.text
    assert Topic.objects.count() == 1


def test_the_editor_of_a_post_offers_every_topic(desk: Client) -> None:
    Topic.objects.create(name="Rest", slug="rest")
    post = make_post()
    text = desk.get(f"/admin/pages/{post.pk}/edit/").text
    assert 'type="checkbox" name="topics"' in text


@pytest.mark.parametrize("path", ["/admin/topics/", "/admin/topics/new/"])
def test_an_editor_without_the_permission_is_sent_away(editor: Client, path: str) -> None:
    assert editor.get(path).status_code == 302


def test_a_post_outlives_a_topic_that_its_draft_still_names(site: Foundation, desk: Client) -> None:
    topic = Topic.objects.create(name="Rest", slug="rest")
    post = make_post(live=False, slug="kettle")
    post.topics = [topic]
    revision = post.save_revision()
    desk.post(f"/admin/topics/delete/{topic.pk}/")
    assert not Topic.objects.exists()
    assert desk.get(f"/admin/pages/{post.pk}/edit/").status_code == 200
    revision.publish()
    assert PostPage.objects.get(slug="kettle").live
    assert list(PostPage.objects.get(slug="kettle").topics.all()) == []
