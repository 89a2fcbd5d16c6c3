"""Every way into the desk, tried by somebody who has half of what it takes, or what counted once.

`test_halfway` shows that no way leads past the second step; here is what a thief would try next.
"""

import ast
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.http import HttpRequest
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.desk import permissions, resets
from posts.desk.models import DeskInvitation, DeskSession, OneTimeAddress
from posts.desk.programs import tokens
from posts.desk.staff import factors, invitations, roles
from posts.desk.views.sign_in import NewPasswordView
from posts.desk.welcome import issue_one_time_address
from tests.desk.staff.steps import PASSWORD, by_password, code_at, is_in, make_role, signed_in_as

STEP = "/admin/second-step/"
TEAM = "/admin/team/"
NEW = {"new_password1": "stones in a brook", "new_password2": "stones in a brook"}
ZOE = {"name": "Zoe", "password": "a fern in the shade"}


def link_for(owner: User) -> str:
    return urlsplit(issue_one_time_address(user=owner)).path


def first_link() -> str:
    return urlsplit(issue_one_time_address()).path


def invitation_of(owner: User, *, role: str = "author") -> str:
    address = invitations.invite(email="zoe@letters.example", role=role, by=owner)[1]
    return urlsplit(address).path


def reset_link(person: User) -> str:
    person = User.objects.get(pk=person.pk)  # she may have signed in since
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return f"/admin/password_reset/confirm/{uid}/{resets.TOKENS.make_token(person)}/"


def key_of(client: Client) -> str:
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


