"""Status codes, read out of what mail servers say."""

from datetime import UTC, datetime

import pytest

from posts.delivery.models import Delivery
from posts.delivery.reporting.sql import Seconds, StatusCode, status_code, teach_sqlite
from tests.delivery.making import make_mailing
from tests.delivery.reporting.making import put

REPLIES = [
    ("550 5.1.1 <ada@example.org>: user unknown", "5.1.1"),
    ("550-5.1.1 The email account does not exist", "5.1.1"),
    ("550 #5.1.0 Address rejected", "5.1.0"),
    ("550 5.7.515 Access denied", "5.7.515"),
    ("Given up after 5 attempts. 451 4.7.1 Greylisted", "4.7.1"),
    ("Given up after 5 attempts. 451 try later", "451"),
    ("550 no such user", "550"),
    ("554 Your host 192.5.1.1 is listed", "554"),
    ("mailbox 550 unknown", ""),
    ("we do not like you", ""),
    ("", ""),
    (None, ""),
]


@pytest.mark.parametrize(("reply", "code"), REPLIES)
def test_the_code_is_found_wherever_it_stands(reply: str | None, code: str) -> None:
    assert status_code(reply) == code


def test_the_database_finds_the_same(db: None) -> None:
    batch = make_mailing(1).batches.get()
    for subscriber_id, (reply, _) in enumerate(REPLIES):
        put(batch, subscriber_id, Delivery.State.REFUSED, reply=reply)
    teach_sqlite()
    found = Delivery.objects.order_by("subscriber_id").annotate(code=StatusCode("detail"))
    assert [row.code for row in found] == [code for _, code in REPLIES]


def test_times_become_whole_seconds(db: None) -> None:
    batch = make_mailing(1).batches.get()
    at = datetime(2026, 3, 1, 12, 30, 7, 900_000, tzinfo=UTC)
    put(batch, 1, Delivery.State.ACCEPTED, at=at)
    found = Delivery.objects.values_list(Seconds("changed_at"), flat=True).get()
    assert found == int(at.timestamp())
