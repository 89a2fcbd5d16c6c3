"""The desk's screens of other programs: tokens, and who is told what."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from posts.delivery.webhooks import actions
from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from posts.desk import again
from posts.desk.programs import tokens
from posts.desk.programs.models import ProgramToken

PROGRAMS, TOLD = "/admin/programs/", "/admin/told/"
PASSWORD = {"again": "rest is part of work"}


@pytest.fixture(autouse=True)
def _asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "GRACE", timedelta(0))


def test_a_token_is_made_after_the_password_and_shown_once(desk: Client) -> None:
    sent = {"name": "Shop", "scopes": ["posts:read", "mail"]}
    assert desk.post(PROGRAMS, sent).status_code == 403
    assert not ProgramToken.objects.exists()
    page = desk.post(PROGRAMS, {**sent, **PASSWORD})
    (text,) = re.findall(r"passalong_[\w-]{43}", page.content.decode())
    assert "no-store" in page["Cache-Control"]
    token = tokens.find(text)
    assert token is not None
    assert token.scopes == ["posts:read", "mail"]
    again = desk.get(PROGRAMS).content.decode()
    assert "Shop" in again
    assert text not in again
    log = desk.get("/admin/log/").content.decode()
    assert "Made a token for another program" in log


def test_a_token_without_a_purpose_is_not_made(desk: Client) -> None:
    page = desk.post(PROGRAMS, {"name": "Shop", **PASSWORD})
    assert page.status_code == 422
    assert "Tick what it is for" in page.content.decode()
    assert not ProgramToken.objects.exists()


def test_a_token_is_revoked(desk: Client, owner: User) -> None:
    token, text = tokens.make(name="Shop", scopes=["mail"], by=owner)
    desk.post(f"{PROGRAMS}{token.pk}/revoke/", PASSWORD)
    assert tokens.find(text) is None
    assert "Shop" not in desk.get(PROGRAMS).content.decode().split("Tokens")[1]


@pytest.fixture
def endpoint(owner: User) -> WebhookEndpoint:
    return actions.add_endpoint(
        url="https://shop.example/told", events=["post.published"], with_address=False, by="ada"
    )[0]


def test_an_address_is_added_after_the_password_and_its_secret_shown_once(desk: Client) -> None:
    sent = {"url": "https://shop.example/told", "events": ["subscriber.created"]}
    assert desk.post(TOLD, sent).status_code == 403
    page = desk.post(TOLD, {**sent, **PASSWORD}).content.decode()
    (secret,) = re.findall(r"whsec_[\w+/=]+", page)
    assert secret not in desk.get(TOLD).content.decode()
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.events == ["subscriber.created"]
    assert not endpoint.with_address
    assert secret not in endpoint.sealed


def test_an_address_that_cannot_be_told_anything_is_refused(desk: Client) -> None:
    sent = {"url": "http://shop.example/", "events": ["subscriber.created"], **PASSWORD}
    assert desk.post(TOLD, sent).status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_what_it_is_told_is_changed_tried_switched_off_and_forgotten(
    desk: Client, endpoint: WebhookEndpoint
) -> None:
    place = f"{TOLD}{endpoint.pk}/"
    sent = {"url": endpoint.url, "events": ["mailing.finished"], "with_address": "on"}
    desk.post(place, {**sent, **PASSWORD})
    endpoint.refresh_from_db()
    assert (endpoint.events, endpoint.with_address) == (["mailing.finished"], True)
    desk.post(f"{place}try/", PASSWORD)
    message = WebhookMessage.objects.get()
    assert "Waits." in desk.get(place).content.decode()
    WebhookMessage.objects.update(due_at=None, problem="slow", attempts=10)
    page = desk.get(place).content.decode()
    assert "There was no answer in time. It is not tried again." in page
    assert "Send again what it missed" in page
    desk.post(reverse("desk:message_again", args=[message.pk]))
    assert WebhookMessage.objects.get().due_at is not None
    desk.post(f"{place}switch/", PASSWORD)
    assert "it is told nothing" in desk.get(place).content.decode()
    desk.post(f"{place}delete/", PASSWORD)
    assert not WebhookEndpoint.objects.exists()


def test_nobody_but_an_owner_comes_here(editor: Client, endpoint: WebhookEndpoint) -> None:
    for address in (PROGRAMS, TOLD, f"{TOLD}{endpoint.pk}/"):
        assert editor.get(address)["Location"] == "/admin/"
        assert editor.post(address, PASSWORD)["Location"] == "/admin/"


def test_settings_lead_there(desk: Client) -> None:
    page = desk.get("/admin/setup/").content.decode()
    assert PROGRAMS in page
    assert TOLD in page
