"""The privacy notice and the imprint: there from the first day, and the writer's to change."""

import pytest
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PlainPage, SiteSettings
from posts.delivery.rate.models import SendingSettings
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_our_own_text_says_how_long_things_are_kept(client: Client, site: Foundation) -> None:
    SendingSettings.objects.create(keep_days=90)
    page = client.get("/privacy/")
    assert page.status_code == 200
    assert not page.cookies
    for words in ("for 90 days", "after 30 days", "after 14 days", site.newsletter.from_email):
        assert words in page.text


def test_the_imprint_names_the_writer_and_her_address(client: Client, site: Foundation) -> None:
    settings: SiteSettings = SiteSettings.load()
    settings.author = "Ada Fern"
    settings.save()
    site.newsletter.postal_address = "Fern House\n1 Quiet Lane"
    site.newsletter.save()
    page = client.get("/imprint/").text
    assert "<p>Ada Fern</p>" in page
    assert "Fern House<br>1 Quiet Lane" in page


@pytest.mark.parametrize("name", ["privacy", "imprint"])
def test_the_writer_s_own_words_take_their_place(
    client: Client, site: Foundation, name: str
) -> None:
    settings: SiteSettings = SiteSettings.load()
    setattr(settings, name, "<p>In <b>my</b> words.</p>")
    settings.save()
    page = client.get(f"/{name}/").text
    assert "<p>In <b>my</b> words.</p>" in page
    assert "no cookie" not in page


def test_a_page_that_she_made_before_stands(client: Client, site: Foundation) -> None:
    site.home.add_child(instance=PlainPage(title="Your data", slug="data"))
    PlainPage.objects.update(slug="privacy")  # today the desk would refuse it
    assert "<h1>Your data</h1>" in client.get("/privacy/").text


@pytest.mark.parametrize("address", ["/", "/kettle/", "/subscribe/"])
def test_every_page_leads_there(client: Client, site: Foundation, address: str) -> None:
    make_post(slug="kettle")
    page = client.get(address).text
    assert 'href="/privacy/"' in page
    assert 'href="/imprint/"' in page


def test_who_signs_up_can_read_first_what_is_kept(client: Client, site: Foundation) -> None:
    form = client.get("/subscribe/").text.partition("</main>")[0]
    assert 'href="/privacy/"' in form
