"""The table of providers. It names modules, which are imported when they are needed: boto alone
takes a while to load, and only who sends through Amazon should wait for it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from posts.delivery.transports.esp.options import Options, parse

if TYPE_CHECKING:
    from posts.delivery.transports.esp.provider import Provider

# The scheme of EMAIL_URL → the module whose `PROVIDER` says all about it.
TABLE = {
    "mailgun": "posts.delivery.transports.esp.mailgun",
    "postmark": "posts.delivery.transports.esp.postmark",
    "brevo": "posts.delivery.transports.esp.brevo",
    "resend": "posts.delivery.transports.esp.resend",
    "sparkpost": "posts.delivery.transports.esp.sparkpost",
    "ses": "posts.delivery.transports.esp.ses",
}


def provider_of(scheme: str) -> Provider:
    """Raises KeyError where there is no such provider."""
    provider: Provider = import_module(TABLE[scheme]).PROVIDER
    return provider


@cache
def configured(url: str) -> tuple[Provider, Options] | None:
    """The provider that EMAIL_URL names, and what it says of it; None where it names none.

    Raises ImproperlyConfigured with what to write instead.
    """
    scheme = url.partition(":")[0].lower()
    if scheme not in TABLE:
        return None
    provider = provider_of(scheme)
    return provider, parse(url, provider)
