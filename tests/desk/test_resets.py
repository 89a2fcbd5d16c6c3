"""A new password: asked for by a form that tells nothing, mailed by a worker."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.desk import resets, tasks
from posts.desk.models import WaitingReset
from posts.desk.throttle import LIMITS, AttemptKind
from subscribers.mailer import NotHandedOver

pytestmark = pytest.mark.django_db
FORM = "/admin/password_reset/"


@pytest.fixture(autouse=True)
def ada() -> User:
    return User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")


def ask(email: str = "ada@letters.example") -> Any:
    return Client().post(FORM, {"email": email})


def link() -> str:
    text = str(mail.outbox[-1].body)
    found = re.search(r"http://localhost:8000(/admin/password_reset/confirm/\S+)", text)
    assert found
    return found[1]


def test_the_form_answers_known_and_unknown_alike_and_mails_nothing_itself() -> None:
    ask("somebody@letters.example")  # a key of the site is made where it is first needed
    answers = []
    for email in ("ada@letters.example", "nobody@letters.example"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = ask(email)
        statements = [
            re.sub(r"'[^']*'|\d+|x\S+", "?", each["sql"]) for each in asked.captured_queries
        ]
        answers.append((answer.status_code, answer["Location"], answer.content, statements))
    assert answers[0] == answers[1]
    assert mail.outbox == []
    assert WaitingReset.objects.count() == 3


def test_a_worker_mails_whoever_has_an_account(client: Client) -> None:
    ask()
    ask("nobody@letters.example")
    tasks.mail_password_resets()
    [letter] = mail.outbox
    assert letter.to == ["ada@letters.example"]
    assert not WaitingReset.objects.exists()
    page = client.get(link())
    assert page.status_code == 200
    secret = {"new_password1": "a fern in the shade", "new_password2": "a fern in the shade"}
    assert client.post(link(), secret).status_code == 302
    assert User.objects.get().check_password("a fern in the shade")


def test_the_ring_and_the_sweep_mail_once() -> None:
    ask()
    row = WaitingReset.objects.get()
    tasks.mail_password_reset(row.pk)
    tasks.mail_password_reset(row.pk)
    tasks.mail_password_resets()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_is_tried_again_within_the_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask()

    def refuse(self: Any) -> int:
        raise NotHandedOver("away")

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", refuse)
        with pytest.raises(NotHandedOver):
            tasks.mail_password_resets()
    tasks.mail_password_resets()
    assert len(mail.outbox) == 1
    ask()
    WaitingReset.objects.update(asked_at=timezone.now() - timedelta(minutes=61))
    tasks.mail_password_resets()
    assert len(mail.outbox) == 1
    assert not WaitingReset.objects.exists()


def test_one_address_gets_few_mails_and_whoever_asks_too_often_hears_the_same() -> None:
    answers = {(a.status_code, a["Location"]) for a in (ask() for _ in range(10))}
    assert answers == {(302, "/admin/password_reset/done/")}
    assert WaitingReset.objects.count() == LIMITS[AttemptKind.RESET].account[0].most


def test_what_is_kept_of_it_has_a_bound() -> None:
    assert ask(f"{'x' * 60_000}@letters.example").status_code == 200  # with an error beside it
    assert not WaitingReset.objects.exists()
    resets.ask("x" * 60_000)
    assert len(WaitingReset.objects.get().email) == 254


def test_no_token_stands_in_the_database_while_the_form_is_open(client: Client) -> None:
    from django.contrib.sessions.models import Session

    ask()
    tasks.mail_password_resets()
    client.get(link(), follow=True)
    token = link().split("/")[-2]
    assert token not in "".join(str(row.get_decoded()) for row in Session.objects.all())
    assert not Session.objects.exists()


def test_a_link_works_once(client: Client) -> None:
    ask()
    tasks.mail_password_resets()
    secret = {"new_password1": "a fern in the shade", "new_password2": "a fern in the shade"}
    client.post(link(), secret)
    changed = {"new_password1": "another one of them", "new_password2": "another one of them"}
    client.post(link(), changed)
    assert User.objects.get().check_password("a fern in the shade")
    assert "no-store" in client.get(link())["Cache-Control"]
