"""A new provider is one module and one line of the table; what was forgotten is said."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from posts.delivery import doctor
from posts.delivery.events.apply import apply_pending
from posts.delivery.events.webhook_calls import read
from posts.delivery.transports import current, key_lives
from posts.delivery.transports.base import ServerAnswer
from posts.delivery.transports.esp.adapter import Adapter
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.registry import TABLE, provider_of
from posts.delivery.transports.esp.webhook import Webhook
from posts.delivery.transports.verdict import HARD, SOFT, EventKind, Verdict
from subscribers.models import Suppression
from tests import esp_apis, fake_esp
from tests.delivery.events.making import metadata_of, one_reader, state_of
from tests.delivery.events.payloads import BASIC
from tests.delivery.transports.esp import pigeon
from tests.delivery.transports.esp.making import deliver, readers
from tests.delivery.transports.esp.recipe import missing, missing_in
from tests.esp_api import Api, Mail, Request, mustache
from tests.fake_esp import FakeEsp

pytestmark = pytest.mark.django_db

SCHEMES = list(TABLE)


def _mails(request: Request) -> list[Mail]:
    data = request.json()
    return [
        Mail(
            address=each["to"],
            subject=data["subject"],
            text=mustache(data["text"], each["values"], escape=False),
            html=mustache(data["html"], each["values"], escape=True),
            sender=data["from"],
            reply_to=data["reply_to"],
            headers={**data["headers"], **each["headers"]},
            metadata={**data["metadata"], **each["metadata"]},
        )
        for each in data["readers"]
    ]


API = Api(
    name="pigeon",
    paths=lambda path: path.endswith("/loft"),
    recipients=lambda request: [each["to"] for each in request.json()["readers"]],
    mails=_mails,
    accept=lambda taken: {"flight": "7"},
    refuse=lambda text: (400, {"message": text}),
    secret=lambda request: request.headers["x-pigeon-key"],
)


@pytest.fixture
def one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the table of providers. What else is patched is the provider itself, on its side."""
    monkeypatch.setitem(TABLE, "pigeon", pigeon.__name__)
    monkeypatch.setitem(esp_apis.ALL, "pigeon", API)
    monkeypatch.setitem(fake_esp.PATHS, "pigeon", "/")


@pytest.fixture
def loft(one_line: None, settings: Settings) -> Iterator[FakeEsp]:
    with FakeEsp() as esp:
        settings.EMAIL_URL = esp.url("pigeon", "&webhook_secret=hook:secret")
        yield esp


def report(to: str, metadata: dict[str, Any], why: str = "nobody lives there") -> bytes:
    reported = {"what": "came back", "to": to, "metadata": metadata, "why": why}
    return json.dumps([reported]).encode()


def call(body: bytes, headers: dict[str, str]) -> int:
    answer = Client().post("/hooks/pigeon/", body, content_type="application/json", headers=headers)
    return answer.status_code


def test_it_takes_a_letter_with_each_readers_own_links(loft: FakeEsp) -> None:
    notes = deliver(loft, "pigeon", readers(3))
    assert set(notes.answers.values()) == {ServerAnswer.ACCEPTED}
    assert [subscriber_ids for subscriber_ids, _ in notes.calls] == [[1, 2], [3]]
    for subscriber_id in (1, 2, 3):
        mail = loft.provider.mails[f"reader{subscriber_id}@example.org"]
        assert f"click{subscriber_id}/" in mail.headers["List-Unsubscribe"]
        assert f"body{subscriber_id}/" in mail.text
        assert f"body{subscriber_id}/" in mail.html
        assert mail.metadata == {"mailing": "7", "subscriber": str(subscriber_id)}


def test_it_is_the_transport_of_a_site_that_names_it(loft: FakeEsp) -> None:
    transport = current()
    assert (transport.name, transport.describe()) == (
        "pigeon",
        f"Pigeon Post at 127.0.0.1:{loft.port}",
    )
    assert transport.key_lives is key_lives("pigeon") is None


def test_its_webhook_is_proven_and_what_it_reports_is_applied(loft: FakeEsp) -> None:
    mailing, person = one_reader()
    body = report(person.address, metadata_of(mailing, person))
    assert call(body, {}) == 401
    assert call(body, {"Authorization": "Basic aG9vazp3cm9uZw=="}) == 403
    assert call(body, BASIC) == 200
    apply_pending()
    assert state_of(mailing, person) == "bounced"
    [suppression] = Suppression.objects.all()
    assert suppression.reason == Suppression.Reason.BOUNCED