def with_key(key: str) -> Client:
    """Another browser that has this session's cookie."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


# --- Who signs in at all ------------------------------------------------------------------


def test_only_these_places_sign_somebody_in() -> None:
    """Whoever adds another is led here: it needs the tests of this file."""
    found = set()
    for app in ("config", "posts", "subscribers"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            text = path.read_text()
            if "auth" in text and _signs_in(ast.parse(text)):
                found.add(Path(path).relative_to(settings.BASE_DIR).as_posix())
    assert found == {"posts/desk/views/team.py", "posts/desk/views/welcome.py"}


def _signs_in(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and str(node.module).startswith("django.contrib.auth")
        and {one.name for one in node.names}
        & {"login", "alogin", "SESSION_KEY", "HASH_SESSION_KEY"}
        for node in ast.walk(tree)
    )


# --- Another method, or a form from elsewhere ---------------------------------------------


WAYS_IN: list[Callable[[User], tuple[str, dict[str, str]]]] = [
    lambda owner: ("/admin/login/", {"username": "ada", "password": PASSWORD}),
    lambda owner: (link_for(owner), {}),
    lambda owner: (invitation_of(owner), ZOE),
    lambda owner: (reset_link(owner), NEW),
]


@pytest.mark.parametrize("way", WAYS_IN)
def test_only_a_post_signs_in_or_spends(owner: User, way: Any) -> None:
    path, form = way(owner)
    client, before = Client(), ways_in()
    client.get(path, form)
    for method in ("head", "options", "put", "patch", "delete", "trace"):
        client.generic(method.upper(), f"{path}?{urlencode(form)}")
        assert "_auth_user_id" not in client.session, method
    assert ways_in() == before


def ways_in() -> list[Any]:
    """All that a way in would change."""
    kept = (OneTimeAddress, DeskInvitation, DeskSession, User)
    return [list(model.objects.order_by("pk").values()) for model in kept]


@pytest.mark.parametrize("way", WAYS_IN)
def test_a_form_on_another_site_signs_nobody_in(owner: User, way: Any) -> None:
    path, form = way(owner)
    client = Client(enforce_csrf_checks=True, headers={"origin": "https://evil.example"})
    assert client.post(path, form).status_code == 403
    assert not is_in(client)
    assert User.objects.get(pk=owner.pk).check_password(PASSWORD)


def test_nor_takes_her_second_step_or_throws_her_out(owner: User, app: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"origin": "https://evil.example"})
    client.force_login(owner)
    for path in (STEP, f"{STEP}leave/", f"{STEP}passkey/", "/admin/logout/"):
        assert client.post(path, {"code": code_at(app)}).status_code == 403
    assert client.session["_auth_user_id"] == str(owner.pk)


# --- A session that somebody else knows ---------------------------------------------------


@pytest.mark.parametrize("way", WAYS_IN[:3])
def test_a_key_that_was_planted_opens_nothing_afterwards(owner: User, way: Any) -> None:
    path, form = way(owner)
    planted = Client()
    planted.session.save()
    key = key_of(planted)
    victim = with_key(key)
    victim.post(path, form)
    assert is_in(victim)
    assert key_of(victim) != key
    assert not is_in(with_key(key))


def test_the_key_from_before_the_second_step_opens_nothing_after_it(owner: User, app: str) -> None:
    client = Client()
    by_password(client)
    thief = with_key(key_of(client))
    client.post(STEP, {"code": code_at(app)})
    assert is_in(client)
    assert not is_in(thief)
    assert "_auth_user_id" not in thief.session


def test_another_account_in_the_same_browser_inherits_no_second_step(owner: User, app: str) -> None:
    ben = make_role("editor", name="ben")
    hers = factors.new_app_secret()
    factors.add_app(user=ben, secret=hers, code=code_at(hers))
    client = Client()
    by_password(client)
    client.post(STEP, {"code": code_at(app)})
    assert is_in(client)
    by_password(client, name="ben")
    assert not is_in(client)


# --- Half of a sign-in that is never finished ---------------------------------------------


def test_half_a_sign_in_does_not_become_a_whole_one_when_her_second_step_is_taken_away(
    owner: User, app: str, desk: Client
) -> None:
    """It stands in no list, so nobody would see it or end it; and no mail tells of the device."""
    ben = make_role("editor", name="ben")
    hers = factors.new_app_secret()
    factors.add_app(user=ben, secret=hers, code=code_at(hers))
    thief = Client()
    by_password(thief, name="ben")
    factors.take_all_away(ben)
    assert not is_in(thief)
    assert not DeskSession.objects.filter(user=ben).exists()
    assert thief.get("/admin/login/").status_code == 200  # she is asked for her password anew
    assert thief.get(STEP, follow=True).redirect_chain[-1][0].startswith("/admin/login/")
    by_password(thief, name="ben")
    assert is_in(thief)
    assert DeskSession.objects.filter(user=ben).count() == 1


def test_nor_when_nobody_needs_one_any_more(site: Foundation) -> None:
    make_role("editor", name="ben")
    SiteSettings.objects.update(second_step_required=True)
    client = Client()
    by_password(client, name="ben")
    SiteSettings.objects.update(second_step_required=False)
    assert not is_in(client)
    by_password(client, name="ben")
    assert is_in(client)


def test_a_stolen_session_makes_no_second_step_when_all_need_one(site: Foundation) -> None:
    """Who is in without one gives her password first: a thief of the cookie would make his own."""
    ben = make_role("editor", name="ben")
    thief = signed_in_as(ben)
    SiteSettings.objects.update(second_step_required=True)
    for path in (f"{STEP}make/", f"{STEP}app/", f"{STEP}new-passkey/", f"{STEP}codes/"):
        assert thief.get(path)["Location"].startswith("/admin/login/"), path
        assert thief.post(path, {"code": "1"})["Location"].startswith("/admin/login/"), path
    assert thief.get("/admin/login/").status_code == 200
    assert not factors.steps_of(ben).exists()
    by_password(thief, name="ben")
    assert thief.get(f"{STEP}app/").status_code == 200


def test_whoever_was_halfway_for_long_gives_her_password_anew_before_she_makes_one(
    site: Foundation,
) -> None:
    make_role("editor", name="ben")
    SiteSettings.objects.update(second_step_required=True)
    client = Client()
    by_password(client, name="ben")
    session = client.session
    session["came_halfway"] = [session["came_halfway"][0], session["came_halfway"][1] - 4_000]
    session.save()
    assert client.get(f"{STEP}app/")["Location"].startswith("/admin/login/")


def test_a_new_password_ends_what_is_halfway_too(owner: User, app: str) -> None:
    thief = Client()
    by_password(thief)
    Client().post(reset_link(owner), NEW)
    assert thief.get(STEP)["Location"] == "/admin/"
    assert thief.post(STEP, {"code": code_at(app)})["Location"] == "/admin/"
    assert not is_in(thief)


def test_whose_account_is_closed_meanwhile_takes_no_second_step(owner: User, app: str) -> None:
    client = Client()
    by_password(client)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    client.post(STEP, {"code": code_at(app)})
    User.objects.filter(pk=owner.pk).update(is_active=True)
    assert not is_in(client)


def test_whose_role_is_taken_meanwhile_gets_none_back_by_the_second_step(
    owner: User, app: str
) -> None:
    client = Client()
    by_password(client)
    owner.is_superuser = owner.is_staff = False
    owner.save()
    client.post(STEP, {"code": code_at(app)})
    assert not is_in(client)
    assert client.get(TEAM).status_code in (302, 403)


def test_halfway_neither_account_nor_language_nor_password_can_be_changed(
    owner: User, app: str
) -> None:
    client = Client()
    by_password(client)
    form = {
        "name_email-first_name": "Eve",
        "name_email-email": "eve@evil.example",
        "locale-preferred_language": "de",
        "password-old_password": PASSWORD,
        "password-new_password1": NEW["new_password1"],
        "password-new_password2": NEW["new_password1"],
    }
    assert client.post("/admin/account/", form)["Location"].startswith("/admin/login/")
    owner.refresh_from_db()
    assert owner.email == "ada@letters.example"
    assert owner.check_password(PASSWORD)
    assert "Set-Cookie" not in client.get("/api/v1/mailings")
    assert client.get("/api/v1/mailings").status_code == 401


def test_no_window_that_asks_again_is_a_way_in(owner: User, app: str) -> None:
    """The password typed there is that of whoever is signed in, and halfway nobody is."""
    client = Client()
    by_password(client)
    for path in (f"{TEAM}invite/", "/admin/my-sign-in/", f"{STEP}codes/"):
        answer = client.post(path, {"again": PASSWORD, "new": "1"})
        assert answer.status_code == 302, path
    assert not is_in(client)


# --- Links that counted once --------------------------------------------------------------


def test_a_new_password_is_made_for_no_account_that_is_closed(desk: Client) -> None:
    """Else whoever reads her mails has the password when it is opened again."""
    ben = make_role("editor", name="ben")
    link = reset_link(ben)
    desk.post(f"{TEAM}{ben.pk}/close/")
    assert Client().post(link, NEW).status_code == 200
    desk.post(f"{TEAM}{ben.pk}/open/")
    assert User.objects.get(pk=ben.pk).check_password(PASSWORD)


def test_a_link_for_a_new_password_counts_once_also_of_two_at_the_same_moment(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, first, second = reset_link(owner), Client(), Client()
    in_time = NewPasswordView.get_form

    def slow(view: Any, *args: Any, **kwargs: Any) -> Any:
        """Between the look at the link and the new password the other one is faster."""
        monkeypatch.setattr(NewPasswordView, "get_form", in_time)
        other = {"new_password1": "a fern in the shade", "new_password2": "a fern in the shade"}
        assert second.post(link, other).status_code == 302
        return in_time(view, *args, **kwargs)

    monkeypatch.setattr(NewPasswordView, "get_form", slow)
    assert first.post(link, NEW).status_code == 200
    assert User.objects.get(pk=owner.pk).check_password("a fern in the shade")


def test_a_new_password_gives_no_role_back_that_is_taken_at_that_moment(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the password alone that is saved, and not the account as it was a moment before."""
    ben = make_role("owner", name="ben")
    in_time = NewPasswordView.get_form

    def slow(view: Any, *args: Any, **kwargs: Any) -> Any:
        roles.set_role(user=User.objects.get(pk=ben.pk), key="author")
        return in_time(view, *args, **kwargs)

    monkeypatch.setattr(NewPasswordView, "get_form", slow)
    assert Client().post(reset_link(ben), NEW).status_code == 302
    assert roles.role_key(User.objects.get(pk=ben.pk)) == "author"


