"""Complaints that pause a mailing."""

import pytest

from posts.delivery.mailings.control import resume
from posts.delivery.models import Mailing
from tests.delivery.events.making import brevo_reports, handed_over, readers_of

pytestmark = pytest.mark.django_db


def complain(mailing: Mailing, numbers: range) -> None:
    people = readers_of(mailing)
    for number in numbers:
        brevo_reports("spam", mailing, people[number])


def test_three_complaints_of_few_readers_pause_the_mailing_and_say_what_to_look_at() -> None:
    mailing = handed_over(5)
    complain(mailing, range(2))
    assert Mailing.objects.get().state == "sending"
    complain(mailing, range(2, 3))
    mailing.refresh_from_db()
    assert mailing.state == "paused"
    assert "3 of 5" in mailing.problem
    assert "resume" in mailing.problem


def test_a_writer_who_resumed_is_not_stopped_by_the_very_next_complaint() -> None:
    mailing = handed_over(8)
    complain(mailing, range(3))
    resume(mailing=mailing, by="ada")
    complain(mailing, range(3, 5))
    assert Mailing.objects.get().state == "sending"
    complain(mailing, range(5, 6))
    assert Mailing.objects.get().state == "paused"


def test_few_complaints_among_many_readers_pause_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("posts.delivery.events.complaint_rate.HIGHEST_RATE", 0.5)
    mailing = handed_over(8)
    complain(mailing, range(3))
    assert Mailing.objects.get().state == "sending"


def test_a_finished_mailing_is_not_paused() -> None:
    mailing = handed_over(3)
    Mailing.objects.update(state="finished")
    complain(mailing, range(3))
    assert Mailing.objects.get().state == "finished"
