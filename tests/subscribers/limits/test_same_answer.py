"""Neither words nor work tell whether an address is known."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from posts.content.actions import Foundation
from subscribers import actions
from subscribers.addresses import normalise
from subscribers.limits.models import BlockedDomain
from subscribers.models import Suppression
from tests.subscribers.making import sign_up, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counted_in")]

WHO = ("active1", "pendin1", "gone111", "barred1", "erased1", "newone1")


@pytest.fixture
def people(site: Foundation) -> list[str]:
    """One address of each kind, each as long as the others."""
    subscribed(site.newsletter, "active1@example.org")
    sign_up(site.newsletter, address="pendin1@example.org")
    gone = subscribed(site.newsletter, "gone111@example.org")
    actions.unsubscribe(subscription=gone, source="test", by="test")
    for address, reason in (
        ("barred1@example.org", Suppression.Reason.COMPLAINED),
        ("erased1@example.org", Suppression.Reason.ERASED),
    ):
        actions.suppress(address=normalise(address), reason=reason, source="test", by="test")
    return [f"{who}@example.org" for who in WHO]


def statements(client: Client, address: str) -> tuple[bytes, list[str]]:
    """The answer, and what the database was asked."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.post("/subscribe/", {"email": address})
    assert answer.status_code == 200
    # Verb and table: what follows differs by addresses, times and the names of savepoints.
    return answer.content, [query["sql"][:24] for query in captured]


def test_the_same_bytes_and_the_same_statements(client: Client, people: list[str]) -> None:
    client.post("/subscribe/", {"email": "first@example.org"})  # makes the keys
    answers = [statements(client, address) for address in people]
    assert len({body for body, _ in answers}) == 1
    assert len({tuple(asked) for _, asked in answers}) == 1
    assert 0 < len(answers[0][1]) < 15


def test_a_blocked_domain_is_said_to_be_for_known_and_unknown_alike(
    client: Client, people: list[str]
) -> None:
    BlockedDomain.objects.create(domain="example.org", by="test")
    answers = {
        client.post("/subscribe/", {"email": address}).content.replace(address.encode(), b"")
        for address in people
    }
    assert len(answers) == 1
    assert b"addresses of this provider" in answers.pop()
