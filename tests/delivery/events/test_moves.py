"""A state moves forward only, in whatever order events come."""

import json
from itertools import permutations

import pytest

from posts.delivery.mailings import queries
from posts.delivery.models import Delivery, Mailing
from tests.delivery.events import payloads
from tests.delivery.events.making import (
    brevo_reports,
    delivery,
    metadata_of,
    one_reader,
    report,
    state_of,
)

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.mark.parametrize(
    ("before", "event", "after"),
    [
        (State.ATTEMPTING, "request", "accepted"),
        (State.IN_DOUBT, "request", "accepted"),
        (State.IN_DOUBT, "delivered", "delivered"),
        (State.IN_DOUBT, "hard_bounce", "bounced"),
        (State.IN_DOUBT, "spam", "complained"),
        (State.ATTEMPTING, "delivered", "delivered"),
        (State.RETRYING, "delivered", "delivered"),
        (State.ACCEPTED, "delivered", "delivered"),
        (State.ACCEPTED, "deferred", "accepted"),
        (State.ACCEPTED, "unique_opened", "accepted"),
        (State.ACCEPTED, "soft_bounce", "bounced"),
        (State.REFUSED, "request", "refused"),
        (State.REFUSED, "delivered", "delivered"),
        (State.DELIVERED, "request", "delivered"),
        (State.DELIVERED, "soft_bounce", "bounced"),
        (State.DELIVERED, "spam", "complained"),
        (State.BOUNCED, "delivered", "bounced"),
        (State.BOUNCED, "spam", "complained"),
        (State.COMPLAINED, "delivered", "complained"),
        (State.COMPLAINED, "hard_bounce", "complained"),
        (State.LEFT_OUT, "delivered", "left_out"),
    ],
)
def test_a_state_only_moves_forward(before: Delivery.State, event: str, after: str) -> None:
    mailing, person = one_reader(before)
    brevo_reports(event, mailing, person)
    assert state_of(mailing, person) == after
    assert queries.report(mailing).accounted


@pytest.mark.parametrize(
    "order", list(permutations(["request", "delivered", "soft_bounce", "spam"]))
)
def test_whatever_the_order_the_end_is_the_same(order: tuple[str, ...]) -> None:
    mailing, person = one_reader(State.IN_DOUBT)
    for event in order:
        brevo_reports(event, mailing, person)
    assert state_of(mailing, person) == "complained"


def test_told_all_at_once_the_weightiest_wins() -> None:
    mailing, person = one_reader()
    ids = metadata_of(mailing, person)
    body = [
        payloads.sparkpost_event("bounce", person.address, ids, bounce_class="10"),
        payloads.sparkpost_event("delivery", person.address, ids),
        payloads.sparkpost_event("bounce", person.address, ids, bounce_class="22"),
    ]
    report("sparkpost", json.dumps(body).encode())
    assert (state_of(mailing, person), delivery(mailing, person).reason) == ("bounced", "hard")


def test_a_bounce_says_of_which_kind_it_is_and_what_the_server_said() -> None:
    mailing, person = one_reader()
    brevo_reports("soft_bounce", mailing, person, reason="452 mailbox full")
    row = delivery(mailing, person)
    assert (row.reason, row.detail) == ("soft", "452 mailbox full")
    brevo_reports("hard_bounce", mailing, person, reason="550 gone")
    row = delivery(mailing, person)
    assert (row.reason, row.detail) == ("hard", "550 gone")
    brevo_reports("soft_bounce", mailing, person, reason="once more")
    assert delivery(mailing, person).reason == "hard"


def test_a_delay_is_noted_and_forgotten_when_the_mail_arrives() -> None:
    mailing, person = one_reader()
    brevo_reports("deferred", mailing, person, reason="421 later")
    assert delivery(mailing, person).detail == "421 later"
    brevo_reports("delivered", mailing, person, reason="250 OK")
    assert delivery(mailing, person).detail is None


def test_the_last_doubt_resolved_the_mailing_is_finished() -> None:
    mailing, person = one_reader(State.ATTEMPTING)
    brevo_reports("delivered", mailing, person)
    assert Mailing.objects.get().state == "finished"
