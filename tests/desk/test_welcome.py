"""Coming in by a one-time address."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from posts.desk.models import OneTimeAddress
from posts.desk.welcome import AddressSpentError, create_first_owner, issue_one_time_address

GOOD = {"name": "Ada Fern", "email": "ada@letters.example", "password": "a fern in the shade"}

pytestmark = pytest.mark.django_db


def path_of(address: str) -> str:
    return urlsplit(address).path


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- For somebody who has an account ------------------------------------------------------


def test_the_address_is_whole_and_its_token_is_kept_nowhere(ada: User) -> None:
    address = issue_one_time_address(user=ada)
    assert address.startswith(f"{settings.SITE_URL}/admin/welcome/")
    token = path_of(address).split("/")[-2]
    assert len(token) >= 43  # 256 bits
    assert token.encode() not in bytes(OneTimeAddress.objects.get().token_hash)


def test_looking_signs_nobody_in_and_spends_nothing(ada: User, client: Client) -> None:
    path = path_of(issue_one_time_address(user=ada))
    assert b"Sign in" in client.get(path).content
    assert not signed_in(client)
    assert OneTimeAddress.objects.get().used_at is None


def test_the_press_signs_in_once(ada: User, client: Client) -> None:
    path = path_of(issue_one_time_address(user=ada))
    assert client.post(path)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    second = Client()
    response = second.post(path)
    assert response.status_code == 410
    assert "uv run manage.py prepare" in response.content.decode()
    assert not signed_in(second)


def test_a_press_without_the_forms_token_is_refused(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(path_of(issue_one_time_address(user=ada))).status_code == 403
    assert OneTimeAddress.objects.get().used_at is None


def test_an_old_address_is_spent(ada: User, client: Client) -> None:
    path = path_of(issue_one_time_address(user=ada, minutes=60))
    OneTimeAddress.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert not signed_in(client)


def test_an_invented_address_says_the_same(client: Client) -> None:
    assert client.get("/admin/welcome/perhaps-this-one/").status_code == 410


def test_an_account_that_was_closed_stays_closed(ada: User, client: Client) -> None:
    path = path_of(issue_one_time_address(user=ada))
    User.objects.update(is_active=False)
    assert client.post(path).status_code == 410


def test_the_page_is_not_kept_by_caches(ada: User, client: Client) -> None:
    assert "no-store" in client.get(path_of(issue_one_time_address(user=ada)))["Cache-Control"]


# --- For the first owner ------------------------------------------------------------------


def test_the_form_makes_the_owner_and_signs_her_in(client: Client) -> None:
    path = path_of(issue_one_time_address())
    assert b"Set up your desk" in client.get(path).content
    assert not User.objects.exists()
    assert client.post(path, GOOD)["Location"] == "/admin/"
    owner = User.objects.get()
    assert (owner.username, owner.first_name) == ("ada@letters.example", "Ada Fern")
    assert owner.is_superuser
    assert owner.check_password(GOOD["password"])
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password": "short"}, "too short"),
        ({"password": "password1234"}, "too common"),
        ({"password": "ada@letters.example"}, "too similar"),
        ({"email": "ada"}, "valid email address"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_the_address_still_works(
    client: Client, changed: dict[str, str], words: str
) -> None:
    path = path_of(issue_one_time_address())
    response = client.post(path, {**GOOD, **changed})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not User.objects.exists()
    assert client.post(path, GOOD).status_code == 302


def test_once_there_is_an_owner_nobody_becomes_one(client: Client, ada: User) -> None:
    path = path_of(issue_one_time_address())
    assert client.get(path).status_code == 410
    assert client.post(path, GOOD).status_code == 410
    assert User.objects.count() == 1


def test_of_two_open_addresses_one_makes_an_owner() -> None:
    issue_one_time_address()
    issue_one_time_address()
    first, second = OneTimeAddress.objects.all()
    create_first_owner(first, name="Ada", email="ada@letters.example", password="x")
    with pytest.raises(AddressSpentError):
        create_first_owner(second, name="Bo", email="bo@letters.example", password="x")
    assert User.objects.count() == 1
