"""What an address says after its post moved, was unpublished or deleted."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from posts.content.models import PostAddress, PostPage
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def rename(post: PostPage, slug: str) -> None:
    post.slug = slug
    post.save_revision().publish()


def test_an_old_slug_leads_on_to_the_present_one(client: Client) -> None:
    rename(make_post(slug="soft-days"), "slow-days")
    answer = client.get("/soft-days/")
    assert answer.status_code == 301
    assert answer["Location"] == "/slow-days/"


def test_a_redirect_is_not_remembered_for_ever(client: Client) -> None:
    rename(make_post(slug="soft-days"), "slow-days")
    assert client.get("/soft-days/")["Cache-Control"] == "max-age=300"


def test_every_slug_a_post_ever_had_leads_to_it(client: Client) -> None:
    post = make_post(slug="first")
    rename(post, "second")
    rename(post, "third")
    assert client.get("/first/")["Location"] == "/third/"
    assert client.get("/second/")["Location"] == "/third/"


def test_a_slug_changed_back_serves_the_post_again(client: Client) -> None:
    post = make_post(slug="first")
    rename(post, "second")
    rename(post, "first")
    assert client.get("/first/").status_code == 200
    assert client.get("/second/")["Location"] == "/first/"


def test_an_old_slug_in_another_script_leads_on_too(client: Client) -> None:
    rename(make_post(slug="ruhe"), "stille-tage-größer")
    answer = client.get("/ruhe/", follow=True)
    assert answer.status_code == 200


def test_a_slug_saved_without_publishing_again_is_remembered(
    client: Client, django_capture_on_commit_callbacks: object
) -> None:
    post = make_post(slug="soft-days")
    PostAddress.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        post.slug = "slow-days"
        post.save()
    assert set(PostAddress.objects.values_list("slug", flat=True)) == {"soft-days", "slow-days"}
    assert client.get("/soft-days/")["Location"] == "/slow-days/"


def test_an_unpublished_post_is_gone_and_says_so_kindly(client: Client) -> None:
    make_post(slug="soft-days", title="Soft days").unpublish()
    answer = client.get("/soft-days/")
    assert answer.status_code == 410
    assert "The writer took it back" in answer.text
    assert "Soft days" not in answer.text
    assert answer["X-Robots-Tag"] == "noindex"


def test_an_old_slug_of_an_unpublished_post_is_gone(client: Client) -> None:
    post = make_post(slug="first")
    rename(post, "second")
    post.unpublish()
    assert client.get("/first/").status_code == 410


def test_a_deleted_post_is_gone(client: Client) -> None:
    make_post(slug="soft-days").delete()
    assert client.get("/soft-days/").status_code == 410


def test_a_post_published_again_is_back(client: Client) -> None:
    post = make_post(slug="soft-days")
    post.unpublish()
    post.save_revision().publish()
    assert client.get("/soft-days/").status_code == 200


def test_a_draft_was_never_there(client: Client) -> None:
    make_post(slug="soft-days", live=False)
    answer = client.get("/soft-days/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


def test_a_post_scheduled_for_tomorrow_was_never_there(client: Client) -> None:
    post = make_post(slug="soft-days", live=False)
    post.go_live_at = timezone.now() + dt.timedelta(days=1)
    post.save_revision().publish()  # sends the signal of publishing, though nothing is public
    assert not PostAddress.objects.exists()
    assert client.get("/soft-days/").status_code == 404


def test_a_new_post_takes_over_the_old_slug_of_another(client: Client) -> None:
    rename(make_post(slug="soft-days"), "slow-days")
    newer = make_post(slug="soft-days", title="The newer one")
    assert "The newer one" in client.get("/soft-days/").text
    newer.unpublish()
    assert client.get("/soft-days/").status_code == 410


def test_a_draft_does_not_hide_where_the_old_slug_leads(client: Client) -> None:
    rename(make_post(slug="soft-days"), "slow-days")
    make_post(slug="soft-days", live=False)
    assert client.get("/soft-days/")["Location"] == "/slow-days/"


def test_nothing_lies_below_a_post(client: Client) -> None:
    make_post(slug="soft-days")
    assert client.get("/soft-days/more/").status_code == 404
