"""Somebody is invited by mail: once, for a week, and looking at the link does nothing."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.desk.models import DeskInvitation
from posts.desk.staff import invitations, roles
from tests.desk.pressing import asked_again_by_now
from tests.desk.staff.steps import PASSWORD, give_app, is_in, make_role

ZOE = {"name": "Zoe", "password": "a fern in the shade"}
TEAM = "/admin/team/"


@pytest.fixture
def path(desk: Client, mailoutbox: list[EmailMessage]) -> str:
    """The owner invited Zoe as an author; the path of the link in the mail."""
    form = {"email": "zoe@letters.example", "role": "author"}
    assert desk.post(f"{TEAM}invite/", form)["Location"] == TEAM
    return path_in(mailoutbox[-1])


def path_in(mail: EmailMessage) -> str:
    [link] = re.findall(r"http\S+/admin/invited/\S+", str(mail.body))
    return urlsplit(str(link)).path


def test_the_mail_says_who_invites_as_what(path: str, mailoutbox: list[EmailMessage]) -> None:
    [mail] = mailoutbox
    assert mail.to == ["zoe@letters.example"]
    assert "ada invites you" in mail.body
    assert "as: Author" in mail.body


def test_the_token_is_kept_nowhere(path: str) -> None:
    token = path.split("/")[-2]
    assert len(token) >= 43
    assert token.encode() not in bytes(DeskInvitation.objects.get().token_hash)


def test_looking_changes_nothing(path: str, client: Client) -> None:
    before = list(DeskInvitation.objects.values())
    assert "zoe@letters.example" in client.get(path).content.decode()
    assert client.head(path).status_code == 200
    assert list(DeskInvitation.objects.values()) == before
    assert User.objects.count() == 1


def test_it_makes_the_account_once(path: str, client: Client) -> None:
    assert client.post(path, ZOE)["Location"] == "/admin/"
    assert is_in(client)
    zoe = User.objects.get(username="zoe@letters.example")
    assert roles.role_key(zoe) == "author"
    assert zoe.check_password(ZOE["password"])
    assert client.get("/admin/subscribers/").status_code == 302
    second = Client()
    assert second.get(path).status_code == 410
    assert second.post(path, ZOE).status_code == 410
    assert User.objects.count() == 2


def test_a_weak_password_is_said_beside_its_field(path: str, client: Client) -> None:
    answer = client.post(path, {"name": "Zoe", "password": "zoe"})
    assert answer.status_code == 422
    assert "too short" in answer.content.decode()
    assert DeskInvitation.objects.get().used_at is None


def test_an_old_one_opens_nothing(path: str, client: Client) -> None:
    DeskInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(path).status_code == 410
    assert client.post(path, ZOE).status_code == 410


def test_one_that_was_taken_back_opens_nothing(path: str, desk: Client, client: Client) -> None:
    desk.post(f"{TEAM}invitations/{DeskInvitation.objects.get().pk}/withdraw/")
    assert client.post(path, ZOE).status_code == 410
    assert not User.objects.filter(username__startswith="zoe").exists()


def test_sent_again_the_first_link_opens_nothing(
    path: str, desk: Client, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    desk.post(f"{TEAM}invitations/{DeskInvitation.objects.get().pk}/again/")
    assert client.get(path).status_code == 410
    assert client.post(path_in(mailoutbox[-1]), ZOE).status_code == 302


def test_of_an_owner_who_is_gone_it_opens_nothing(path: str, owner: User, client: Client) -> None:
    make_role("owner", name="cleo")
    roles.set_role(user=owner, key="author")
    assert client.post(path, ZOE).status_code == 410


def test_whoever_has_an_account_is_not_invited(desk: Client) -> None:
    form = {"email": "ADA", "role": "author"}
    assert desk.post(f"{TEAM}invite/", form).status_code == 422
    make_role("author", name="zoe@letters.example")
    form = {"email": "Zoe@letters.example", "role": "author"}
    assert "There is an account" in desk.post(f"{TEAM}invite/", form).content.decode()


def test_where_all_need_a_second_step_an_invited_one_makes_hers_first(
    path: str, owner: User, client: Client
) -> None:
    give_app(owner)
    SiteSettings.objects.update(second_step_required=True)
    client.post(path, ZOE)
    assert not is_in(client)
    assert client.get("/admin/second-step/")["Location"] == "/admin/second-step/make/"


def test_what_a_mail_server_refuses_waits_and_says_so(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("Connection refused")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    form = {"email": "zoe@letters.example", "role": "author"}
    html = desk.post(f"{TEAM}invite/", form, follow=True).content.decode()
    assert "its mail was not taken" in html
    assert DeskInvitation.objects.get().mailed_at is None


def test_the_owner_is_asked_again_before(desk: Client) -> None:
    asked_again_by_now(desk)
    form = {"email": "zoe@letters.example", "role": "author"}
    answer = desk.post(f"{TEAM}invite/", form)
    assert answer.status_code == 403
    assert not DeskInvitation.objects.exists()
    assert 'value="zoe@letters.example"' in answer.content.decode()  # carried along
    desk.post(f"{TEAM}invite/", {**form, "again": PASSWORD})
    assert DeskInvitation.objects.get().email == "zoe@letters.example"


def test_nobody_accepts_a_role_that_is_gone(site: Foundation, owner: User, client: Client) -> None:
    row, address = invitations.invite(email="zoe@letters.example", role="group:999", by=owner)
    assert client.post(urlsplit(address).path, ZOE).status_code == 410
    assert DeskInvitation.objects.get(pk=row.pk).used_at is None  # and can be sent anew
