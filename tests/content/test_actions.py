"""Making and publishing posts without the desk."""

import pytest
from django.contrib.auth.models import User
from wagtail.models import PageLogEntry
from wagtail.signals import page_published

from posts.content.actions import create_post, publish_post
from posts.content.models import PostPage
from tests.factories import make_newsletter, make_post

pytestmark = pytest.mark.django_db


def test_a_post_is_a_draft_unless_asked_otherwise() -> None:
    post = create_post(title="Small steps", body=[], by="tests")
    assert not post.live
    assert post.slug == "small-steps"
    assert post.get_latest_revision() is not None


def test_a_post_is_published_when_asked() -> None:
    assert create_post(title="Small steps", body=[], by="tests", publish=True).live


def test_the_body_may_be_pairs_or_stored_data() -> None:
    post = create_post(
        title="Small steps",
        body=[
            ("heading", {"text": "One", "level": "2"}),
            {"type": "paragraph", "value": "<p>Two</p>"},
        ],
        by="tests",
        publish=True,
    )
    body = PostPage.objects.get(pk=post.pk).body
    assert body[0].value["text"] == "One"
    assert body[1].value.source == "<p>Two</p>"


def test_a_post_goes_to_the_newsletter_named_or_else_the_first() -> None:
    other = make_newsletter()
    assert create_post(title="A", body=[], by="tests", newsletter=other).newsletter == other
    assert create_post(title="B", body=[], by="tests").newsletter_id is not None


@pytest.mark.parametrize(("wanted", "given"), [("archive", "archive-2"), ("My Post", "my-post")])
def test_a_slug_is_made_free(wanted: str, given: str) -> None:
    assert create_post(title="Anything", slug=wanted, body=[], by="tests").slug == given


def test_the_same_title_twice_gets_two_slugs() -> None:
    slugs = [create_post(title="Tea", body=[], by="tests", publish=True).slug for _ in range(3)]
    assert slugs == ["tea", "tea-2", "tea-3"]


def test_who_made_and_who_published_is_kept() -> None:
    editor = User.objects.create_user("ada")
    post = create_post(title="Tea", body=[], by="ada", user=editor)
    publish_post(post=post, by="the importer")
    entries = PageLogEntry.objects.filter(page=post.pk)
    created, published = (
        entries.get(action=f"wagtail.{action}") for action in ("create", "publish")
    )
    assert (created.user, created.data["by"]) == (editor, "ada")
    assert (published.user, published.data["by"]) == (None, "the importer")


def test_publishing_what_is_published_changes_nothing() -> None:
    post = make_post()
    heard: list[object] = []
    page_published.connect(lambda **kwargs: heard.append(kwargs), weak=False, dispatch_uid="t")
    try:
        publish_post(post=post, by="tests")
    finally:
        page_published.disconnect(dispatch_uid="t")
    assert heard == []


def test_publishing_takes_the_latest_draft() -> None:
    post = make_post(title="Tea")
    post.title = "Green tea"
    post.save_revision()
    assert publish_post(post=post, by="tests").title == "Green tea"