@pytest.mark.usefixtures("one_line")
def test_its_bounces_are_read() -> None:
    for why, reason in (("nobody lives there", HARD), ("fog", SOFT)):
        [event] = read("pigeon", {}, report("a@example.org", {"mailing": 5, "subscriber": 7}, why))
        assert event.verdict == Verdict(EventKind.BOUNCED, reason)
        assert (event.mailing_id, event.subscriber_id, event.reply) == (5, 7, why)


@pytest.mark.usefixtures("one_line")
def test_doctor_speaks_of_it(settings: Settings) -> None:
    settings.SITE_URL = "https://letters.example.org"
    settings.EMAIL_URL = "pigeon://key@"
    said = {check.name: check for check in doctor.checks()}
    assert said["transport"].message == "Mail goes to Pigeon Post."
    assert said["webhooks"].message.startswith("Pigeon Post has no way to report bounces")
    entered = "https://user:password@letters.example.org/hooks/pigeon/ as webhook at Pigeon Post."
    assert said["webhooks"].todo.endswith(entered)
    settings.EMAIL_URL = "outbox:"
    assert "pigeon://" in {check.name: check for check in doctor.checks()}["transport"].todo


@pytest.mark.usefixtures("one_line")
def test_whoever_mistypes_a_url_is_shown_it(settings: Settings) -> None:
    settings.EMAIL_URL = "raven://loft"
    with pytest.raises(ImproperlyConfigured, match="pigeon://KEY@"):
        current()
    settings.EMAIL_URL = "pigeon://"
    with pytest.raises(ImproperlyConfigured, match="lacks the key of Pigeon Post"):
        current()


# --- What was forgotten -----------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_provider_of_the_table_is_complete(scheme: str) -> None:
    assert missing(scheme) == []


def with_provider(provider: object) -> ModuleType:
    module = ModuleType("half_a_pigeon")
    module.__dict__["PROVIDER"] = provider
    return module


class Unfinished(Adapter):
    """Says neither how anymail's backend is configured nor which it is."""


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        (None, ["PROVIDER, a Provider"]),
        (
            replace(pigeon.PROVIDER, scheme="dove"),
            ["the same scheme in the table, in `scheme` and in `url`"],
        ),
        (
            replace(pigeon.PROVIDER, adapter=Unfinished),  # type: ignore[type-abstract]
            ["Unfinished.settings", "Unfinished.backend_class, with OverHttp"],
        ),
        (
            replace(pigeon.PROVIDER, webhook=replace(pigeon.PROVIDER.webhook, reader=object)),
            ["a webhook reader of anymail's"],
        ),
        (
            replace(pigeon.PROVIDER, webhook=replace(pigeon.PROVIDER.webhook, secrets=())),
            ["a secret by which its webhooks show who they are"],
        ),
    ],
)
def test_a_piece_that_was_forgotten_is_named(provider: object, said: list[str]) -> None:
    assert list(missing_in(with_provider(provider), "pigeon")) == said


@pytest.mark.parametrize("name", ["title", "url", "most", "largest", "adapter", "webhook"])
def test_a_provider_without_one_of_these_cannot_even_be_imported(name: str) -> None:
    given = {each.name: getattr(pigeon.PROVIDER, each.name) for each in fields(Provider)}
    del given[name]
    with pytest.raises(TypeError, match=f"'{name}'"):
        Provider(**given)


def test_a_webhook_has_to_say_which_bounces_are_hard() -> None:
    with pytest.raises(TypeError, match="'bounce'"):
        Webhook(reader=pigeon.AnymailsWebhookView)  # type: ignore[call-arg]


def test_what_is_missing_in_the_tests_and_the_readme_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(TABLE, "pigeon", pigeon.__name__)
    assert missing("pigeon") == [
        "pigeon://KEY@ in README.md",
        "its fake in tests/esp_apis.py",
        "the path of its fake in tests/fake_esp.py",
        "its calls in tests/delivery/events/payloads.py",
    ]


def test_a_provider_knows_what_it_is_called_in_the_table() -> None:
    assert [provider_of(scheme).scheme for scheme in SCHEMES] == SCHEMES
