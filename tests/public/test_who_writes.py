"""A friend who never heard of the writer learns who writes, and what else there is."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from posts.content.models import AboutLine, CareNote, PostPage, SiteSettings
from posts.content.rendering import render_mail
from posts.sharing.models import ShareLink
from subscribers.models import Newsletter
from tests.content.golden_post import LINKS, make_picture
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def soup(client: Client, address: str) -> Any:
    return BeautifulSoup(client.get(address).text, "html.parser")


@pytest.fixture
def settings_of_site() -> SiteSettings:
    site: SiteSettings = SiteSettings.load()
    site.author, site.about_author = "Ada Fern", "I write between two naps."
    site.portrait = make_picture("Ada")
    site.save()
    return site


def test_stands_under_each_title_with_a_line_and_a_picture(
    client: Client, settings_of_site: SiteSettings
) -> None:
    post = make_post(visibility=PostPage.Visibility.SUBSCRIBERS)
    code = ShareLink.objects.get(post=post).code
    for address in (f"/{post.slug}/", f"/s/{code}"):
        header = soup(client, address).select_one(".post-header")
        assert header is not None
        assert header.select_one(".byline").get_text(" ", strip=True) == (
            "By Ada Fern I write between two naps."
        )
        assert header.select_one(".byline img")["alt"] == ""


def test_her_line_is_in_the_language_of_the_post_where_she_wrote_one(
    client: Client, settings_of_site: SiteSettings
) -> None:
    settings_of_site.about_lines = [
        AboutLine(language="de", text="Ich schreibe zwischen zwei Nickerchen."),
    ]
    settings_of_site.save()
    for language, line, marked in (
        ("en", "I write between two naps.", None),
        ("de", "Ich schreibe zwischen zwei Nickerchen.", None),
        ("fr", "I write between two naps.", "en"),
    ):
        post = make_post(language=language)
        found = soup(client, f"/{post.slug}/").select_one(".byline-about")
        assert found is not None
        assert (found.get_text(), found.get("lang")) == (line, marked)


def test_a_line_that_changes_changes_the_page_that_is_kept(
    client: Client, settings_of_site: SiteSettings
) -> None:
    post = make_post(language="de")
    assert "naps" in client.get(f"/{post.slug}/").text
    settings_of_site.about_lines = [AboutLine(language="de", text="Zwischen Nickerchen.")]
    settings_of_site.save()
    assert "Zwischen Nickerchen." in client.get(f"/{post.slug}/").text


def test_and_what_one_would_get_how_often_and_by_whom(client: Client) -> None:
    post = make_post()
    Newsletter.objects.update(name="Slow mornings", rhythm="weekly", from_name="Ada Fern")
    for address in (f"/{post.slug}/", "/subscribe/"):
        line = soup(client, address).select_one(".what-it-is")
        assert line.get_text(" ", strip=True) == ("Slow mornings · about once a week · By Ada Fern")


def test_a_discreet_page_does_not_name_the_newsletter(client: Client) -> None:
    post = make_post()
    Newsletter.objects.update(name="Slow mornings")
    code = ShareLink.objects.get(post=post).discreet_code
    assert "Slow mornings" not in client.get(f"/s/{code}").text


def test_the_header_leads_to_the_archive_and_the_end_to_more(client: Client) -> None:
    other, post = make_post(), make_post()
    page = soup(client, f"/{post.slug}/")
    assert page.select_one(".site-header a[href='/archive/']")
    assert [link["href"] for link in page.select(".more a")] == [f"/{other.slug}/"]


def test_a_post_has_the_note_of_its_own_language_or_none(client: Client) -> None:
    site: SiteSettings = SiteSettings.load()
    site.care_notes = [
        CareNote(language="en", text="Call 1."),
        CareNote(language="de", text="Ruf 2 an."),
    ]
    site.save()
    for language, note in (("en", "Call 1."), ("de", "Ruf 2 an."), ("fr", None)):
        post = make_post(language=language)
        found = soup(client, f"/{post.slug}/").select_one(".care-note")
        assert (found and found.get_text(strip=True)) == note
        mail = render_mail(post, links=LINKS)
        for other in ("Call 1.", "Ruf 2 an."):
            assert (other in mail.html) == (other in mail.text) == (other == note)
