"""Where she is signed in, told and ended; and a mail about a device that is new."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from posts.desk import tasks
from posts.desk.models import DeskSession
from posts.desk.sessions import stored
from posts.desk.staff import sittings
from tests.desk.staff.steps import PASSWORD, by_password, is_in, make_role, signed_in_as

PAGE = "/admin/my-sign-in/"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
COMPUTER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, ("Safari", "iPhone")),
        (COMPUTER, ("Edge", "Windows")),
        ("", ("", "")),
        ("x", ("", "")),
    ],
)
def test_a_device_is_told_in_words(agent: str, words: tuple[str, str]) -> None:
    request = HttpRequest()
    request.META["HTTP_USER_AGENT"] = agent
    assert sittings.device_words(request) == words


def test_each_place_is_listed_without_an_address(owner: User) -> None:
    here, there = Client(headers={"user-agent": COMPUTER}), Client(headers={"user-agent": PHONE})
    by_password(here)
    by_password(there)
    html = here.get(PAGE).content.decode()
    assert "Edge on Windows" in html
    assert "Safari on iPhone" in html
    assert "this one" in html
    kept = str(list(DeskSession.objects.values()))
    assert "127.0.0.1" not in kept
    assert "Mozilla" not in kept


def test_she_ends_one_and_it_is_out(owner: User) -> None:
    here, there = Client(), Client()
    by_password(here)
    by_password(there)
    row = DeskSession.objects.order_by("pk").last()
    assert row is not None
    here.post(f"{PAGE}sessions/{row.pk}/end/")
    assert is_in(here)
    assert not is_in(there)
    assert DeskSession.objects.count() == 1


def test_nobody_ends_somebody_elses(owner: User) -> None:
    hers = signed_in_as(owner)
    stranger = signed_in_as(make_role("author"))
    row = DeskSession.objects.get(user=owner)
    stranger.post(f"{PAGE}sessions/{row.pk}/end/")
    stranger.post(f"{PAGE}sessions/end/")
    assert is_in(hers)


def test_she_ends_all_others(owner: User) -> None:
    clients = [signed_in_as(owner) for _ in range(3)]
    clients[0].post(f"{PAGE}sessions/end/")
    assert [is_in(client) for client in clients] == [True, False, False]


def test_a_new_password_ends_all_others_and_keeps_this_one(owner: User) -> None:
    here, there = signed_in_as(owner), signed_in_as(owner)
    form = {
        "name_email-first_name": "Ada",
        "name_email-last_name": "",
        "name_email-email": owner.email,
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "password-old_password": PASSWORD,
        "password-new_password1": "stones in a brook",
        "password-new_password2": "stones in a brook",
    }
    assert here.post("/admin/account/", form).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    [row] = DeskSession.objects.all()
    assert row.key == stored(here.session.session_key or "")


def test_somebody_with_one_name_saves_her_account(owner: User) -> None:
    here = signed_in_as(owner)
    form = {
        "name_email-first_name": "Ada",
        "name_email-last_name": "",
        "name_email-email": owner.email,
        "theme-theme": "dark",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    assert here.post("/admin/account/", form).status_code == 302
    owner.refresh_from_db()
    assert (owner.first_name, owner.last_name) == ("Ada", "")


def test_a_session_that_ended_is_forgotten(owner: User) -> None:
    client = signed_in_as(owner)
    client.session.flush()
    tasks.forget_ways_in()
    assert not DeskSession.objects.exists()


# --- A new device ---------------------------------------------------------------------------


@pytest.fixture
def known(owner: User) -> User:
    """An account that is not of this minute."""
    User.objects.update(date_joined=timezone.now() - timedelta(days=30))
    owner.refresh_from_db()
    return owner


def test_a_device_that_never_came_is_told_of_by_mail_once(
    known: User, mailoutbox: list[EmailMessage]
) -> None:
    client = Client(headers={"user-agent": PHONE})
    by_password(client)
    assert not mailoutbox  # a worker writes it
    tasks.mail_password_resets()
    tasks.mail_password_resets()
    [mail] = mailoutbox
    assert mail.to == [known.email]
    assert "Safari on iPhone" in mail.body
    assert "/admin/my-sign-in/" in mail.body


def test_one_that_came_before_is_not(known: User, mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    by_password(client)
    tasks.mail_password_resets()
    client.post("/admin/logout/")
    by_password(client)
    tasks.mail_password_resets()
    assert len(mailoutbox) == 1


def test_an_account_that_was_just_made_has_nobody_to_warn(
    owner: User, mailoutbox: list[EmailMessage]
) -> None:
    by_password(Client())
    tasks.mail_password_resets()
    assert mailoutbox == []
