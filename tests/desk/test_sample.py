"""From the sample of `up --demo` to a site of one's own."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import Settings

from posts.content.models import PlainPage, PostPage, SiteSettings, Topic
from posts.delivery.models import Batch, Delivery, Letter, Mailing
from posts.management.demo import DemoRefused, check_demo, ensure_demo
from posts.management.welcome import welcome_to
from subscribers.actions import add_confirmed
from subscribers.addresses import normalise
from subscribers.models import Newsletter, Subscriber, Suppression
from tests.delivery.making import drain, outbox
from tests.factories import make_post

pytestmark = pytest.mark.django_db

HERS = {"name": "Ada Fern", "email": "ada@fern.example", "password": "a fern in the shade"}


@pytest.fixture
def sample(settings: Settings, tmp_path: Path) -> Client:
    """The desk of a sample that was mailed."""
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    client = Client()
    client.force_login(ensure_demo().owner)
    drain()
    assert len(outbox()) == 25
    return client


def test_the_sample_goes_and_with_it_everything_that_it_made(sample: Client) -> None:
    response = sample.post("/admin/make-own/", HERS, follow=True)
    assert "This site is yours now" in response.content.decode()
    for made in (PostPage, Topic, Mailing, Letter, Batch, Delivery, Subscriber, Suppression):
        assert not made.objects.exists(), made
    assert not outbox()
    assert not mail.outbox
    assert SiteSettings.load().name == "Passalong"
    newsletter = Newsletter.objects.get()
    assert (newsletter.name, newsletter.postal_address) == ("Letters", "")
    assert not PlainPage.objects.get(slug="about").live  # the draft that asks her what to say


def test_she_stays_signed_in_and_has_an_account_with_a_password(sample: Client) -> None:
    sample.post("/admin/make-own/", HERS)
    assert sample.get("/admin/").status_code == 200
    owner = User.objects.get()
    assert owner.username == owner.email == "ada@fern.example"
    assert owner.check_password(HERS["password"])
    assert "sign in with your password" in welcome_to(None, None).desk_hint


def test_what_she_wrote_and_changed_herself_stays(sample: Client) -> None:
    newsletter = Newsletter.objects.get()
    make_post(title="Mine", newsletter=newsletter)
    add_confirmed(
        address=normalise("eve@fern.example"), newsletter=newsletter, source="x", by="demo"
    )
    site = SiteSettings.load()
    sample.post(f"/admin/settings/posts/sitesettings/{site.pk}/", {
        "name": "Fern letters", "language": "en", "accent": "#1F5F5B", "tagline": "", "author": "",
        "privacy": "null", "imprint": "null", "care_notes-TOTAL_FORMS": "0",
        "care_notes-INITIAL_FORMS": "0", "about_lines-TOTAL_FORMS": "0",
        "about_lines-INITIAL_FORMS": "0",
    })  # fmt: skip
    sample.post("/admin/make-own/", HERS)
    assert [post.title for post in PostPage.objects.all()] == ["Mine"]
    assert [person.address for person in Subscriber.objects.all()] == ["eve@fern.example"]
    assert SiteSettings.load().name == "Fern letters"


def test_a_weak_password_changes_nothing(sample: Client) -> None:
    response = sample.post("/admin/make-own/", {**HERS, "password": "12345678"})
    assert response.status_code == 422
    assert Subscriber.objects.count() == 25


def test_whoever_has_a_password_is_not_asked_for_one(desk: Client) -> None:
    assert desk.get("/admin/make-own/").status_code == 302
    desk.post("/admin/make-own/", HERS)
    assert User.objects.get().username == "ada"


def test_plain_up_after_the_sample_signs_in_by_a_link(sample: Client) -> None:
    welcome = welcome_to(None, None)
    assert "/admin/welcome/" in welcome.desk
    assert "make a password of your own" in welcome.desk_hint


def test_the_sample_is_never_made_again_on_a_site_of_ones_own(sample: Client) -> None:
    sample.post("/admin/make-own/", HERS)
    with pytest.raises(DemoRefused, match="somebody’s own"):
        check_demo()
