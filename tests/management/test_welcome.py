from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from posts.delivery.mailings.queries import Report
from posts.delivery.models import ALL_STATES, Mailing
from posts.management.demo import ensure_demo
from posts.management.welcome import mailing_sentence, welcome_to

pytestmark = pytest.mark.django_db


def a_report(state: str, *, problem: str | None = None, accepted: int = 25) -> Report:
    counts = {**dict.fromkeys(ALL_STATES, 0), "accepted": accepted, "waiting": 25 - accepted}
    return Report(Mailing(state=state, candidates=25), counts, {}, problem)


def test_a_new_owner_gets_an_address_to_make_her_account() -> None:
    welcome = welcome_to(None, None)
    assert "/admin/welcome/" in welcome.desk
    assert any("make your account" in line for line in welcome.lines(logs=Path("logs")))


def test_an_owner_who_has_an_account_signs_in_as_always() -> None:
    User.objects.create_superuser("ada", password="a long one")
    welcome = welcome_to(None, None)
    assert welcome.desk.endswith("/admin/")


def test_the_sample_names_every_place_to_look_at() -> None:
    sample = ensure_demo()
    welcome = welcome_to(sample, a_report("finished"))
    text = "\n".join(welcome.lines(logs=Path("/srv/logs")))
    assert sample.post is not None
    for place in (sample.post.public_url, "/s/", "/admin/outbox/", "/admin/welcome/", "/srv/logs"):
        assert place in text


def test_commands_for_another_terminal_name_the_folder_when_it_is_not_the_usual_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def commands() -> list[str]:
        lines = welcome_to(None, None).lines(logs=Path("logs"))
        return [line for line in lines if "manage.py import_post" in line]

    monkeypatch.setenv("DATA_DIR", "/srv/letters")
    assert [line for line in commands() if "DATA_DIR=" in line]
    monkeypatch.delenv("DATA_DIR")
    assert not [line for line in commands() if "DATA_DIR=" in line]


def test_there_is_no_outbox_to_look_at_when_mail_leaves(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org:25"
    assert "The outbox" not in welcome_to(None, None).places()


def test_a_finished_mailing_is_said_with_its_numbers() -> None:
    assert mailing_sentence(a_report("finished")) == (
        "The sample post was emailed: 25 of 25 accepted into the outbox."
    )


def test_a_mailing_that_does_not_go_on_says_why() -> None:
    sentence = mailing_sentence(a_report("paused", problem="The disk is full.", accepted=10))
    assert "10 of 25" in sentence
    assert sentence.endswith("The disk is full.")


def test_a_mailing_that_takes_long_says_that_it_goes_on() -> None:
    assert "goes on" in mailing_sentence(a_report("sending", accepted=3))
