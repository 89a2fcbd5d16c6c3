"""What readers can see of the posts, and in which order."""

import pytest

from posts.content.models import PostPage
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_the_newest_post_comes_first() -> None:
    first, second = make_post(), make_post()
    assert list(PostPage.objects.published()) == [second, first]


def test_drafts_and_unpublished_posts_are_not_listed() -> None:
    make_post(live=False)
    make_post().unpublish()
    assert not PostPage.objects.published()


def test_a_post_stands_between_the_one_before_and_the_one_after() -> None:
    before, post, after = make_post(), make_post(), make_post()
    assert PostPage.objects.neighbours(post) == (before, after)
    assert PostPage.objects.neighbours(before) == (None, post)
    assert PostPage.objects.neighbours(after) == (post, None)


def test_posts_of_the_same_moment_keep_one_order() -> None:
    first, second = make_post(), make_post()
    PostPage.objects.update(first_published_at=first.first_published_at)
    second.refresh_from_db()
    assert PostPage.objects.neighbours(second) == (first, None)
    assert PostPage.objects.neighbours(first) == (None, second)


def test_a_draft_stands_after_all_that_are_public() -> None:
    public = make_post()
    assert PostPage.objects.neighbours(make_post(live=False)) == (public, None)
