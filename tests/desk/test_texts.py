"""What the sentences say of each situation."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from posts.delivery.mailings.queries import Report
from posts.delivery.models import ALL_STATES, Delivery, Mailing
from posts.desk import texts


def report(state: str, problem: str | None = None, **numbers: int) -> Report:
    deliveries = {**dict.fromkeys(ALL_STATES, 0), **numbers}
    mailing = Mailing(state=state, candidates=sum(deliveries.values()), created_at=timezone.now())
    return Report(mailing, deliveries, {}, problem)


def test_every_state_has_its_words() -> None:
    assert set(texts.STATE_TEXTS) == set(ALL_STATES)


@pytest.mark.parametrize("state", Mailing.State.values)
def test_every_state_of_a_mailing_has_a_sentence_and_what_comes_next(state: str) -> None:
    progress = texts.progress(report(state, waiting=2))
    assert progress.now
    assert progress.next


def test_one_person_is_not_people() -> None:
    assert texts.people(1) == "1 person"
    assert texts.people(1204) == "1,204 people"


def test_a_number_of_a_moment_ago_says_of_when() -> None:
    at = datetime(2026, 3, 1, 12, 3, 10, tzinfo=UTC)
    assert texts.as_of("1 of 4 people settled", at) == "1 of 4 people settled, as of 12:03:10"
    assert texts.as_of("1 of 4 people settled", None) == "1 of 4 people settled"


def test_half_is_half() -> None:
    assert texts.progress(report("sending", accepted=5, waiting=5)).percent == 50


def test_a_mailing_to_nobody_is_whole() -> None:
    assert texts.progress(report("finished")).percent == 100


def test_trouble_is_said_first() -> None:
    progress = texts.progress(report("sending", "connection refused", waiting=5))
    assert "connection refused" in progress.now
    assert "by itself" in progress.next


def test_retries_are_announced() -> None:
    assert "1 person will be tried again" in texts.progress(report("sending", retrying=1)).now


def test_accepted_and_delivered_were_both_taken() -> None:
    progress = texts.progress(report("finished", accepted=1, delivered=2))
    assert "3 people" in progress.now


def test_what_lies_in_the_outbox_was_taken_by_no_mail_server() -> None:
    finished = report("finished", accepted=3)
    assert "lies in the outbox" in texts.progress(finished, {"outbox"}).now
    assert "mail server" not in texts.progress(finished, {"outbox"}).now
    assert {row.name: row.text for row in texts.rows(finished, {"outbox"})}["accepted"] == (
        "In the outbox on this machine"
    )


def test_half_to_the_outbox_and_half_to_a_server_is_said_so() -> None:
    finished = report("finished", accepted=3)
    both = {"outbox", "smtp"}
    accepted = {row.name: row.text for row in texts.rows(finished, both)}["accepted"]
    for said in (texts.progress(finished, both).now, accepted):
        assert "mail server" in said
        assert "outbox" in said


def test_a_mailing_that_reached_nobody_claims_no_letter() -> None:
    assert "No letter" in texts.progress(report("finished", left_out=2), {"outbox"}).now


def test_doubts_are_never_hidden_behind_finished() -> None:
    assert "never got the answer" in texts.progress(report("finished", accepted=1, in_doubt=1)).now


def test_a_cancelled_mailing_moves_until_nobody_is_in_line() -> None:
    assert texts.progress(report("cancelled", waiting=1)).moving
    assert not texts.progress(report("cancelled", left_out=1)).moving


def test_a_paused_mailing_moves_while_answers_are_awaited() -> None:
    assert texts.progress(report("paused", attempting=1)).moving
    assert not texts.progress(report("paused", waiting=1)).moving


def test_reasons_come_most_frequent_first() -> None:
    found = Report(
        Mailing(state="finished", candidates=3),
        {str(state.label): 0 for state in Delivery.State},
        {"resting": 1, "erased": 2, "something new": 3},
        None,
    )
    assert [row.name for row in texts.reasons(found)] == ["something new", "erased", "resting"]


def test_a_mailing_that_waits_for_midnight_says_so_calmly() -> None:
    waits = replace(report("sending", waiting=7), waits="It goes on at midnight (UTC).")
    said = texts.progress(waits)
    assert said.now == "It goes on at midnight (UTC)."
    assert "7 people to go" in said.next
