"""Share links: one per post, made when it goes public."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from posts.sharing.actions import ensure_link
from posts.sharing.models import ShareLink, new_code
from posts.sharing.queries import share_url
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_publishing_makes_the_link() -> None:
    post = make_post()
    link = ShareLink.objects.get(post=post)
    assert share_url(post) == f"http://localhost:8000/s/{link.code}"


def test_a_link_has_a_code_that_nobody_guesses_and_that_can_be_typed_from_paper() -> None:
    codes = [new_code() for _ in range(300)]
    assert len(set(codes)) == 300
    assert len(set("".join(codes))) ** len(codes[0]) >= 2**96
    assert all(re.fullmatch(r"[a-z2-9]+", code) for code in codes)  # nothing typed with shift
    assert set("".join(codes)).isdisjoint("-_IlO0o1")  # nothing that reads like something else


def test_publishing_again_keeps_the_link() -> None:
    post = make_post()
    before = share_url(post)
    post.title = "Better words"
    post.save_revision().publish()
    post.unpublish()
    post.save_revision().publish()
    assert share_url(post) == before


def test_a_draft_has_no_link() -> None:
    with pytest.raises(ShareLink.DoesNotExist):
        share_url(make_post(live=False))


def test_a_post_scheduled_for_tomorrow_has_no_link_yet() -> None:
    post = make_post(live=False)
    post.go_live_at = timezone.now() + dt.timedelta(days=1)
    post.save_revision().publish()
    assert not ShareLink.objects.exists()


def test_asking_twice_for_the_link_makes_one() -> None:
    post = make_post(live=False)
    assert ensure_link(post=post) == ensure_link(post=post)
    assert ShareLink.objects.count() == 1


def test_the_link_outlives_the_post() -> None:
    post = make_post()
    code = ensure_link(post=post).code
    post.delete()
    assert ShareLink.objects.get(code=code).post is None
