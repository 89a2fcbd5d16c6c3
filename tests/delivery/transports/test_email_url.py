import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from posts.delivery.transports import current
from posts.delivery.transports.email_url import options_of


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://host", {}),
        ("smtp://host?", {}),
        ("smtp://host?a=1&b=2", {"a": "1", "b": "2"}),
        ("brevo://key@?webhook_secret=hook:a+b", {"webhook_secret": "hook:a+b"}),
        ("brevo://key@?webhook_secret=hook:a%2Bb%26c=d", {"webhook_secret": "hook:a+b&c=d"}),
        ("brevo://key@?a=1&&a=2&b", {"a": "2", "b": ""}),
    ],
)
def test_options_are_read_as_they_were_written(url: str, options: dict[str, str]) -> None:
    assert options_of(url) == options


@pytest.mark.parametrize("scheme", ["smtp", "mailgun", "outbox"])
def test_a_url_that_cannot_be_read_says_so(scheme: str, settings: Settings) -> None:
    with pytest.raises(ValueError, match="IPv6"):
        options_of(f"{scheme}://[x")
    settings.EMAIL_URL = f"{scheme}://[x"
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        current()
