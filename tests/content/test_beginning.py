"""The page about the writer with which a fresh site begins."""

import pytest
from django.test import Client
from django.utils.translation import override

from posts.content.actions import Foundation
from posts.content.beginning import draft_about, give_way
from posts.content.models import HomePage, PlainPage
from posts.management import preparing
from posts.management.demo import ensure_demo
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the tests is: a start need not ask again."""
    monkeypatch.setattr(preparing, "call_command", lambda *_, **__: None)


def test_a_fresh_site_has_a_draft_that_no_reader_sees(client: Client) -> None:
    HomePage.objects.all().delete()
    preparing.prepare_database()
    page = PlainPage.objects.get(slug="about")
    assert not page.live
    assert "Who are you" in str(page.body)
    assert client.get("/about/").status_code == 404
    assert "/about/" not in client.get("/").text


def test_a_writer_who_deleted_it_is_not_given_it_again() -> None:
    preparing.prepare_database()
    PlainPage.objects.all().delete()
    preparing.prepare_database()
    assert not PlainPage.objects.exists()


def test_the_address_of_a_post_is_left_to_the_post(site: Foundation) -> None:
    make_post(slug="about")
    assert draft_about(home=site.home) is None


def test_the_sample_writes_on_the_draft(client: Client) -> None:
    preparing.prepare_database()
    ensure_demo()
    assert "I am Marit" in client.get("/about/").text
    assert PlainPage.objects.count() == 1


def test_a_draft_in_which_nobody_wrote_gives_way_to_a_page_that_comes(site: Foundation) -> None:
    with override("de"):
        draft_about(home=site.home)
    give_way("other")
    assert PlainPage.objects.exists()
    give_way("about")
    assert not PlainPage.objects.exists()


def test_one_in_which_somebody_wrote_stays(site: Foundation) -> None:
    page = draft_about(home=site.home)
    assert page is not None
    page.body = [("paragraph", "<p>I am Ada.</p>")]
    page.save_revision()
    give_way("about")
    assert PlainPage.objects.exists()
