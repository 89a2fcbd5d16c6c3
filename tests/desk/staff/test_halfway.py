"""Whoever has a second step is nobody before she took it, by whatever way she came."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.desk import devices
from posts.desk.staff import factors
from posts.desk.throttle import LIMITS, AttemptKind
from posts.desk.welcome import issue_one_time_address
from tests.desk.staff.steps import by_password, code_at, is_in, make_role

STEP = "/admin/second-step/"


def give_code(client: Client, code: str, **more: str) -> Any:
    return client.post(STEP, {"code": code, **more})


def by_link(client: Client, owner: User) -> None:
    client.post(urlsplit(issue_one_time_address(user=owner)).path)


def by_new_password(client: Client, owner: User) -> None:
    uid = urlsafe_base64_encode(force_bytes(owner.pk))
    token = default_token_generator.make_token(owner)
    form = {"new_password1": "stones in a brook", "new_password2": "stones in a brook"}
    answer = client.post(f"/admin/password_reset/confirm/{uid}/{token}/", form)
    assert answer.status_code == 302
    client.post("/admin/login/", {"username": "ada", "password": "stones in a brook"})


def by_window(client: Client, owner: User) -> None:
    by_password(client, next="/admin/signed-in/")


def by_code_of_ours(client: Client, owner: User) -> None:
    """A way that nobody thought of: anything that calls Django's own `login`."""
    client.force_login(owner)


WAYS = [by_link, by_new_password, by_window, by_code_of_ours]


@pytest.mark.parametrize("way", [lambda client, _: by_password(client), *WAYS])
def test_no_way_in_leads_past_the_second_step(owner: User, app: str, way: Any) -> None:
    client = Client()
    way(client, owner)
    assert client.session["_auth_user_id"] == str(owner.pk)
    for address in ("/admin/", "/admin/subscribers/", "/admin/signed-in/", "/admin/account/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/"), address
    assert client.post("/admin/subscribers/bulk/", {"verb": "export"}).status_code == 302
    assert client.get("/admin/login/")["Location"].startswith(STEP)
    assert give_code(client, code_at(app)).status_code == 302
    assert is_in(client)


