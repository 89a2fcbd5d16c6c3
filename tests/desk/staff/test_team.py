"""The owner changes what others may, closes accounts, and asks a second step of everybody."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client

from posts.content.models import SiteSettings
from posts.desk.staff import roles
from tests.desk.staff.steps import give_app, is_in, make_role, signed_in_as

TEAM = "/admin/team/"


def test_a_role_counts_at_once(desk: Client) -> None:
    ben = make_role("helper", name="ben")
    hers = signed_in_as(ben)
    assert hers.get("/admin/subscribers/").status_code == 200
    desk.post(f"{TEAM}{ben.pk}/", {"role": "author"})
    assert hers.get("/admin/subscribers/").status_code == 302
    assert is_in(hers)


def test_a_closed_account_is_out_at_once_and_comes_back_as_it_was(desk: Client) -> None:
    ben = make_role("editor", name="ben")
    hers = signed_in_as(ben)
    desk.post(f"{TEAM}{ben.pk}/close/")
    assert not is_in(hers)
    desk.post(f"{TEAM}{ben.pk}/open/")
    assert is_in(signed_in_as(User.objects.get(pk=ben.pk)))
    assert roles.role_key(ben) == "editor"


def test_the_last_owner_can_neither_be_closed_nor_made_less(desk: Client, owner: User) -> None:
    for path, form in ((f"{owner.pk}/close/", {}), (f"{owner.pk}/", {"role": "editor"})):
        html = desk.post(TEAM + path, form, follow=True).content.decode()
        assert "this is the last owner" in html
    owner.refresh_from_db()
    assert owner.is_active
    assert owner.is_superuser


def test_her_second_step_is_taken_away_for_somebody_who_lost_it(desk: Client) -> None:
    ben = make_role("editor", name="ben")
    give_app(ben)
    desk.post(f"{TEAM}{ben.pk}/steps/")
    assert not Authenticator.objects.filter(user=ben).exists()


def test_whoever_asks_it_of_all_has_a_second_step_herself(desk: Client) -> None:
    html = desk.post(f"{TEAM}second-step/", {"required": "yes"}, follow=True).content.decode()
    assert "add a second step of your own first" in html
    assert not SiteSettings.load().second_step_required


@pytest.mark.parametrize("path", ["new/", "1/", "edit/1/", "delete/1/", ""])
def test_wagtails_screens_of_people_lead_to_ours(desk: Client, path: str) -> None:
    for ask in (desk.get, desk.post):
        answer = ask(f"/admin/users/{path}")
        assert answer.status_code in (302, 404)
        assert answer.status_code == 404 or answer["Location"] == TEAM


@pytest.mark.parametrize("verb", ["delete", "assign_role", "set_active_state"])
def test_nobody_does_anything_to_many_accounts_at_once(desk: Client, verb: str) -> None:
    ben = make_role("editor", name="ben")
    answer = desk.post(f"/admin/bulk/auth/user/{verb}/?id={ben.pk}", {"mark_as_active": ""})
    assert answer.status_code == 404
    assert User.objects.get(pk=ben.pk).is_active


def test_groups_are_the_owners_and_asked_for_again(desk: Client) -> None:
    from tests.desk.pressing import asked_again_by_now

    assert desk.get("/admin/groups/").status_code == 200
    asked_again_by_now(desk)
    assert "Is it you?" in desk.get("/admin/groups/").content.decode()
    helper = signed_in_as(make_role("helper"))
    assert helper.get("/admin/groups/").status_code == 302