def test_nor_does_saving_ones_account(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ben = make_role("owner", name="ben")
    client = signed_in_as(ben)

    def slow(request: HttpRequest) -> User:
        """The account was looked up, and nothing is saved yet."""
        person = permissions.signed_in(request)
        roles.set_role(user=User.objects.get(pk=ben.pk), key="author")
        return person

    monkeypatch.setattr("posts.desk.staff.account.signed_in", slow)
    form = {
        "name_email-first_name": "Ben",
        "name_email-last_name": "",
        "name_email-email": "ben@letters.example",
        "theme-theme": "dark",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    assert client.post("/admin/account/", form).status_code == 302
    found = User.objects.get(pk=ben.pk)
    assert (found.first_name, roles.role_key(found)) == ("Ben", "author")


def test_a_link_for_a_new_password_is_of_one_account(owner: User) -> None:
    ben = make_role("editor", name="ben")
    token = reset_link(ben).split("/")[-2]
    uid = urlsafe_base64_encode(force_bytes(owner.pk))
    assert Client().post(f"/admin/password_reset/confirm/{uid}/{token}/", NEW).status_code == 200
    assert User.objects.get(pk=owner.pk).check_password(PASSWORD)


def test_an_invitation_of_somebody_who_is_an_owner_no_more_opens_nothing(owner: User) -> None:
    ben = make_role("owner", name="ben")
    path = invitation_of(ben, role="owner")
    roles.set_role(user=ben, key="author")
    assert Client().post(path, ZOE).status_code == 410
    assert not User.objects.filter(username="zoe@letters.example").exists()


def test_a_token_for_programs_opens_no_desk_and_no_session_opens_the_api(owner: User) -> None:
    _row, text = tokens.make(name="x", scopes=["mailings:read"], by=owner)
    client = Client(headers={"authorization": f"Bearer {text}"})
    assert not is_in(client)
    assert "_auth_user_id" not in client.session
    assert signed_in_as(owner).get("/api/v1/mailings").status_code == 401


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:x", "http:///evil.example"]
)
def test_no_way_in_leads_to_another_site(owner: User, elsewhere: str) -> None:
    for path, form in [way(owner) for way in WAYS_IN]:
        if path.startswith("/admin/password_reset/"):
            continue  # it signs nobody in
        client = Client()
        answer = client.post(f"{path}?next={elsewhere}", {**form, "next": elsewhere})
        assert answer["Location"] == "/admin/", path


def test_nor_from_https_to_what_anybody_on_the_way_can_read(owner: User, app: str) -> None:
    client = Client()
    client.post("/admin/login/", {"username": "ada", "password": PASSWORD}, secure=True)
    form = {"code": code_at(app), "next": "http://testserver/admin/mailings/"}
    assert client.post(STEP, form, secure=True)["Location"] == "/admin/"


# --- At the same moment -------------------------------------------------------------------


def at_once(tries: list[Callable[[], Any]]) -> list[Any]:
    answers: list[Any] = []
    line = threading.Barrier(len(tries))

    def run(one: Callable[[], Any]) -> None:
        try:
            line.wait()
            answers.append(one())
        finally:
            connections.close_all()

    running = [threading.Thread(target=run, args=(one,)) for one in tries]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return answers


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_whatever_counts_once_lets_one_of_two_in_who_press_at_the_same_moment(
    owner: User, app: str
) -> None:
    for code in (code_at(app), factors.codes_left(owner)[0]):
        pair = [Client(), Client()]
        for client in pair:
            by_password(client)
        at_once([partial(one.post, STEP, {"code": code}) for one in pair])
        assert sorted(map(is_in, pair)) == [False, True]
    for path, form in ((link_for(owner), {}), (invitation_of(owner), ZOE)):
        pair = [Client(), Client()]
        at_once([partial(one.post, path, form) for one in pair])
        assert sorted("_auth_user_id" in one.session for one in pair) == [False, True]
