"""Proof: nobody's mailbox is flooded, and no network signs up a thousand strangers.

The thousand itself: HOSTILE_SIZE=full uv run pytest tests/subscribers/limits/test_floods.py
"""

from collections import Counter

import pytest
from django.core import mail

from posts.content.actions import Foundation
from subscribers import tasks
from subscribers.limits import throttle
from subscribers.models import Subscriber
from tests.hostility import FLOOD
from tests.subscribers.limits.asking import ask
from tests.subscribers.making import ADA, a_day_later

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("counted_in", "site"),
]


def test_a_thousand_sign_ups_for_one_address_from_many_networks_send_one_mail_a_day() -> None:
    bodies = set()
    for number in range(FLOOD):
        answer = ask(ADA, ip=f"10.{number // 250}.{number % 250}.9")
        if answer.status_code == 200:
            bodies.add(answer.content)
        if number % 10 == 0:
            tasks.mail_what_is_due()
    tasks.mail_what_is_due()
    assert [message.to for message in mail.outbox] == [[ADA]]
    assert len(bodies) == 1, "the sender is not told when it was enough"
    a_day_later()
    ask(ADA, ip="203.0.113.7")
    tasks.mail_what_is_due()
    assert len(mail.outbox) <= 2


def test_a_thousand_addresses_from_one_network_are_cut_off(site: Foundation) -> None:
    answers: Counter[int] = Counter()
    last = None
    for number in range(FLOOD):
        last = ask(f"reader{number}@example.org", ip=f"203.0.113.{number % 256}")
        answers[last.status_code] += 1
    tasks.mail_what_is_due()
    hourly = throttle.PER_NETWORK_UNPROVEN[0].most
    # Twice, when an hour ends in the middle of this.
    assert answers[200] in (hourly, 2 * hourly)
    assert answers[429] == FLOOD - answers[200]
    assert Subscriber.objects.count() == len(mail.outbox) == answers[200]
    assert last is not None
    assert 0 < int(last["Retry-After"]) <= 24 * 3600
    page = last.content.decode()
    assert "nothing you typed is lost" in page
    assert f'value="reader{FLOOD - 1}@example.org"' in page


def test_a_network_that_is_cut_off_takes_nothing_from_the_others() -> None:
    for number in range(FLOOD):
        ask(f"reader{number}@example.org")
    assert ask("ben@example.org", ip="198.51.100.1").status_code == 200
