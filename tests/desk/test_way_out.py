"""How mail leaves, chosen at the desk: by its owner alone, tried before it counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.delivery.models import Mailing
from posts.delivery.transports import current
from posts.delivery.transports import records as dns_records
from posts.delivery.transports.esp.transport import Esp
from posts.delivery.way_out.models import WayOut
from posts.delivery.way_out.queries import email_url
from tests.delivery.making import make_mailing
from tests.desk.pressing import asked_again_by_now
from tests.factories import make_member
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db

PAGE = "/admin/way-out/"
OWN = "rest is part of work"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_URL, settings.DATA_DIR = "", tmp_path
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


def server(at: int, **other: object) -> dict[str, object]:
    """What she types for a mail server on this machine."""
    typed = {"kind": "smtp", "host": "127.0.0.1", "port": at, "security": "smtp", "user": ""}
    return {**typed, "to": "ada@letters.example", "again": OWN, **other}


def account(**other: object) -> dict[str, object]:
    """What she types for a provider, whose API is at a port of this machine that says nothing."""
    return {"kind": "mailgun", "place": "letters.example", "to": "ada@letters.example", **other}


def said(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


# --- Tried, then saved ----------------------------------------------------------------------


def test_it_is_saved_once_a_test_letter_to_herself_was_taken(desk: Client, sink: Sink) -> None:
    shown = desk.post(PAGE, server(sink.port), follow=True)
    assert "took a test letter for ada@letters.example" in said(shown)
    assert sink.addresses == ["ada@letters.example"]
    assert sink.parsed()[0]["Subject"] == "A test letter: mail leaves your site"
    assert current().describe() == f"the mail server 127.0.0.1:{sink.port}"


def test_what_the_server_says_against_it_is_shown_and_nothing_is_saved(desk: Client) -> None:
    refusal = "550 5.7.1 letters@localhost is nobody here"
    with Sink(mail=refusal) as sink:
        response = desk.post(PAGE, server(sink.port))
    assert response.status_code == 422
    assert "5.7.1 letters@localhost is nobody here" in said(response)
    assert not WayOut.objects.exists()


def test_a_server_that_does_not_answer_is_said_so(desk: Client) -> None:
    response = desk.post(PAGE, server(free_port()))
    assert "We couldn&#x27;t reach the mail server" in said(response)
    assert current().name == "outbox"


def test_letters_may_also_stay_here_and_then_nobody_is_tried(desk: Client) -> None:
    shown = desk.post(
        PAGE, {"kind": "outbox", "to": "ada@letters.example", "again": OWN}, follow=True
    )
    assert "Letters stay on this machine" in said(shown)
    assert email_url() == "outbox:"
    assert WayOut.objects.exists()


def test_what_is_going_out_pauses_and_she_is_told(desk: Client, sink: Sink) -> None:
    mailing = make_mailing(2)
    shown = desk.post(PAGE, server(sink.port), follow=True)
    assert "A mailing was going out. It waits now" in said(shown)
    assert Mailing.objects.get(pk=mailing.pk).state == "paused"


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"host": ""}, "Write the name of the mail server"),
        ({"host": "smtp.example.org/inbox"}, "That is no name of a server"),
        ({"host": "me@example.org"}, "That is no name of a server"),
        ({"port": "lots"}, "Write a number, such as 587"),
        ({"user": "ada"}, "This one is needed"),
        ({"kind": "pigeon"}, "Select a valid choice"),
        ({"to": "nobody"}, "Enter a valid email address"),
    ],
)
def test_what_is_typed_wrongly_is_named_and_nobody_is_tried(
    typed: dict[str, object], complaint: str, desk: Client, sink: Sink
) -> None:
    response = desk.post(PAGE, server(sink.port, **typed))
    assert response.status_code == 422
    assert complaint in said(response)
    assert not sink.addresses
    assert not WayOut.objects.exists()


# --- Passwords ------------------------------------------------------------------------------


def test_her_own_password_is_asked_again_and_guessing_it_is_slowed_down(
    desk: Client, sink: Sink
) -> None:
    asked_again_by_now(desk)
    for _ in range(10):
        response = desk.post(PAGE, server(sink.port, again="a guess"))
        assert "not the password of this account" in said(response)
    right = desk.post(PAGE, server(sink.port))
    assert "too many tries" in said(right)
    assert not WayOut.objects.exists()


def test_an_account_without_a_password_makes_one_first(site: Foundation, sink: Sink) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("eve", "eve@letters.example"))
    assert "/admin/make-own/" in said(client.get(PAGE))
    asked_again_by_now(client)
    client.post(PAGE, server(sink.port, again=""))
    assert not WayOut.objects.exists()


@pytest.mark.parametrize("member", ["Editors", "Moderators"])
def test_only_an_owner_may_see_or_change_it(member: str, site: Foundation, sink: Sink) -> None:
    client = Client()
    client.force_login(make_member("ben", group=member))
    assert client.get(PAGE).status_code != 200
    client.post(PAGE, server(sink.port))
    assert not WayOut.objects.exists()


def test_a_saved_password_is_never_shown_and_stays_for_the_same_account(desk: Client) -> None:
    with Sink(user="ada", password="between us") as sink:
        desk.post(PAGE, server(sink.port, user="ada", password="between us"))
        before = email_url()
        assert "between us" not in said(desk.get(PAGE))
        again = desk.post(PAGE, server(sink.port, user="ada", password=""))
    assert again.status_code == 302
    assert email_url() == before


def mark_in(response: object) -> str:
    """By which the page knows what was typed before."""
    field = BeautifulSoup(said(response), "html.parser").select_one("[name=typed_before]")
    return str(field["value"]) if field else ""


def test_the_server_s_password_stands_in_no_page_while_something_is_asked_or_mended(
    desk: Client,
) -> None:
    asked_again_by_now(desk)
    with Sink(user="ada", password="between us") as sink:
        typed = server(sink.port, user="ada", password="between us", to="nobody")
        asked = desk.post(PAGE, {**typed, "again": ""})
        emptied = {**typed, "password": ""}
        wrong = desk.post(PAGE, {**emptied, "typed_before": mark_in(asked)})
        assert wrong.status_code == 422
        mended = {**emptied, "to": "ada@letters.example", "typed_before": mark_in(wrong)}
        done = desk.post(PAGE, mended)
        assert "between us" not in said(asked) + said(wrong) + said(done)
        assert done.status_code == 302
        assert sink.addresses == ["ada@letters.example"]


@pytest.mark.parametrize("elsewhere", [{"host": "localhost"}, {"user": "eve"}])
def test_another_server_or_user_is_not_told_what_was_typed_just_now(
    elsewhere: dict[str, object], desk: Client
) -> None:
    with Sink(user="ada", password="between us") as sink:
        typed = server(sink.port, user="ada", password="between us", to="nobody")
        del typed["again"]
        mark = mark_in(desk.post(PAGE, typed))
        moved = {**typed, "password": "", "to": "ada@letters.example", "typed_before": mark}
        response = desk.post(PAGE, {**moved, **elsewhere})
        assert response.status_code == 422
        assert sink.addresses == []


@pytest.mark.parametrize("elsewhere", [{"host": "localhost"}, {"user": "eve"}])
def test_another_server_or_user_is_not_told_the_saved_password(
    elsewhere: dict[str, object], desk: Client
) -> None:
    with Sink(user="ada", password="between us") as sink:
        desk.post(PAGE, server(sink.port, user="ada", password="between us"))
        before, had = email_url(), len(sink.addresses)
        typed = server(sink.port, **{"user": "ada", **elsewhere})
        response = desk.post(PAGE, typed)
        assert "it was saved for another server or account" in said(response)
        assert len(sink.addresses) == had
    assert email_url() == before


def test_after_another_secret_key_it_is_to_be_entered_again(
    desk: Client, sink: Sink, settings: Settings, owner: User
) -> None:
    desk.post(PAGE, server(sink.port))
    settings.SECRET_KEY = "another one"
    desk.force_login(owner)
    shown = said(desk.get(PAGE))
    assert "No mail leaves" in shown
    assert 'value="127.0.0.1"' in shown  # what was no secret is still there
    with pytest.raises(ImproperlyConfigured):
        current()
    desk.post(PAGE, server(sink.port))
    assert current().name == "smtp"


# --- The environment, providers, and the DNS --------------------------------------------------


def test_the_environment_counts_more_and_the_screen_says_so(
    desk: Client, sink: Sink, settings: Settings
) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org"
    shown = said(desk.post(PAGE, server(sink.port)))
    assert "which counts more than this screen" in shown
    assert 'name="again"' not in shown
    assert not WayOut.objects.exists()


def test_a_provider_is_tried_where_it_lives_and_keeps_its_key_for_that_account(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posts.desk.views.way_out._tried", lambda transport, to: "")
    desk.post(PAGE, account(key="key-1", signing_key="sign-1", again=OWN))
    desk.post(PAGE, account(again=OWN))  # nothing of it typed again
    transport = current()
    assert isinstance(transport, Esp)
    assert (transport.options.key, transport.options.place) == ("key-1", "letters.example")
    assert transport.options.webhook == {"webhook_signing_key": "sign-1"}
    moved = desk.post(PAGE, account(again=OWN, api_url="https://elsewhere.example/v3"))
    assert "it was saved for another server or account" in said(moved)


def test_a_webhook_without_a_key_of_its_own_gets_a_password_that_she_can_paste(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posts.desk.views.way_out._tried", lambda transport, to: "")
    desk.post(PAGE, {**account(key="token", again=OWN), "kind": "postmark"})
    transport = current()
    assert isinstance(transport, Esp)
    password = transport.options.webhook["webhook_secret"]
    assert f"http://{password}@localhost:8000/hooks/postmark/" in said(desk.get(PAGE))


def test_records_are_there_to_paste_and_to_look_up(
    desk: Client, sink: Sink, site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.newsletter.from_email = "ada@fern.example.org"
    site.newsletter.save()
    desk.post(PAGE, server(sink.port))
    world = {
        ("fern.example.org", "TXT"): ["v=spf1 include:mail.example.net -all", "other=1"],
        ("_dmarc.fern.example.org", "TXT"): ["v=DMARC1; p=reject"],
        ("fern.example.org", "MX"): None,
    }
    monkeypatch.setattr(dns_records.Lookup, "_ask", lambda _, name, kind: world[name, kind])
    assert "v=spf1 mx a:localhost ~all" in said(desk.get(PAGE))
    looked = said(desk.get(f"{PAGE}?look"))
    assert "v=spf1 include:mail.example.net a:localhost -all" in looked  # merged: only one may be
    assert looked.count("✓ there") == 1
    assert "the name servers did not answer" in looked
