"""What readers can see of the posts, and in which order."""

import pytest

from posts.content.models import PostPage, Topic
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_the_newest_post_comes_first() -> None:
    first, second = make_post(), make_post()
    assert list(PostPage.objects.published()) == [second, first]


def test_drafts_and_unpublished_posts_are_not_listed() -> None:
    make_post(live=False)
    make_post().unpublish()
    assert not PostPage.objects.published()


def test_after_a_post_come_what_was_before_it_and_then_what_came_after() -> None:
    first, second, post, fourth, fifth = (make_post() for _ in range(5))
    make_post(live=False)
    assert PostPage.objects.more_to_read(post) == [second, first, fourth]
    assert PostPage.objects.more_to_read(first) == [second, post, fourth]
    assert PostPage.objects.more_to_read(make_post(live=False)) == [fifth, fourth, post]


def test_what_shares_a_topic_comes_first_and_once() -> None:
    rest, tea = (Topic.objects.create(name=name, slug=name) for name in ("rest", "tea"))
    far, near, post = make_post(), make_post(), make_post()
    for other in (far, post):
        other.topics = [rest, tea]
        other.save()
    assert PostPage.objects.more_to_read(post) == [far, near]


def test_it_is_in_the_language_of_the_post() -> None:
    make_post(language="en")
    german, post = make_post(language="de"), make_post(language="de")
    assert PostPage.objects.more_to_read(post) == [german]


def test_posts_of_the_same_moment_keep_one_order() -> None:
    first, second, third = make_post(), make_post(), make_post()
    PostPage.objects.update(first_published_at=first.first_published_at)
    second.refresh_from_db()
    assert PostPage.objects.more_to_read(second) == [first, third]
