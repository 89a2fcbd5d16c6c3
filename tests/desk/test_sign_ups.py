"""The switch that pauses sign-ups while a flood lasts, and the link sent from a person's page."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from posts.content.actions import Foundation
from subscribers import tasks, waiting
from subscribers.limits import sign_up_mode
from subscribers.limits.models import DoorSetting
from subscribers.models import Subscriber
from subscribers.preferences.models import Change
from tests.factories import make_subscriber
from tests.subscribers.limits.asking import ask, solved

SCREEN = "/admin/sign-ups/"


@pytest.fixture
def reader(site: Foundation) -> Subscriber:
    return make_subscriber(site.newsletter, address="ada@example.org")


# --- The switch -----------------------------------------------------------------------------


def test_a_pause_is_kept_with_who_and_when_and_said_on_the_dashboard(
    desk: Client, owner: User
) -> None:
    assert "Change it" not in desk.get("/admin/").text
    desk.post(SCREEN, {"mode": "closed"})
    row = DoorSetting.objects.get()
    assert (row.mode, row.by) == ("closed", owner.username)
    assert "Nobody can sign up for now" in desk.get("/admin/").text
    assert f"by {owner.username}" in desk.get(SCREEN).text
    desk.post(SCREEN, {"mode": "open"})
    assert sign_up_mode.mode() == sign_up_mode.Mode.OPEN
    assert "Change it" not in desk.get("/admin/").text


def test_pressed_twice_it_is_noted_once(desk: Client) -> None:
    for _ in range(2):
        desk.post(SCREEN, {"mode": "proven"})
    desk.post(SCREEN, {"mode": "nonsense"})
    assert DoorSetting.objects.count() == 1
    answer = desk.post(SCREEN, {})
    assert answer.status_code == 422
    assert "Choose one of these" in answer.content.decode()


def test_only_who_may_change_settings_may_pause(editor: Client) -> None:
    assert editor.post(SCREEN, {"mode": "closed"})["Location"] == "/admin/"
    assert not DoorSetting.objects.exists()


def test_while_it_is_shut_the_form_asks_kindly_to_come_back(site: Foundation) -> None:
    sign_up_mode.set_mode(mode=sign_up_mode.Mode.CLOSED, by="ada")
    page = Client().get("/subscribe/")
    assert page.status_code == 200
    assert "Please come back in a day or two" in page.text
    answer = ask("new@example.org", proof=solved())
    assert answer.status_code == 503
    assert "Please come back in a day or two" in answer.text
    waiting.take_all_up()
    assert not Subscriber.objects.exists()


def test_while_it_is_shut_readers_links_work_on(reader: Subscriber) -> None:
    sign_up_mode.set_mode(mode=sign_up_mode.Mode.CLOSED, by="ada")
    Client().post("/preferences/", {"email": reader.address})
    tasks.mail_what_is_due()
    assert [message.to for message in mail.outbox] == [[reader.address]]


def test_a_proof_can_be_required_while_a_flood_lasts(site: Foundation) -> None:
    sign_up_mode.set_mode(mode=sign_up_mode.Mode.PROVEN, by="ada")
    refused = ask("new@example.org")
    assert refused.status_code == 503
    assert "browsers that run scripts" in refused.text
    assert 'value="new@example.org"' in refused.text
    assert ask("new@example.org", proof=solved()).status_code == 200
    waiting.take_all_up()
    assert Subscriber.objects.count() == 1


# --- The link -------------------------------------------------------------------------------


def test_somebody_is_sent_the_link_to_her_own_page(
    desk: Client, owner: User, reader: Subscriber
) -> None:
    page = desk.post(f"/admin/subscribers/{reader.pk}/link/", follow=True).content.decode()
    assert "A mail with the link goes to ada@example.org now" in page
    tasks.mail_what_is_due()
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    noted = Change.objects.get()
    assert (noted.what, noted.by) == ("link", owner.username)


def test_pressed_again_at_once_nothing_more_is_sent(desk: Client, reader: Subscriber) -> None:
    for _ in range(2):
        answer = desk.post(f"/admin/subscribers/{reader.pk}/link/", follow=True)
        tasks.mail_what_is_due()
    assert "Nothing was sent to ada@example.org" in answer.content.decode()
    assert len(mail.outbox) == Change.objects.count() == 1


def test_looking_sends_nothing_and_an_editor_may_not(
    desk: Client, editor: Client, reader: Subscriber
) -> None:
    address = f"/admin/subscribers/{reader.pk}/link/"
    assert desk.get(address).status_code == 405
    assert editor.post(address)["Location"] == "/admin/"
    tasks.mail_what_is_due()
    assert not mail.outbox
