"""The editor's side panel shows exactly what a mail would be."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from posts.content.actions import Foundation
from posts.content.models import PostPage, SiteSettings
from posts.content.previews import preview_links
from posts.content.rendering import render_mail
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def form_data(**fields: Any) -> dict[str, Any]:
    defaults = {
        "title": "Permission to rest",
        "slug": "permission-to-rest",
        "subtitle": "",
        "body": streamfield([("heading", {"text": "Typed just now", "level": "2"})]),
        "mail_subject": "",
        "preheader": "",
        "short_version": rich_text("<p>Rest.</p>"),
        "small_step": "",
        "visibility": "public",
        "excerpt": "",
        "cover": "",
        "language": "en",
        "canonical_address": "",
        "go_live_at": "",
        "expire_at": "",
    }
    return dict(nested_form_data({**defaults, **fields}))


@pytest.fixture
def post() -> PostPage:
    return make_post()


def preview(client: Client, post: PostPage, mode: str, **fields: Any) -> Any:
    address = f"/admin/pages/{post.pk}/edit/preview/"
    typed = client.post(address, form_data(newsletter=post.newsletter_id, **fields))
    assert typed.json() == {"is_valid": True, "is_available": True}
    return client.get(address, {"mode": mode, "in_preview_panel": "true"})


def test_the_mail_preview_is_the_mail(admin_client: Client, post: PostPage) -> None:
    response = preview(admin_client, post, "email")
    assert b"Typed just now" in response.content
    typed = PostPage.objects.get(pk=post.pk)
    typed.title, typed.slug = "Permission to rest", "permission-to-rest"
    typed.body = [("heading", {"text": "Typed just now", "level": "2"})]
    mail = render_mail(typed, links=preview_links(typed))
    assert shown(response) == in_scheme(mail.html, "light")


def shown(response: Any) -> str:
    """The mail in a preview, without the line of the inbox above it."""
    return re.sub(r'<div id="inbox".*?</div>', "", response.content.decode(), flags=re.DOTALL)


def in_scheme(html: str, scheme: str) -> str:
    """A mail as whoever reads in light, or in dark, sees it."""
    for mark in ("color-scheme: ", "color-schemes: ", 'content="'):
        html = html.replace(f"{mark}light dark", f"{mark}{scheme}")
    query = "all" if scheme == "dark" else "not all"
    return html.replace("(prefers-color-scheme: dark)", query)


def test_light_and_dark_are_shown_whatever_the_writers_screen_is_in(
    admin_client: Client, post: PostPage
) -> None:
    light, dark = (
        preview(admin_client, post, mode).content.decode() for mode in ("email", "email-dark")
    )
    assert "@media not all {" in light
    assert "@media all {" in dark
    for html in (light, dark):
        assert "prefers-color-scheme" not in html
        assert "light dark" not in html


def test_without_pictures_none_is_loaded(admin_client: Client, post: PostPage) -> None:
    response = preview(admin_client, post, "email-no-pictures")
    assert "img-src 'none'" in response["Content-Security-Policy"]
    assert shown(response) == shown(preview(admin_client, post, "email"))


def test_shorter_editions_are_what_their_readers_get(admin_client: Client, post: PostPage) -> None:
    short = preview(admin_client, post, "short").content.decode()
    assert "This was the short version, as you asked." in short
    assert "Typed just now" not in short.partition('class="column"')[2]
    step = preview(admin_client, post, "step", small_step="Sit down.").content.decode()
    assert "Sit down." in step
    assert "just the one small step" in step


@pytest.mark.parametrize(
    ("mode", "fields", "words"),
    [
        ("short", {"short_version": rich_text("")}, "There is no short version"),
        ("step", {"small_step": " "}, "There is no small step"),
    ],
)
def test_an_edition_that_is_not_there_is_said_to_be_the_whole_post(
    admin_client: Client, post: PostPage, mode: str, fields: dict[str, Any], words: str
) -> None:
    said = preview(admin_client, post, mode, **fields).content.decode()
    assert words in said
    assert "get the whole post" in said


def test_a_discreet_version_names_nothing_in_the_inbox(
    admin_client: Client, post: PostPage
) -> None:
    html = preview(admin_client, post, "discreet").content.decode()
    inbox = BeautifulSoup(html, "html.parser").select_one("#inbox")
    assert inbox is not None
    assert "A note for you" in inbox.get_text()
    assert "Permission to rest" not in inbox.get_text()
    ordinary = preview(admin_client, post, "email").content.decode()
    assert "Permission to rest" in ordinary.partition('class="preheader"')[0]


def test_the_text_preview_is_text(admin_client: Client, post: PostPage) -> None:
    response = preview(admin_client, post, "text")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Typed just now\n--------------" in response.content.decode()


def test_the_web_preview_is_the_page(admin_client: Client, post: PostPage) -> None:
    assert b"<h2>Typed just now</h2>" in preview(admin_client, post, "").content


def test_the_mail_preview_may_style_its_elements_and_run_nothing(
    admin_client: Client, post: PostPage
) -> None:
    policy = preview(admin_client, post, "email")["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy


def test_a_mail_that_is_too_long_says_so_in_the_preview(
    admin_client: Client, post: PostPage
) -> None:
    body = streamfield([("heading", {"text": "k" * 255, "level": "2"})] * 300)
    response = preview(admin_client, post, "email", body=body)
    assert b"This mail is too long" in response.content
    assert b"mail programs hide" in response.content.lower()


def test_a_post_not_saved_yet_can_be_looked_at(admin_client: Client, site: Foundation) -> None:
    address = f"/admin/pages/add/posts/postpage/{site.home.pk}/preview/"
    typed = admin_client.post(address, form_data(newsletter=site.newsletter.pk, title="", slug=""))
    assert typed.json()["is_valid"]
    response = admin_client.get(address, {"mode": "email"})
    assert b"you subscribed to Letters" in response.content


def test_the_editor_has_its_three_tabs(admin_client: Client, post: PostPage) -> None:
    page = BeautifulSoup(admin_client.get(f"/admin/pages/{post.pk}/edit/").content, "html.parser")
    tabs = [str(tab.find(string=True)).strip() for tab in page.select('[role="tab"].w-tabs__tab')]
    assert tabs[:3] == ["Content", "Mail", "Sharing and settings"]
    modes = page.select('select[name="preview-mode"] option, #id_preview_mode option')
    assert [mode["value"] for mode in modes] == [
        *("", "email", "email-dark", "email-no-pictures", "text", "short", "step", "discreet"),
    ]


def test_a_new_post_starts_in_the_first_newsletter(admin_client: Client, site: Foundation) -> None:
    response = admin_client.get(f"/admin/pages/add/posts/postpage/{site.home.pk}/")
    page = BeautifulSoup(response.content, "html.parser")
    chosen = page.select_one('select[name="newsletter"] option[selected]')
    assert chosen is not None
    assert chosen["value"] == str(site.newsletter.pk)


def test_a_reserved_slug_is_refused_in_the_editor(admin_client: Client, post: PostPage) -> None:
    data = form_data(newsletter=post.newsletter_id, slug="archive")
    response = admin_client.post(f"/admin/pages/{post.pk}/edit/", data)
    assert b"The site needs the address /archive/ for itself." in response.content
    post.refresh_from_db()
    assert post.slug != "archive"


def test_a_pale_accent_is_explained_where_it_is_chosen(
    admin_client: Client, site: Foundation
) -> None:
    settings = SiteSettings.load()
    settings.accent = "#FFD400"
    settings.save()
    response = admin_client.get(f"/admin/settings/posts/sitesettings/{settings.pk}/")
    assert "Your colour #FFD400 is too pale to read" in response.content.decode()
