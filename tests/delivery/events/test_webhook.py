"""The door for providers: who may come in, and that it is answered at once."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from posts.delivery.events import webhook
from posts.delivery.events.apply import apply_pending
from posts.delivery.events.models import ProviderEvent
from tests.delivery.events import payloads
from tests.delivery.events.making import handed_over, metadata_of, readers_of, states_after_work
from tests.delivery.events.payloads import BASIC, URLS, headers_for

pytestmark = pytest.mark.django_db

ADDRESS = "reader@example.org"
IDS = {"mailing": 5, "subscriber": 7}
BODIES = {
    "mailgun": payloads.mailgun("delivered", ADDRESS, IDS),
    "postmark": payloads.postmark("Delivery", ADDRESS, IDS),
    "brevo": payloads.brevo("delivered", ADDRESS, IDS),
    "resend": payloads.resend("email.delivered", ADDRESS, IDS),
    "ses": payloads.ses("Send", ADDRESS, IDS, send={}),
    "sparkpost": payloads.sparkpost("delivery", ADDRESS, IDS),
}


def call(provider: str, body: bytes, headers: dict[str, str] | None = None) -> Any:
    given = headers_for(provider, body) if headers is None else headers
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/hooks/{provider}/", body, content_type="application/json", headers=given)


@pytest.mark.parametrize("provider", URLS)
def test_the_provider_in_use_is_let_in_with_its_secret(provider: str, settings: Settings) -> None:
    settings.EMAIL_URL = URLS[provider]
    assert call(provider, BODIES[provider]).status_code == 200
    event = ProviderEvent.objects.get()
    assert (event.provider, bytes(event.body)) == (provider, BODIES[provider])
    assert event.applied_at is None


@pytest.mark.parametrize("provider", URLS)
def test_without_its_secret_nobody_is_let_in(provider: str, settings: Settings) -> None:
    settings.EMAIL_URL = URLS[provider]
    body = BODIES[provider].replace(b'"signature": "', b'"signature": "0')
    without = {
        name: value
        for name, value in headers_for(provider, body).items()
        if name not in ("Authorization", "Svix-Signature")
    }
    assert call(provider, body, without).status_code == 401
    wrong = {**headers_for(provider, body), "Authorization": "Basic aG9vazp3cm9uZw=="}
    wrong |= {"Svix-Signature": "v1,AAAA"} if provider == "resend" else {}
    assert call(provider, body, wrong).status_code == 403
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("provider", URLS)
def test_while_no_secret_is_configured_nobody_is_let_in(provider: str, settings: Settings) -> None:
    settings.EMAIL_URL = URLS[provider].partition("?")[0]
    answer = call(provider, BODIES[provider])
    assert answer.status_code == 403
    assert "doctor" in answer.content.decode()
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("url", ["outbox:", "smtp://127.0.0.1:25", URLS["brevo"], "smtp://[x"])
def test_any_other_provider_is_not_here(url: str, settings: Settings) -> None:
    settings.EMAIL_URL = url
    assert call("postmark", BODIES["postmark"]).status_code == 404


def test_while_email_url_cannot_be_used_the_provider_tries_again(settings: Settings) -> None:
    settings.EMAIL_URL = f"{URLS['brevo']}&connections=0"
    answer = call("brevo", BODIES["brevo"])
    assert answer.status_code == 503
    assert "doctor" in answer.content.decode()
    assert not ProviderEvent.objects.exists()


def test_a_password_that_is_asked_for_besides_the_signature_is_checked_too(
    settings: Settings,
) -> None:
    settings.EMAIL_URL = f"{URLS['mailgun']}&webhook_secret=hook:secret"
    body = BODIES["mailgun"]
    assert call("mailgun", body).status_code == 401
    assert call("mailgun", body, BASIC).status_code == 200


def test_sns_is_asked_for_the_password_which_it_sends_only_then(settings: Settings) -> None:
    settings.EMAIL_URL = URLS["ses"]
    headers = headers_for("ses", BODIES["ses"])
    del headers["Authorization"]
    answer: HttpResponse = call("ses", BODIES["ses"], headers)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_secret_may_hold_a_plus(settings: Settings) -> None:
    settings.EMAIL_URL = "brevo://key@?webhook_secret=hook:a+b%26c"
    headers = {"Authorization": "Basic aG9vazphK2ImYw=="}
    assert call("brevo", BODIES["brevo"], headers).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff\xfe", b'{"signature": 5}', b"{"])
@pytest.mark.parametrize("provider", ["mailgun", "ses"])
def test_nonsense_is_refused_and_breaks_nothing(
    provider: str, body: bytes, settings: Settings
) -> None:
    settings.EMAIL_URL = URLS[provider]
    assert call(provider, body, BASIC).status_code == 403


def test_a_repeat_is_answered_and_stored_once(settings: Settings) -> None:
    settings.EMAIL_URL = URLS["brevo"]
    assert [call("brevo", BODIES["brevo"]).status_code for _ in range(2)] == [200, 200]
    assert ProviderEvent.objects.count() == 1


def test_secrets_are_not_kept(settings: Settings) -> None:
    settings.EMAIL_URL = URLS["brevo"]
    call("brevo", BODIES["brevo"], {**BASIC, "Cookie": "a=b", "X-Request-Id": "7"})
    kept = ProviderEvent.objects.get().headers
    assert kept["X-Request-Id"] == "7"
    assert not {"Authorization", "Cookie"} & set(kept)


def test_looking_changes_nothing_and_is_not_answered(settings: Settings) -> None:
    settings.EMAIL_URL = URLS["brevo"]
    assert Client().get("/hooks/brevo/", headers=BASIC).status_code == 405


def test_the_slash_at_the_end_may_be_forgotten(settings: Settings) -> None:
    settings.EMAIL_URL = URLS["brevo"]
    answer = Client().post(
        "/hooks/brevo", BODIES["brevo"], content_type="application/json", headers=BASIC
    )
    assert answer.status_code == 200


def test_a_body_without_end_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_URL = URLS["brevo"]
    monkeypatch.setattr(webhook, "LARGEST_BODY", 100)
    assert call("brevo", BODIES["brevo"] + b" " * 100).status_code == 413


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"signature":' * 200_000])
def test_lists_in_lists_in_lists_are_no_server_error(settings: Settings, body: bytes) -> None:
    settings.EMAIL_URL = URLS["mailgun"]  # whose signature stands within
    assert call("mailgun", body).status_code in (400, 401, 403)
    settings.EMAIL_URL = URLS["brevo"]
    assert call("brevo", body).status_code == 200
    apply_pending()
    assert "RecursionError" in ProviderEvent.objects.get().problem


def test_a_fault_of_ours_lets_the_provider_try_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_URL = URLS["brevo"]

    def fail(**_: object) -> bool:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(webhook, "store", fail)
    client = Client(raise_request_exception=False)
    answer = client.post(
        "/hooks/brevo/", BODIES["brevo"], content_type="application/json", headers=BASIC
    )
    assert answer.status_code == 500


def test_a_call_that_tells_of_a_thousand_costs_no_more_queries_than_of_one(
    settings: Settings,
) -> None:
    settings.EMAIL_URL = URLS["sparkpost"]
    call("sparkpost", payloads.sparkpost_events(range(2)))  # whatever the first request costs
    with CaptureQueriesContext(connection) as for_one:
        assert call("sparkpost", payloads.sparkpost_events(range(1))).status_code == 200
    with CaptureQueriesContext(connection) as for_a_thousand:
        assert call("sparkpost", payloads.sparkpost_events(range(1_000))).status_code == 200
    assert len(for_a_thousand) == len(for_one)
    assert ProviderEvent.objects.filter(applied_at=None).count() == 3  # one a call, and unread


@pytest.mark.parametrize("provider", URLS)
def test_what_was_stored_is_read_by_the_worker(provider: str, settings: Settings) -> None:
    settings.EMAIL_URL = URLS[provider]
    mailing = handed_over()
    [person] = readers_of(mailing)
    ids = metadata_of(mailing, person)
    delivered = {
        "mailgun": payloads.mailgun("delivered", person.address, ids),
        "postmark": payloads.postmark("Delivery", person.address, ids),
        "brevo": payloads.brevo("delivered", person.address, ids),
        "resend": payloads.resend("email.delivered", person.address, ids),
        "ses": payloads.ses(
            "Delivery", person.address, ids, delivery={"recipients": [person.address]}
        ),
        "sparkpost": payloads.sparkpost("delivery", person.address, ids),
    }
    assert call(provider, delivered[provider]).status_code == 200
    assert states_after_work(mailing) == ["delivered"]
