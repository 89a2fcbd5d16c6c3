"""Shared and throw-away mailboxes are asked about; blocked domains are refused openly."""

import pytest
from django.test import Client

from posts.content.actions import Foundation
from subscribers import waiting
from subscribers.limits.models import BlockedDomain, WaitingSignUp
from subscribers.limits.suspicions import suspicion
from subscribers.models import Subscriber


@pytest.mark.parametrize("address", ["info@example.org", "admin+x@example.org"])
def test_a_shared_mailbox_is_noticed(address: str) -> None:
    assert "several people" in str(suspicion(address))


@pytest.mark.parametrize("address", ["ada@mailinator.com", "ada@sub.mailinator.com"])
def test_a_throw_away_mailbox_is_noticed(address: str) -> None:
    assert "thrown away" in str(suspicion(address))


@pytest.mark.parametrize(
    "address", ["ada@example.org", "information@example.org", "ada@gmail.com", "infoada@gmx.de"]
)
def test_nearly_nobody_is_suspected(address: str) -> None:
    assert suspicion(address) is None


@pytest.mark.django_db
def test_the_question_is_answered_with_a_button(client: Client, site: Foundation) -> None:
    form = {"email": "info@example.org", "newsletter": site.newsletter.slug}
    page = client.post("/subscribe/", form).content.decode()
    assert "Use it anyway" in page
    assert not WaitingSignUp.objects.exists()
    answer = client.post("/subscribe/", {**form, "sure": "yes"})
    assert b"Look in your mailbox" in answer.content
    waiting.take_all_up()
    assert Subscriber.objects.get().address == "info@example.org"


@pytest.mark.django_db
@pytest.mark.parametrize("domain", ["spam.example", "deep.below.spam.example", "SPAM.Example"])
def test_a_blocked_domain_is_refused_with_its_subdomains(
    client: Client, site: Foundation, domain: str
) -> None:
    BlockedDomain.objects.create(domain="spam.example", by="test")
    answer = client.post("/subscribe/", {"email": f"ada@{domain}"})
    assert answer.status_code == 422
    assert b"use another address" in answer.content
    assert not WaitingSignUp.objects.exists()


@pytest.mark.django_db
def test_a_domain_that_only_ends_alike_is_not_blocked(client: Client, site: Foundation) -> None:
    BlockedDomain.objects.create(domain="spam.example", by="test")
    assert client.post("/subscribe/", {"email": "a@nospam.example"}).status_code == 200
