from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from posts.delivery.transports import current
from posts.delivery.transports.esp.options import SECRET as SECRET_OF_WEBHOOKS
from posts.delivery.transports.esp.options import SIGNING_KEY
from posts.delivery.transports.esp.registry import TABLE, provider_of
from tests.delivery.transports.esp.making import named_by

SECRET = "s3cr3tvalue"


@pytest.mark.parametrize(
    ("url", "name", "shown"),
    [
        (f"mailgun://{SECRET}@letters.example", "mailgun", "Mailgun for letters.example"),
        (f"postmark://{SECRET}@", "postmark", "Postmark"),
        (f"brevo://{SECRET}@", "brevo", "Brevo"),
        (f"resend://{SECRET}@", "resend", "Resend"),
        (f"sparkpost://{SECRET}@", "sparkpost", "SparkPost"),
        ("ses://", "ses", "Amazon SES"),
        (f"ses://AKIA:{SECRET}@eu-west-1", "ses", "Amazon SES for eu-west-1"),
        (
            "brevo://key@?api_url=https://relay.example:8443/v3",
            "brevo",
            "Brevo at relay.example:8443",
        ),
    ],
)
def test_a_provider_is_named_by_its_url(
    settings: Settings, url: str, name: str, shown: str
) -> None:
    settings.EMAIL_URL = url
    transport = current()
    assert (transport.name, transport.describe()) == (name, shown)
    assert (transport.replay_safe, transport.stays_here) == (False, False)
    assert len(transport.name) <= 20
    assert SECRET not in repr(transport)


def test_keys_and_options_are_read_as_they_were_meant() -> None:
    transport = named_by(
        "ses://AKIA:a%2Fb@eu-west-1?connections=20&webhook_secret=user:word"
        "&webhook_signing_key=whsec&configuration_set=letters"
    )
    assert (transport.options.key, transport.options.secret) == ("AKIA", "a/b")
    assert transport.senders == 20
    assert transport.options.webhook == {SECRET_OF_WEBHOOKS: "user:word", SIGNING_KEY: "whsec"}
    assert transport.options.extra == {"configuration_set": "letters"}


def test_a_plus_in_an_option_is_a_plus_for_all_who_read_it() -> None:
    options = named_by("brevo://key@?webhook_secret=hook:a+b%2Bc").options
    assert options.webhook == {SECRET_OF_WEBHOOKS: "hook:a+b+c"}


def test_several_calls_are_in_flight_unless_told_otherwise() -> None:
    assert named_by("brevo://key@").senders == 8
    assert named_by("brevo://key@?connections=64").senders == 64


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost:1", True), ("127.0.0.9", True), ("[::1]:80", True), ("10.0.0.1", False)],
)
def test_only_an_api_on_this_machine_stays_here(host: str, here: bool) -> None:
    assert named_by(f"brevo://key@?api_url=http://{host}/").stays_here is here


def bad_urls() -> Iterator[tuple[str, str]]:
    yield "mailgun://letters.example", "lacks the key or domain of Mailgun"
    yield f"mailgun://{SECRET}@", "mailgun://KEY@DOMAIN"
    yield f"postmark://{SECRET}", "nothing more behind it"
    yield f"postmark://{SECRET}@host.example", "nothing more behind it"
    yield "brevo://", "lacks the key of Brevo"
    yield f"resend://key:{SECRET}@", "one key"
    yield f"ses://{SECRET}@eu-west-1", "one half of the keys"
    yield f"ses://AKIA:{SECRET}/half@eu-west-1", "%2F"
    yield f"brevo://{SECRET}@?colour=blue", "option 'colour', which brevo:// does not know"
    yield f"brevo://key@?a=1&{SECRET}=2", "does not know"
    yield f"brevo://{SECRET}@?connections=many", "a number from 1 to 64"
    yield f"brevo://{SECRET}@?connections=0", "a number from 1 to 64"
    yield f"brevo://{SECRET}@?connections=65", "a number from 1 to 64"
    yield f"brevo://{SECRET}@?connections=", "without a value"
    yield f"brevo://{SECRET}@?api_url=relay.example", "https://api.example.org/v3"
    yield f"brevo://{SECRET}@?api_url=http://[half", "https://api.example.org/v3"
    yield f"brevo://{SECRET}@:99", "nothing more behind it"
    yield f"resend://{SECRET}@?message_stream=x", "does not know"


@pytest.mark.parametrize(("url", "message"), list(bad_urls()))
def test_a_wrong_url_is_refused_with_what_to_write(
    settings: Settings, url: str, message: str
) -> None:
    settings.EMAIL_URL = url
    with pytest.raises(ImproperlyConfigured) as refusal:
        current()
    assert message in str(refusal.value)
    assert SECRET not in str(refusal.value)


def test_an_unknown_scheme_names_the_providers(settings: Settings) -> None:
    settings.EMAIL_URL = "pigeon://loft"
    with pytest.raises(ImproperlyConfigured, match="mailgun://KEY@DOMAIN"):
        current()


@pytest.mark.parametrize("name", TABLE)
def test_each_row_of_the_table_has_its_adapter(name: str) -> None:
    urls = {"mailgun": "mailgun://key@letters.example", "ses": "ses://"}
    adapter = named_by(urls.get(name, f"{name}://key@")).adapter()
    assert adapter.provider is provider_of(name)
