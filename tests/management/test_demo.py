import pytest
from django.contrib.auth import get_user_model
from pytest_django import Settings

from posts.content.models import PlainPage, PostPage, SiteSettings
from posts.delivery.models import Mailing
from posts.desk.sample import OWNER
from posts.management import demo, demo_content
from posts.management.demo import DemoRefused, check_demo, ensure_demo
from posts.sharing.queries import share_url
from subscribers.models import ConsentEvent, Newsletter, Subscriber
from subscribers.queries import audience
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db


def test_the_sample_site_has_everything_a_first_look_needs() -> None:
    check_demo()
    made = ensure_demo()
    assert made.made_now
    assert made.post is not None
    assert made.post.live
    assert share_url(made.post)
    assert SiteSettings.load().care_note_in("en")
    assert PlainPage.objects.get(slug="about").live
    assert made.post.topics.count() == 2
    assert Newsletter.objects.get().postal_address
    assert not made.owner.has_usable_password()
    assert made.owner.is_superuser


def test_all_25_sample_readers_confirmed_and_are_written_to_once() -> None:
    made = ensure_demo()
    assert made.mailing is not None
    assert made.mailing.candidates == 25 == audience(Newsletter.objects.get().pk).count()
    events = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.IMPORTED)
    assert set(events.values_list("source", flat=True)) == {"sample"}
    assert Subscriber.objects.filter(format=Subscriber.Format.TEXT).count() == 3


def test_a_second_start_reuses_the_sample() -> None:
    first = ensure_demo()
    check_demo()
    second = ensure_demo()
    assert not second.made_now
    assert (second.post, second.mailing, second.owner) == (first.post, first.mailing, first.owner)
    assert PostPage.objects.count() == Mailing.objects.count() == 1


def test_a_sample_post_that_was_removed_stays_removed() -> None:
    first = ensure_demo()
    assert first.post is not None
    first.post.unpublish()
    assert ensure_demo().post is None
    first.post.delete()
    again = ensure_demo()
    assert (again.post, again.mailing) == (None, None)
    assert Mailing.objects.count() == 1


def test_an_attempt_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("the machine went down here")

    with monkeypatch.context() as patch:
        patch.setattr(demo, "start_mailing", fail)
        with pytest.raises(RuntimeError):
            ensure_demo()
    assert not Subscriber.objects.exists()
    assert not get_user_model().objects.filter(username=OWNER).exists()
    assert ensure_demo().made_now


def test_a_site_with_a_post_of_its_own_is_left_alone() -> None:
    make_post()
    with pytest.raises(DemoRefused, match="DATA_DIR="):
        check_demo()


def test_a_site_with_a_subscriber_of_its_own_is_left_alone() -> None:
    make_subscriber(make_newsletter())
    with pytest.raises(DemoRefused, match="without --demo"):
        check_demo()


def test_the_sample_never_leaves_through_a_real_mail_server(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org:25"
    with pytest.raises(DemoRefused, match="without EMAIL_URL"):
        check_demo()
    settings.EMAIL_URL = "smtp://127.0.0.1:2525"
    check_demo()


def test_the_sample_post_uses_every_block_that_needs_no_picture_or_other_site() -> None:
    kinds = {block["type"] for block in demo_content.POST_BODY}
    assert kinds == {
        "quote", "paragraph", "heading", "reasons", "list", "callout", "invitation", "sign_off",
    }  # fmt: skip
    assert len(demo_content.POST_BODY[0]["value"]["lines"]) > 1


def test_sample_addresses_can_belong_to_nobody() -> None:
    hosts = {address.partition("@")[2] for _, address in demo_content.SUBSCRIBERS}
    assert hosts == {"example.org", "example.net", "example.com"}
