"""Who may open which screen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import URLPattern

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.desk import resets
from posts.desk.urls import admin_urlpatterns
from tests.delivery.events import returned_mails
from tests.delivery.events.making import mail_arrives
from tests.factories import make_post

SCREENS = ["/admin/posts/", "/admin/mailings/", "/admin/outbox/", "/admin/subscribers/"]


@pytest.mark.parametrize("address", [*SCREENS, "/admin/newsletters/", "/admin/"])
def test_the_owner_may_open_it(desk: Client, address: str) -> None:
    assert desk.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [f"/admin/{p.pattern}".replace("<int:post_id>", "1") for p in admin_urlpatterns[:1]] + SCREENS,
)
def test_a_stranger_is_asked_to_sign_in(site: Foundation, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("address", ["/admin/mailings/", "/admin/outbox/", "/admin/subscribers/"])
def test_an_editor_who_may_not_publish_is_refused(editor: Client, address: str) -> None:
    response = editor.get(address)
    assert response.status_code == 302
    assert response["Location"] == "/admin/"


def guards_of(view: Callable[..., Any]) -> set[str]:
    """Which of the guards of `posts.desk.permissions` stand before a view."""
    found: set[str] = set()
    here: Any = view
    while here is not None:
        found.add(here.__code__.co_qualname)
        here = getattr(here, "__wrapped__", None)
    return {name for name in found if name.startswith("_guarded.")}


# These ask the permission of the post that they are about, or do so when they are dispatched.
ASK_THEMSELVES = {
    *("confirm", "test_mail", "check_links", "publish_only", "later"),
    *("links", "change_links", "switch_links", "mailings"),
    *("settings", "paste_text", "paste_picture", "paste_far_picture", "not_mailed"),
    "keep_template",
}
# Says to whoever is signed in that she is.
TO_ALL = {"signed_in", "my_sign_in", "settings"}  # of the settings each sees what is hers
# About herself alone.
HERS_ALONE = {"my_sign_in", "remove_step", "end_session", "end_others"}


FOR_WRITERS = {"import_text", "templates"}  # who may write, and need not publish


def test_every_screen_has_a_guard_or_asks_for_itself() -> None:
    """Wagtail lets in whoever has a desk at all; a new screen says who else may open it."""
    unguarded = {p.name for p in admin_urlpatterns if not guards_of(p.callback)}
    assert unguarded == ASK_THEMSELVES | TO_ALL | HERS_ALONE


@pytest.mark.parametrize("pattern", admin_urlpatterns, ids=lambda pattern: pattern.name)
def test_no_screen_shows_itself_to_a_stranger_or_an_editor(
    client: Client, editor: Client, pattern: URLPattern
) -> None:
    """The post that some of them are about does not exist: those say so, or refuse GET."""
    address = "/admin/" + re.sub(r"<\w+:\w+>", "1", str(pattern.pattern))
    assert client.get(address)["Location"].startswith("/admin/login/")
    response = editor.get(address)
    refused = response.status_code == 302 and response["Location"] == "/admin/"
    assert refused or response.status_code in (404, 405) or pattern.name in TO_ALL | FOR_WRITERS


def test_the_sign_in_page_is_the_desks(site: Foundation, client: Client) -> None:
    assert "Sign in to your desk" in client.get("/admin/login/").content.decode()


def test_a_phone_that_began_the_address_with_a_capital_signs_in(
    owner: User, client: Client
) -> None:
    response = client.post(
        "/admin/login/", {"username": "Ada", "password": "rest is part of work", "next": "/admin/"}
    )
    assert response.status_code == 302
    assert response["Location"] == "/admin/"


def test_a_wrong_password_is_said_in_words_that_fit_an_address(owner: User, client: Client) -> None:
    response = client.post("/admin/login/", {"username": "ada", "password": "is not it"})
    assert "That address and password don’t belong together" in response.content.decode()


def test_the_dashboard_leads_to_no_other_site(desk: Client) -> None:
    soup = BeautifulSoup(desk.get("/admin/").content, "html.parser")
    links = [str(a["href"]) for a in soup.select("main a[href^=http]")]
    assert [link for link in links if not link.startswith(settings.SITE_URL)] == []
    assert "Your account" in soup.text


def test_the_dashboard_bears_the_name_of_the_site(desk: Client) -> None:
    SiteSettings.objects.update(name="Tea & Letters")
    assert "Tea &amp; Letters" in desk.get("/admin/").content.decode()


def test_pages_lead_straight_to_the_home_page(desk: Client, site: Foundation) -> None:
    assert f"/admin/pages/{site.home.pk}/" in desk.get("/admin/").content.decode()


def test_the_list_of_posts_teaches_how_to_begin(desk: Client) -> None:
    html = desk.get("/admin/posts/").content.decode()
    assert "No posts yet" in html
    assert "/admin/pages/add/posts/postpage/" in html
    make_post(title="Slow tea")
    assert "No posts yet" not in desk.get("/admin/posts/").content.decode()
    assert "No posts yet" not in desk.get("/admin/posts/?q=nothing").content.decode()


def test_a_reset_password_mail_comes_from_the_site_s_own_domain(
    owner: User, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/admin/password_reset/", {"email": owner.email})
    resets.mail_all()
    [mail] = mailoutbox
    assert mail.from_email == "Passalong <passalong@localhost>"
    assert "/admin/password_reset/confirm/" in mail.body


def test_the_dashboard_teaches_how_to_begin(desk: Client) -> None:
    html = desk.get("/admin/").content.decode()
    assert "Write your first post" in html
    assert "/admin/pages/add/posts/postpage/" in html


def test_the_dashboard_says_what_is_wrong_and_what_to_do(desk: Client) -> None:
    html = desk.get("/admin/").content.decode()
    assert "No worker is there" in html
    assert "celery -A config worker" in html


def test_the_dashboard_counts_returned_mails_that_nobody_understands(desk: Client) -> None:
    mail_arrives(returned_mails.plain("Qwertz."))
    assert "1 mail came back within a week" in desk.get("/admin/").content.decode()


def test_the_dashboard_of_an_editor_leaves_the_machinery_out(editor: Client) -> None:
    make_post(title="Slow tea")
    html = editor.get("/admin/").content.decode()
    assert "Slow tea" in html
    assert "No worker" not in html
