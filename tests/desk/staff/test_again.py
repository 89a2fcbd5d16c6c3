"""The password, or a passkey, is asked for again before what a stolen session must not do."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from posts.content.actions import Foundation
from posts.desk.again import GRACE
from posts.desk.typed_secrets import KEPT
from subscribers.models import Subscriber
from tests.desk.pressing import asked_again_by_now
from tests.desk.staff.steps import PASSWORD
from tests.factories import make_subscriber


@pytest.fixture
def reader(site: Foundation) -> Subscriber:
    return make_subscriber(site.newsletter, address="marit@example.org")


@pytest.fixture
def asked(desk: Client) -> Client:
    asked_again_by_now(desk)
    return desk


def paths(reader: Subscriber, site: Foundation) -> list[tuple[str, dict[str, str]]]:
    """What is asked for again, each with what its button posts."""
    return [
        (f"/admin/subscribers/{reader.pk}/erase/", {"address": reader.email}),
        (f"/admin/imports/{site.newsletter.pk}/subscribers.csv", {}),
        ("/admin/subscribers/bring/", {"people": "ben@example.org"}),
        ("/admin/subscribers/bulk/", {"verb": "export"}),
        ("/admin/subscribers/bulk/", {"verb": "erase", "who": "all", "sure": "1"}),
        ("/admin/way-out/", {"kind": "outbox", "to": "ada@letters.example"}),
        ("/admin/team/invite/", {"email": "zoe@letters.example", "role": "author"}),
        ("/admin/team/second-step/", {"required": "no"}),
        ("/admin/groups/new/", {"name": "Others"}),
        ("/admin/take-along/ask/", {}),
        ("/admin/take-along/fetch/", {}),
        ("/admin/second-step/codes/", {"new": "1"}),
        ("/admin/account/", {"name_email-email": "thief@evil.example"}),
    ]


def test_nothing_of_it_is_done_before(
    asked: Client, owner: User, reader: Subscriber, site: Foundation
) -> None:
    for path, form in paths(reader, site):
        answer = asked.post(path, form)
        assert answer.status_code == 403, path
        assert "Is it you?" in answer.content.decode()
        assert asked.post(path, {**form, "again": "a guess"}).status_code in (403, 429)
    assert Subscriber.objects.filter(pk=reader.pk).exists()
    owner.refresh_from_db()
    assert owner.email == "ada@letters.example"


def test_with_the_password_it_is_done_and_what_was_typed_is_not_lost(
    asked: Client, reader: Subscriber
) -> None:
    path = f"/admin/subscribers/{reader.pk}/erase/"
    page = asked.post(path, {"address": reader.email}).content.decode()
    assert f'value="{reader.email}"' in page
    asked.post(path, {"address": reader.email, "again": PASSWORD})
    assert not Subscriber.objects.filter(pk=reader.pk).exists()


def test_then_not_again_for_some_minutes(
    asked: Client, site: Foundation, reader: Subscriber
) -> None:
    path = f"/admin/imports/{site.newsletter.pk}/subscribers.csv"
    assert asked.post(path, {"again": PASSWORD}).status_code == 200
    assert asked.post(path).status_code == 200
    session = asked.session
    session["asked_again_at"] = (timezone.now() - GRACE - timedelta(seconds=1)).timestamp()
    session.save()
    assert asked.post(path).status_code == 403


def test_a_clock_that_was_set_back_opens_nothing(asked: Client, site: Foundation) -> None:
    session = asked.session
    session["asked_again_at"] = (timezone.now() + timedelta(days=1)).timestamp()
    session.save()
    assert asked.post(f"/admin/imports/{site.newsletter.pk}/subscribers.csv").status_code == 403


def test_a_page_that_is_looked_at_comes_after(asked: Client) -> None:
    path = "/admin/second-step/make/"
    page = asked.get(path).content.decode()
    assert "Is it you?" in page
    answer: Any = asked.post(path, {"again_looked": "1", "again": PASSWORD})
    assert answer["Location"] == path
    assert "An app that shows codes" in asked.get(path).content.decode()


# --- Passwords and keys that were typed before --------------------------------------------------

NEW = {
    "name_email-email": "ada@elsewhere.example",
    "name_email-first_name": "Ada",
    "locale-preferred_language": "en",
    "locale-current_time_zone": "UTC",
    "theme-theme": "system",
    "theme-density": "default",
    "theme-contrast": "system",
    "theme-keyboard_shortcuts": "on",
    "password-old_password": PASSWORD,
    "password-new_password1": "a walk in the fog",
    "password-new_password2": "a walk in the fog",
}


def fields(page: bytes) -> dict[str, str]:
    """What the form for the password would post."""
    form = BeautifulSoup(page, "html.parser").select_one("form.desk-again")
    assert form is not None
    hidden = form.select("input[type=hidden]")
    return {str(field["name"]): str(field.get("value", "")) for field in hidden}


def test_what_was_typed_as_a_password_stands_in_no_page_and_is_not_lost(
    asked: Client, owner: User
) -> None:
    page = asked.post("/admin/account/", NEW).content
    assert PASSWORD.encode() not in page
    assert b"fog" not in page
    page = asked.post("/admin/account/", {**fields(page), "again": "a guess"}).content
    assert b"fog" not in page
    assert not any("fog" in str(row.get_decoded()) for row in Session.objects.all())
    asked.post("/admin/account/", {**fields(page), "again": PASSWORD})
    owner.refresh_from_db()
    assert owner.email == "ada@elsewhere.example"
    assert owner.check_password("a walk in the fog")


@pytest.mark.parametrize("lost", ["late", "another tab", "something else"])
def test_half_of_a_form_is_not_taken_for_the_whole(asked: Client, owner: User, lost: str) -> None:
    typed = fields(asked.post("/admin/account/", NEW).content)
    if lost == "late":
        session = asked.session
        session["typed_secrets"]["at"] -= KEPT.total_seconds()
        session.save()
    elif lost == "another tab":
        asked.post("/admin/account/", NEW)
    else:
        typed["name_email-email"] = "thief@evil.example"
    answer = asked.post("/admin/account/", {**typed, "again": PASSWORD}, follow=True)
    assert "type it once more" in answer.content.decode()
    owner.refresh_from_db()
    assert owner.email == "ada@letters.example"
    assert owner.check_password(PASSWORD)
