"""Signing up: one mail to confirm, and the same answer whoever has the address."""

import re

import pytest
from celery import current_app
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from posts.content.actions import Foundation
from subscribers import actions, mailer, tasks, waiting, wording
from subscribers.addresses import normalise
from subscribers.limits.models import WaitingSignUp
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription, Suppression
from tests.factories import make_newsletter
from tests.subscribers.making import (
    ADA,
    a_day_later,
    confirm,
    kinds_of_events,
    mail_row,
    person,
    sign_up,
    subscribed,
    subscription,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def post(client: Client, **fields: object) -> tuple[int, bytes]:
    answer = client.post("/subscribe/", {"email": ADA, **fields})
    waiting.take_all_up()
    return answer.status_code, answer.content


def test_the_form_works_without_script_and_cookie(client: Client, newsletter: Newsletter) -> None:
    answer = client.get("/subscribe/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert 'name="email"' in page
    assert str(wording.SIGN_UP) in page
    assert "csrfmiddlewaretoken" not in page


def test_a_sign_up_makes_one_confirmation_mail_due(client: Client, newsletter: Newsletter) -> None:
    status, body = post(client, wording=wording.SIGN_UP.version)
    assert status == 200
    assert b"Look in your mailbox" in body
    row = subscription(newsletter)
    assert row.status == "pending"
    event = ConsentEvent.objects.get()
    assert event.wording == str(wording.SIGN_UP)
    assert event.wording_version == "sign-up 1"
    assert event.source == "/subscribe/"
    assert event.by == "the reader"
    assert mail_row().due_at is not None
    assert mail.outbox == [], "the web request never talks to a mail server"
    assert mailer.mail_due() == 1
    assert mail.outbox[0].to == [ADA]


def test_the_event_names_the_page_with_the_form(client: Client, newsletter: Newsletter) -> None:
    client.post("/subscribe/", {"email": ADA}, headers={"Referer": "http://testserver/rest/?utm=x"})
    waiting.take_all_up()
    event = ConsentEvent.objects.get()
    assert event.source == "/rest/"
    assert event.wording == "", "that page says not which sentence it showed, so we claim none"


def test_nobody_can_tell_from_the_answer_who_is_on_the_list(
    client: Client, newsletter: Newsletter
) -> None:
    subscribed(newsletter, "active@example.org")
    sign_up(newsletter, address="pending@example.org")
    gone = subscribed(newsletter, "gone@example.org")
    actions.unsubscribe(subscription=gone, source="test", by="test")
    actions.suppress(
        address=normalise("barred@example.org"),
        reason=Suppression.Reason.COMPLAINED,
        source="test",
        by="test",
    )
    answers = {
        post(client, email=f"{who}@example.org")
        for who in ("new", "active", "pending", "gone", "barred")
    }
    answers.add(post(client, email="robot@example.org", website="https://spam.example"))
    assert len(answers) == 1


def test_a_robot_in_the_hidden_field_signs_nobody_up(
    client: Client, newsletter: Newsletter
) -> None:
    post(client, website="https://spam.example")
    assert not Subscriber.objects.exists()


def test_a_thousand_sign_ups_send_one_mail(client: Client, newsletter: Newsletter) -> None:
    for _ in range(30):
        sign_up(newsletter)
        mailer.mail_due()
    assert len(mail.outbox) == 1
    assert kinds_of_events() == ["signed_up"]


def test_an_address_that_never_answers_gets_three_mails_a_month(newsletter: Newsletter) -> None:
    for _ in range(6):
        sign_up(newsletter)
        mailer.mail_due()
        a_day_later()
    assert len(mail.outbox) == 3
    links = {re.findall(r"\S+/confirm/\S+", str(message.body))[0] for message in mail.outbox}
    assert len(links) == 1, "each of them opens the same page"


def test_an_active_reader_is_told_so_once_a_day(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    mail.outbox.clear()
    for _ in range(3):
        sign_up(newsletter)
        mailer.mail_due()
    assert [message.subject for message in mail.outbox] == [
        f"You are subscribed to {newsletter.name} already"
    ]
    a_day_later()
    sign_up(newsletter)
    assert mailer.mail_due() == 1
    assert kinds_of_events() == ["signed_up", "confirmed"]


def test_an_active_reader_confirms_a_second_newsletter_by_itself(newsletter: Newsletter) -> None:
    subscribed(newsletter)
    second = make_newsletter()
    sign_up(newsletter, second)
    confirmed = confirm()
    assert confirmed is not None
    assert confirmed.newsletters == [second]
    assert subscription(second).status == "active"


def test_typing_the_address_of_somebody_who_left_changes_nothing_for_her(
    newsletter: Newsletter,
) -> None:
    row = subscribed(newsletter)
    actions.unsubscribe(subscription=row, source="test", by="test")
    sign_up(newsletter)
    assert subscription(newsletter).status == "unsubscribed"
    confirm()
    assert subscription(newsletter).status == "active"


def test_after_an_answer_a_new_sign_up_gets_a_new_link(newsletter: Newsletter) -> None:
    row = subscribed(newsletter)
    old = mail_row().token
    actions.unsubscribe(subscription=row, source="test", by="test")
    sign_up(newsletter)
    assert mail_row().token != old


def test_an_address_that_was_blocked_by_hand_is_never_mailed_nor_kept(
    newsletter: Newsletter,
) -> None:
    actions.suppress(
        address=normalise(ADA), reason=Suppression.Reason.MANUAL, source="test", by="test"
    )
    sign_up(newsletter)
    assert not Subscriber.objects.exists()
    assert mailer.mail_due() == 0


def test_one_chooses_where_there_are_several_newsletters(
    client: Client, newsletter: Newsletter
) -> None:
    second = make_newsletter(description="Once a month.")
    page = client.get(f"/subscribe/?newsletter={second.slug}").content.decode()
    assert re.search(rf'value="{second.slug}" checked', page)
    assert not re.search(rf'value="{newsletter.slug}" checked', page)
    status, body = post(client)
    assert status == 422
    assert b"Choose at least one newsletter." in body
    assert post(client, newsletter=[second.slug])[0] == 200
    assert Subscription.objects.get().newsletter == second


def test_a_wrong_address_is_explained_beside_its_field(
    client: Client, newsletter: Newsletter
) -> None:
    status, body = post(client, email="ada.example.org")
    page = body.decode()
    assert status == 422
    assert "An email address has an @ in it." in page
    assert 'value="ada.example.org"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_email_error"' in page
    assert 'id="id_email_error"' in page


def test_a_form_on_a_foreign_page_signs_nobody_up(client: Client, newsletter: Newsletter) -> None:
    answer = client.post(
        "/subscribe/", {"email": ADA}, headers={"Origin": "https://elsewhere.example"}
    )
    assert b"One more press" in answer.content  # see `test_embedding.py`
    assert not WaitingSignUp.objects.exists()
    assert not Subscriber.objects.exists()


def test_without_a_newsletter_the_page_says_so(client: Client, site: Foundation) -> None:
    Newsletter.objects.all().delete()
    assert b"nothing to subscribe to yet" in client.get("/subscribe/").content
    assert b"nothing to subscribe to yet" in client.post("/subscribe/", {"email": ADA}).content


def test_a_worker_is_rung_in_every_case(
    newsletter: Newsletter, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Also when there is nobody to mail, so that the answer takes the same time."""
    actions.suppress(
        address=normalise("barred@example.org"),
        reason=Suppression.Reason.BOUNCED,
        source="test",
        by="test",
    )
    for address in (ADA, ADA, "barred@example.org"):
        with django_capture_on_commit_callbacks() as callbacks:
            sign_up(newsletter, address=address)
        assert len(callbacks) == 1


def test_a_broker_that_is_down_loses_no_sign_up(
    newsletter: Newsletter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        sign_up(newsletter)
    assert "beat will ring" in caplog.text
    tasks.mail_what_is_due()
    assert [message.to for message in mail.outbox] == [[ADA]]


def test_a_ring_mails_only_the_person_it_names(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    sign_up(newsletter, address="ben@example.org")
    tasks.mail_subscriber(person("ben@example.org").pk)
    assert [message.to for message in mail.outbox] == [["ben@example.org"]]


def test_a_newsletter_that_is_named_a_thousand_times_is_asked_for_once(
    client: Client, newsletter: Newsletter
) -> None:
    make_newsletter(slug="second")
    client.post("/subscribe/", {"email": ADA, "newsletter": [newsletter.slug] * 1_000})
    assert WaitingSignUp.objects.get().newsletters == [newsletter.pk]
