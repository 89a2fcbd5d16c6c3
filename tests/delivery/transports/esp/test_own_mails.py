"""Django's own mail (confirmations, password resets) and tests of a letter through a provider."""

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.delivery.mailings import test_mail
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.transports.base import TransportError
from posts.delivery.transports.direct import NotAccepted
from posts.delivery.transports.esp.http import Http
from tests.delivery.transports.esp.making import PROVIDERS
from tests.factories import make_post
from tests.fake_esp import FakeEsp, Fault, email_url
from tests.sink import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("name", PROVIDERS)]


def send() -> None:
    message = EmailMultiAlternatives(
        "Please confirm: Lettres",
        "Click here: https://letters.example/confirm/{{ x }}/",
        "Ada <ada@letters.example>",
        ["Bea Fern <bea@example.org>"],
        headers={"Auto-Submitted": "auto-generated"},
        reply_to=["reply@letters.example"],
    )
    message.attach_alternative("<p>Click</p>", "text/html")
    message.send()


@pytest.fixture(autouse=True)
def _backend(settings: Settings) -> None:
    # pytest-django puts one that only remembers in its place.
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"


def test_a_mail_of_our_own_is_taken_and_carries_no_ids(name: str, settings: Settings) -> None:
    with FakeEsp() as esp:
        settings.EMAIL_URL = esp.url(name)
        send()
    assert esp.provider.addresses in (["bea@example.org"], ["Bea Fern <bea@example.org>"])
    [(_, request)] = esp.provider.calls
    assert b"subscriber" not in request.body
    assert b"mailing" not in request.body


def fails(esp: FakeEsp, name: str, settings: Settings, fault: Fault) -> TransportError:
    esp.provider.faults.append(fault)
    settings.EMAIL_URL = esp.url(name)
    with pytest.raises(TransportError) as error:
        send()
    return error.value


def test_a_refused_recipient_is_refused_for_good(name: str, settings: Settings) -> None:
    with FakeEsp() as esp:
        refusal = {"message": "bad address", "ErrorCode": 300, "Message": "bad address"}
        error = fails(esp, name, settings, Fault(status=400, body=refusal))
    assert isinstance(error, NotAccepted)
    assert error.permanent
    assert "bad address" in error.message


@pytest.mark.parametrize("status", [401, 429])
def test_what_is_not_about_her_may_be_tried_again(
    name: str, status: int, settings: Settings
) -> None:
    with FakeEsp() as esp:
        error = fails(esp, name, settings, Fault(status=status, body={"message": "not now"}))
    assert isinstance(error, NotAccepted)
    assert not error.permanent


@pytest.mark.parametrize("fault", [Fault(after="cut"), Fault(status=500, body={"message": "x"})])
def test_whether_it_left_may_stay_open(name: str, fault: Fault, settings: Settings) -> None:
    with FakeEsp() as esp:
        error = fails(esp, name, settings, fault)
    assert not isinstance(error, NotAccepted)


def test_a_provider_out_of_reach_has_certainly_not_got_it(name: str, settings: Settings) -> None:
    settings.EMAIL_URL = email_url(name, free_port())
    with pytest.raises(NotAccepted) as error:
        send()
    assert not error.value.permanent


def test_a_letter_can_be_tried_on_oneself(name: str, settings: Settings, site: Foundation) -> None:
    with FakeEsp() as esp:
        settings.EMAIL_URL = esp.url(name)
        said = test_mail.send_test(
            post=make_post(title="Rest first"), address="ada@example.org", by="ada"
        )
    assert "accepted" in said
    mail = esp.provider.mails["ada@example.org"]
    assert mail.subject == "[Test] Rest first"
    assert "/unsubscribe/test/" in mail.text
    assert mail.metadata == {}


def test_a_test_that_is_refused_shows_the_providers_words(
    name: str, settings: Settings, site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Http, "patience", 1.0)
    refusal = {"message": "not this one", "ErrorCode": 300, "Message": "not this one"}
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(status=400, body=refusal))
        settings.EMAIL_URL = esp.url(name)
        with pytest.raises(DeliveryRefused, match="not this one"):
            test_mail.send_test(post=make_post(), address="ada@example.org", by="ada")