def test_there_is_no_other_address_that_signs_in(site: Foundation) -> None:
    """Of allauth none, no Django admin, and Wagtail's login stands behind ours."""
    for name in ("account_login", "mfa_authenticate", "mfa_login_webauthn", "admin:login"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    found: Any = get_resolver().resolve("/admin/login/").func
    assert found.view_class.__module__ == "posts.desk.views.sign_in"
    for path in ("/accounts/login/", "/_util/login/", "/admin/mfa/authenticate/"):
        assert Client().get(path).status_code in (302, 404)


def test_somebody_without_a_second_step_notices_nothing(owner: User, client: Client) -> None:
    assert by_password(client)["Location"] == "/admin/"
    assert is_in(client)


def test_the_password_leads_to_the_second_step_and_that_to_where_she_wanted(
    app: str, client: Client
) -> None:
    answer = by_password(client, next="/admin/mailings/")
    assert answer["Location"] == f"{STEP}?next=%2Fadmin%2Fmailings%2F"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="next" value="/admin/mailings/"' in page
    assert give_code(client, code_at(app), next="/admin/mailings/")["Location"] == (
        "/admin/mailings/"
    )


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_it_leads_to_no_other_site(app: str, client: Client, elsewhere: str) -> None:
    by_password(client)
    assert give_code(client, code_at(app), next=elsewhere)["Location"] == "/admin/"


def test_a_code_counts_once(owner: User, app: str) -> None:
    first, second, code = Client(), Client(), code_at(app)
    by_password(first)
    by_password(second)
    give_code(first, code)
    assert is_in(first)
    assert give_code(second, code).status_code == 422
    assert not is_in(second)
    give_code(second, code_at(app, periods=1))
    assert is_in(second)


def test_an_older_code_is_none_once_a_newer_was_used(owner: User, app: str) -> None:
    assert factors.code_fits(user=owner, code=code_at(app, periods=1))
    assert not factors.code_fits(user=owner, code=code_at(app))


def test_a_code_of_an_hour_ago_is_none(app: str, client: Client) -> None:
    by_password(client)
    answer = give_code(client, code_at(app, periods=-120))
    assert answer.status_code == 422
    assert "That code does not fit" in answer.content.decode()


def test_a_recovery_code_works_once(owner: User, app: str) -> None:
    first, second = Client(), Client()
    [code, *others] = factors.codes_left(owner)
    by_password(first)
    give_code(first, code)
    assert is_in(first)
    by_password(second)
    assert give_code(second, code).status_code == 422
    assert not is_in(second)
    assert factors.codes_left(owner) == others


def test_after_a_return_from_a_backup_no_code_counts_and_she_is_told(
    owner: User, app: str, client: Client
) -> None:
    [code, *_others] = factors.codes_left(owner)
    assert factors.forget_all_codes() == 1
    by_password(client)
    assert give_code(client, code).status_code == 422
    assert not is_in(client)
    give_code(client, code_at(app))
    home = client.get("/admin/").content.decode()
    assert "your recovery codes no longer count" in home
    assert 'href="/admin/second-step/codes/"' in home
    factors.new_codes(owner)
    assert not factors.has_lost_codes(owner)


def test_codes_are_kept_so_that_the_database_alone_tells_none(owner: User, app: str) -> None:
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app not in kept
    assert not any(code in kept for code in factors.codes_left(owner))


def test_after_another_secret_key_it_says_what_to_do(
    app: str, client: Client, settings: LazySettings
) -> None:
    settings.SECRET_KEY = "another one, after a move"
    by_password(client)
    answer = give_code(client, "123456")
    assert "cannot be read any more" in answer.content.decode()
    assert not is_in(client)


def test_guessing_codes_is_slowed_down(app: str, client: Client) -> None:
    by_password(client)
    most = LIMITS[AttemptKind.STEP].account[0].most
    answers = [give_code(client, "000000").status_code for _ in range(most)]
    assert answers == [422] * most
    answer = give_code(client, code_at(app))
    assert answer.status_code == 429
    assert not is_in(client)


def test_halfway_no_device_is_remembered_and_no_session_listed(
    owner: User, app: str, client: Client
) -> None:
    by_password(client)
    assert devices.COOKIE not in client.cookies
    assert not owner.desksession_set.exists()
    give_code(client, code_at(app))
    assert devices.COOKIE in client.cookies
    assert owner.desksession_set.count() == 1


def test_the_session_has_another_key_afterwards(app: str, client: Client) -> None:
    by_password(client)
    before = client.session.session_key
    give_code(client, code_at(app))
    assert client.session.session_key != before


def test_she_can_leave_halfway(app: str, client: Client) -> None:
    by_password(client)
    assert client.post(f"{STEP}leave/")["Location"] == "/admin/login/"
    assert "_auth_user_id" not in client.session


def test_a_public_page_knows_nobody_halfway(owner: User, app: str) -> None:
    """The same for drafts and previews, which Wagtail shows to whoever may change them."""
    from posts.desk.staff.halfway import whole_or_nobody

    client = Client()
    by_password(client)
    request = HttpRequest()
    request.session = client.session
    whole_or_nobody(lambda request: HttpResponse())(request)
    assert request.user.is_anonymous


def test_a_stranger_has_no_second_step_to_take(site: Foundation, client: Client) -> None:
    assert client.get(STEP)["Location"] == "/admin/"
    assert client.post(f"{STEP}passkey/").status_code == 403
    for path in ("make/", "app/", "new-passkey/", "codes/"):
        assert client.get(f"{STEP}{path}")["Location"].startswith("/admin/login/"), path


def test_halfway_one_makes_no_other_second_step_and_sees_no_codes(app: str, client: Client) -> None:
    """With her password alone somebody would add a passkey of his own."""
    by_password(client)
    for path in ("make/", "app/", "new-passkey/", "new-passkey/options/", "codes/"):
        for answer in (client.get(STEP + path), client.post(STEP + path)):
            assert answer.status_code in (302, 405)
            assert answer.status_code == 405 or answer["Location"].startswith("/admin/login/")


def test_where_codes_are_typed_nothing_is_loaded_from_elsewhere_and_no_script_stands_in_the_page(
    app: str, client: Client
) -> None:
    by_password(client)
    halfway = client.get(STEP)
    give_code(client, code_at(app))
    pages = [halfway, *(client.get(STEP + path) for path in ("make/", "app/", "new-passkey/"))]
    for answer in pages:
        assert "script-src 'self'; style-src 'self'" in answer["Content-Security-Policy"]
        soup = BeautifulSoup(answer.content, "html.parser")
        loaded = [str(tag.get("src") or tag.get("href")) for tag in soup.select("script, link")]
        assert loaded
        assert all(address.startswith("/") for address in loaded)
        assert not soup.select("[style], [onclick], style")


# --- Required of everybody ------------------------------------------------------------------


@pytest.fixture
def required(app: str) -> None:
    SiteSettings.objects.update(second_step_required=True)


def test_where_all_need_one_she_makes_hers_before_she_is_in(required: None, client: Client) -> None:
    make_role("editor", name="ben")
    assert by_password(client, name="ben")["Location"].startswith(STEP)
    assert not is_in(client)
    assert client.get(STEP)["Location"] == f"{STEP}make/"
    assert "Everybody at this desk needs one" in client.get(f"{STEP}make/").content.decode()
    page = client.get(f"{STEP}app/").content.decode()
    [secret] = re.findall(r"<code class=\"desk-code\">([A-Z2-7 ]+)</code>", page)
    [sealed] = re.findall(r'name="sealed" value="([^"]+)"', page)
    wrong = client.post(f"{STEP}app/", {"sealed": sealed, "code": "000000"})
    assert wrong.status_code == 422
    assert not is_in(client)
    right = {"sealed": sealed, "code": code_at(secret.replace(" ", ""))}
    assert client.post(f"{STEP}app/", right)["Location"] == f"{STEP}codes/"
    assert is_in(client)
    ben = User.objects.get(username="ben")
    codes = client.get(f"{STEP}codes/").content.decode()
    assert all(code in codes for code in factors.codes_left(ben))


def test_whoever_is_in_without_one_is_asked_at_the_next_request(app: str) -> None:
    client = Client()
    client.force_login(make_role("editor", name="ben"))
    assert is_in(client)
    SiteSettings.objects.update(second_step_required=True)
    assert not is_in(client)


def test_a_page_made_for_somebody_else_gives_her_no_app(required: None) -> None:
    """The secret would be known to whoever made the page."""
    first, second = Client(), Client()
    for client, name in ((first, "ben"), (second, "cleo")):
        make_role("editor", name=name)
        by_password(client, name=name)
    page = first.get(f"{STEP}app/").content.decode()
    [secret] = re.findall(r"<code class=\"desk-code\">([A-Z2-7 ]+)</code>", page)
    [sealed] = re.findall(r'name="sealed" value="([^"]+)"', page)
    code = code_at(secret.replace(" ", ""))
    assert second.post(f"{STEP}app/", {"sealed": sealed, "code": code}).status_code == 422
    assert not is_in(second)


# --- The way out ----------------------------------------------------------------------------


def test_the_command_lets_her_in_only_as_far_as_the_second_step(
    owner: User, app: str, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sign_in_link", "ada")
    path = re.findall(r"/admin/welcome/\S+", capsys.readouterr().out)[0]
    client.post(path)
    assert not is_in(client)


def test_told_so_it_takes_the_second_step_away(
    owner: User, app: str, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = Client()
    by_password(elsewhere)
    give_code(elsewhere, code_at(app))
    call_command("sign_in_link", "ada", "--without-second-step")
    path = re.findall(r"/admin/welcome/\S+", capsys.readouterr().out)[0]
    assert not Authenticator.objects.exists()
    assert not is_in(elsewhere)
    client.post(path)
    assert is_in(client)


def test_hostile_words_instead_of_a_passkey_are_none(owner: User, app: str, client: Client) -> None:
    by_password(client)
    for answer in ("x", "[]", "{}", '{"id": 1}', "[" * 9_000, '{"response": {}}', "1" * 30_000):
        assert client.post(STEP, {"again_passkey": answer}).status_code == 422 or answer == "x"
    assert not is_in(client)


def test_an_account_with_two_apps_has_the_last_one(owner: User, app: str) -> None:
    secret = factors.new_app_secret()
    assert factors.add_app(user=owner, secret=secret, code=code_at(secret))
    assert not factors.code_fits(user=owner, code=code_at(app, periods=1))
    assert factors.code_fits(user=owner, code=code_at(secret, periods=1))
