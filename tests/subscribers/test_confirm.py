"""Confirming: looking changes nothing, pressing subscribes once, however often it is pressed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from posts.content.actions import Foundation
from subscribers import actions, mailer, wording
from subscribers.addresses import normalise
from subscribers.mailed_tokens import TokenPurpose, mailed_text
from subscribers.models import ConsentEvent, Newsletter, Suppression, TransactionalMail
from tests.factories import make_newsletter
from tests.subscribers.making import (
    confirm,
    kinds_of_events,
    mail_row,
    person,
    sign_up,
    subscription,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    sign_up(site.newsletter)
    mailer.mail_due()
    return site.newsletter


def address_of_the_link() -> str:
    token = mail_row().token
    assert token is not None
    return f"/confirm/{mailed_text(token, purpose=TokenPurpose.CONFIRM)}/"


def test_the_mail_leads_to_a_page_with_a_button(client: Client, newsletter: Newsletter) -> None:
    assert address_of_the_link() in str(mail.outbox[0].body)
    answer = client.get(address_of_the_link())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "a…@e…e.org" in page
    assert "ada@example.org" not in page
    assert newsletter.name in page
    assert str(wording.CONFIRM) in page
    assert '<form method="post">' in page


def test_looking_confirms_nothing(client: Client, newsletter: Newsletter) -> None:
    for look in (client.get, client.head, client.get):
        assert look(address_of_the_link()).status_code == 200
    assert subscription(newsletter).status == "pending"
    assert kinds_of_events() == ["signed_up"]


def test_pressing_subscribes_and_welcomes_once(client: Client, newsletter: Newsletter) -> None:
    mail.outbox.clear()
    first = client.post(address_of_the_link())
    assert first.status_code == 200
    assert "You’re on the list" in first.content.decode()
    again = client.post(address_of_the_link())
    assert again.status_code == 200
    assert b"This link was used before" in again.content
    assert subscription(newsletter).status == "active"
    assert kinds_of_events() == ["signed_up", "confirmed"]
    mailer.mail_due()
    mailer.mail_due()
    assert [message.subject for message in mail.outbox] == [f"Welcome to {newsletter.name}"]


def test_the_event_holds_the_words_on_the_page(client: Client, newsletter: Newsletter) -> None:
    client.post(address_of_the_link())
    event = ConsentEvent.objects.get(kind="confirmed")
    assert event.wording == str(wording.CONFIRM)
    assert event.wording_version == wording.CONFIRM.version
    assert event.source == "/confirm/"


def test_one_press_confirms_all_that_was_asked_for(newsletter: Newsletter) -> None:
    second = make_newsletter()
    sign_up(second)
    confirmed = confirm()
    assert confirmed is not None
    assert confirmed.newsletters == [newsletter, second]


def test_the_page_is_kept_by_nobody(client: Client, newsletter: Newsletter) -> None:
    answer = client.get(address_of_the_link())
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert not answer.cookies


def test_a_press_on_a_foreign_page_confirms_nothing(client: Client, newsletter: Newsletter) -> None:
    answer = client.post(address_of_the_link(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert subscription(newsletter).status == "pending"


@pytest.mark.parametrize(
    "token", ["nonsense", "A" * 22, "A" * 21 + "B", "%00", "a" * 5000, "../etc", "ä" * 22]
)
def test_an_unknown_link_says_so_kindly(client: Client, site: Foundation, token: str) -> None:
    for ask in (client.get, client.post):
        answer = ask(f"/confirm/{token}/")
        assert answer.status_code == 404
        assert "cookies" not in str(answer.cookies)


def test_a_wish_that_was_withdrawn_by_a_bounce_is_not_confirmed(
    client: Client, newsletter: Newsletter
) -> None:
    actions.suppress(
        address=normalise("ada@example.org"),
        reason=Suppression.Reason.BOUNCED,
        source="test",
        by="test",
    )
    answer = client.post(address_of_the_link())
    assert b"There is nothing to confirm" in answer.content
    assert subscription(newsletter).status == "bounced"


def outcome() -> tuple[list[str], int]:
    due = TransactionalMail.objects.filter(kind="welcome", due_at__isnull=False)
    return kinds_of_events(), due.count()


def test_a_second_press_at_any_moment_of_the_first_changes_nothing(newsletter: Newsletter) -> None:
    """Before each statement of the first press, another one comes in between, whole."""
    token = mail_row().token
    assert token is not None
    moments = 0

    def press() -> None:
        actions.confirm(token=token, source="/confirm/", by="the reader")

    def in_between(moment: int) -> Callable[..., Any]:
        seen = 0

        def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal seen, moments
            seen += 1
            moments = max(moments, seen)
            if seen == moment:
                press()
            return execute(sql, params, many, context)

        return wrapper

    moment = 1
    while moment <= max(moments, 1):
        person().delete()
        sign_up(newsletter)
        TransactionalMail.objects.update(token=token)
        with connection.execute_wrapper(in_between(moment)):
            press()
        assert outcome() == (["signed_up", "confirmed"], 1), f"before statement {moment}"
        moment += 1
    assert moments > 5


@pytest.mark.only_on("postgresql")  # SQLite lets one write at a time
@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_count_as_one(site: Foundation) -> None:
    sign_up(site.newsletter)
    token = mail_row().token
    assert token is not None

    def press(_: int) -> bool:
        try:
            confirmed = actions.confirm(token=token, source="/confirm/", by="the reader")
        finally:
            connection.close()
        return bool(confirmed and confirmed.newsletters)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(8))) == 1
    assert outcome() == (["signed_up", "confirmed"], 1)
