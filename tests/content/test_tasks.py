"""Posts that the writer gave a time."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from config.celery import app
from posts.content.models import PostPage
from posts.content.tasks import publish_what_is_due
from posts.sharing.queries import share_url
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def scheduled(at: timedelta) -> PostPage:
    """A draft that the editor scheduled, as if the time until then had passed by all but `at`."""
    post = make_post(slug="kettle", live=False)
    post.go_live_at = timezone.now() + timedelta(days=1)
    revision = post.save_revision()
    revision.publish()
    revision.refresh_from_db()
    revision.approved_go_live_at = timezone.now() + at
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    return post


def path(post: PostPage) -> str:
    return share_url(post).removeprefix(settings.SITE_URL)


def test_a_scheduled_post_is_published_in_its_time_with_its_share_link(client: Client) -> None:
    post = scheduled(-timedelta(seconds=1))
    assert client.get("/kettle/").status_code == 404
    publish_what_is_due()
    assert client.get("/kettle/").status_code == 200
    assert client.get(path(post)).status_code == 200


def test_a_scheduled_post_is_not_published_before(client: Client) -> None:
    scheduled(timedelta(minutes=1))
    publish_what_is_due()
    for address in ("/kettle/", "/kettle/share/"):
        assert client.get(address).status_code == 404


def test_an_expired_post_is_taken_down_wherever_it_was_shown(client: Client) -> None:
    post = make_post(slug="kettle")
    post.expire_at = timezone.now() - timedelta(seconds=1)
    post.save()
    publish_what_is_due()
    for address in ("/kettle/", "/kettle/share/", path(post), f"{path(post)}/share/"):
        assert client.get(address).status_code == 410
    assert post.title not in client.get("/").text


def test_whatever_beat_asks_for_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= app.tasks.keys()
