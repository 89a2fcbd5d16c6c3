"""Strangers who guess are slowed; the owner, on a device of hers, notices nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.test import Client

from posts.desk import devices
from posts.desk.throttle import LIMITS, OF_A_DEVICE, AttemptKind, wait_before

pytestmark = pytest.mark.django_db
PASSWORD = "rest is part of work"
A_QUARTER = 15 * 60
MOST = LIMITS[AttemptKind.SIGN_IN].account[0].most


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", "ada@letters.example", PASSWORD)


def try_in(client: Client, password: str = "perhaps", *, name: str = "ada", ip: str = "") -> Any:
    client.defaults["REMOTE_ADDR"] = ip or "127.0.0.1"
    return client.post("/admin/login/", {"username": name, "password": password})


def by_strangers(times: int, *, name: str = "ada") -> list[int]:
    """Each from an address and a network of its own."""
    return [
        try_in(Client(), name=name, ip=f"198.{n // 250}.{n % 250}.7").status_code
        for n in range(times)
    ]


def test_an_account_that_many_try_is_closed_to_strangers_for_a_while(ada: User) -> None:
    assert by_strangers(MOST) == [200] * MOST
    answer = try_in(Client(), PASSWORD, ip="203.0.113.9")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= A_QUARTER
    text = answer.content.decode()
    assert "too many tries" in text
    assert "let you in at once with a link" in text
    assert "_auth_user_id" not in answer.wsgi_request.session


def test_a_name_that_nobody_has_is_answered_alike(ada: User) -> None:
    assert by_strangers(MOST + 1, name="nobody") == by_strangers(MOST + 1)


def test_no_password_is_hashed_once_one_has_to_wait(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_strangers(MOST)

    def asked(*_: Any, **__: Any) -> None:
        pytest.fail("looked at the password")

    monkeypatch.setattr("django.contrib.auth.forms.authenticate", asked)
    assert by_strangers(1) == [429]


def test_a_machine_that_tries_many_accounts_has_to_wait(ada: User) -> None:
    most = LIMITS[AttemptKind.SIGN_IN].address[0].most
    codes = [try_in(Client(), name=f"name{n}", ip="198.51.100.7").status_code for n in range(most)]
    assert codes == [200] * most
    assert try_in(Client(), name="another", ip="198.51.100.7").status_code == 429
    assert try_in(Client(), name="another", ip="198.51.100.8").status_code == 200


def test_so_has_a_network(ada: User) -> None:
    most = LIMITS[AttemptKind.SIGN_IN].network[0].most
    for n in range(most):
        try_in(Client(), name=f"name{n}", ip=f"198.51.100.{n}")
    assert try_in(Client(), name="another", ip="198.51.100.250").status_code == 429


def test_whoever_is_cut_off_by_address_uses_up_no_tries_of_the_account(ada: User) -> None:
    for n in range(LIMITS[AttemptKind.SIGN_IN].address[0].most):
        try_in(Client(), name=f"name{n}", ip="198.51.100.7")
    for _ in range(MOST):
        assert try_in(Client(), ip="198.51.100.7").status_code == 429
    assert try_in(Client(), PASSWORD, ip="203.0.113.9").status_code == 302


def test_a_device_from_which_she_signed_in_before_is_never_locked_out(ada: User) -> None:
    hers = Client()
    assert try_in(hers, PASSWORD).status_code == 302
    hers.post("/admin/logout/")
    by_strangers(MOST + 5)
    for _ in range(LIMITS[AttemptKind.SIGN_IN].address[0].most):  # and from her own network
        try_in(Client(), name="x")
    assert try_in(Client(), PASSWORD, ip="203.0.113.9").status_code == 429
    assert try_in(hers, "mistyped").status_code == 200
    assert try_in(hers, PASSWORD).status_code == 302


def test_a_stolen_device_guesses_no_faster(ada: User) -> None:
    stolen = Client()
    try_in(stolen, PASSWORD)
    stolen.post("/admin/logout/")
    codes = [try_in(stolen).status_code for _ in range(OF_A_DEVICE[0].most + MOST)]
    assert 429 not in codes[: OF_A_DEVICE[0].most - 1]
    assert codes[-1] == 429


def test_the_cookie_is_for_the_desk_alone_and_names_nobody(ada: User) -> None:
    client = Client()
    try_in(client, PASSWORD)
    cookie = client.cookies[devices.COOKIE]
    assert cookie["path"] == "/admin/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    said = signing.loads(cookie.value, salt=devices._SALT)
    assert not {"ada", ada.pk, str(ada.pk)} & set(said)
    alone = Client(headers={"cookie": f"{devices.COOKIE}={cookie.value}"})
    assert alone.get("/admin/").status_code == 302


@pytest.mark.parametrize("value", ["", "x", "W10:1:x", "a:b:c", "é" * 50, "x" * 4_000])
def test_a_cookie_that_we_did_not_make_is_none(ada: User, value: str) -> None:
    request = HttpRequest()
    request.COOKIES[devices.COOKIE] = value
    assert devices.device_of(request, "ada") == ""


def test_a_device_of_one_account_is_none_of_another(ada: User) -> None:
    client = Client()
    try_in(client, PASSWORD)
    request = HttpRequest()
    request.COOKIES[devices.COOKIE] = client.cookies[devices.COOKIE].value
    assert devices.device_of(request, "ADA")
    assert devices.device_of(request, "ben") == ""


def test_readers_get_no_cookie_and_none_who_only_looks(site: object, client: Client) -> None:
    for path in ("/", "/archive/", "/subscribe/", "/admin/login/"):
        assert devices.COOKIE not in client.get(path).cookies


def test_links_that_open_nothing_are_counted_and_right_ones_never_refused(ada: User) -> None:
    from posts.desk.welcome import issue_one_time_address

    client = Client()
    codes = [client.get(f"/admin/welcome/guess{n}/").status_code for n in range(40)]
    assert codes[0] == 410
    assert codes[-1] == 429
    assert client.get("/admin/password_reset/confirm/Mg/x-y/").status_code == 429
    right = issue_one_time_address(user=ada).removeprefix("http://localhost:8000")
    assert client.get(right).status_code == 200


def test_the_function_knows_no_view() -> None:
    """Whoever signs in another way one day asks the same."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "192.0.2.1"
    waits = [
        wait_before(request, kind=AttemptKind.SIGN_IN, account=" Ada ") for _ in range(MOST + 1)
    ]
    assert waits[:-1] == [0] * MOST
    assert waits[-1] > 0
    other = HttpRequest()
    other.META["REMOTE_ADDR"] = "203.0.113.1"
    assert wait_before(other, kind=AttemptKind.SIGN_IN, account="ada") > 0
    assert wait_before(other, kind=AttemptKind.SIGN_IN, account="ben") == 0
