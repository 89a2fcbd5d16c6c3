"""Seven items in the menu, all settings on one screen, and nothing that does nothing here."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import get_resolver
from wagtail.admin.menu import admin_menu

from posts.content.actions import Foundation
from posts.desk import settings
from posts.desk.staff import roles
from tests.factories import make_member, make_post

pytestmark = pytest.mark.django_db

SEVEN = ["Write", "Posts", "Subscribers", "Mailings", "Pages", "Images", "Settings"]


def menu(user: User) -> list[str]:
    get_resolver().url_patterns  # noqa: B018 - with the addresses come the items of viewsets
    request = RequestFactory().get("/admin/")
    request.user = user
    return [str(item.label) for item in admin_menu.menu_items_for_request(request)]


def links(html: str) -> set[str]:
    main = html.split("desk-settings")[1]
    return set(re.findall(r'href="(/admin/[^"]*)"', main))


def test_a_menu_has_seven_items_and_an_owner_one_more(owner: User) -> None:
    assert menu(owner) == [*SEVEN, "More"]


def test_who_may_less_sees_less(site: Foundation) -> None:
    assert menu(make_member("ben", group="Editors")) == [
        "Write",
        "Posts",
        "Pages",
        "Images",
        "How you sign in",
    ]
    publishes = ["Write", "Posts", "Mailings", "Pages", "Images", "Settings"]
    assert menu(make_member("mo", group="Moderators")) == publishes


@pytest.mark.parametrize("path", ["/admin/setup/", "/admin/more/"])
def test_each_thing_that_can_be_set_is_one_press_away(path: str, desk: Client) -> None:
    found = links(desk.get(path).content.decode())
    assert found
    for place in found:
        assert desk.get(place, follow=True).status_code == 200, place


def test_settings_name_no_setting_that_somebody_may_not_change(
    editor: Client, site: Foundation
) -> None:
    found = links(editor.get("/admin/setup/").content.decode())
    assert found == {"/admin/my-sign-in/"}
    assert editor.get("/admin/more/", follow=True).redirect_chain  # refused, with a word on why


@pytest.mark.parametrize("role", ["editor", "author", "helper"])
def test_settings_are_in_the_menu_of_whoever_finds_more_there_than_her_own_sign_in(
    role: str, site: Foundation
) -> None:
    person = User.objects.create_user("zoe", "zoe@letters.example", "x")
    roles.set_role(user=person, key=role)
    person = User.objects.get(pk=person.pk)
    request = RequestFactory().get("/admin/setup/")
    request.user = person
    found = [str(line.title) for part in settings.sections(request) for line in part.lines]
    assert ("Settings" in menu(person)) == (len(found) > 1)
    assert ("How you sign in" in menu(person)) == (found == ["How you sign in"])


def test_what_does_nothing_here_is_not_offered(desk: Client, site: Foundation) -> None:
    post = make_post(newsletter=site.newsletter)
    editing = desk.get(f"/admin/pages/{post.pk}/edit/").content.decode()
    copying = desk.get(f"/admin/pages/{post.pk}/copy/").content.decode()
    assert "Set schedule" not in editing
    assert "data-privacy-sidebar-toggle" not in editing
    assert "Change privacy" not in editing
    assert "Alias" not in copying
    assert "New parent page" not in copying
    desk.post(
        f"/admin/pages/{post.pk}/copy/",
        {"new_title": "Twin", "new_slug": "twin", "new_parent_page": site.home.pk},
    )
    assert type(post).objects.get(slug="twin").get_parent().pk == site.home.pk
