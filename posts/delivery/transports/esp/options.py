"""What EMAIL_URL says about a provider: nothing else reads it.

Errors never show the URL: it holds a key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from posts.delivery.transports.email_url import options_of
from posts.delivery.transports.esp.capabilities import Capabilities
from subscribers.saying import sentence

# Of webhooks.
SECRET = "webhook_secret"  # noqa: S105 - user:password, shown as basic authentication
SIGNING_KEY = "webhook_signing_key"
SECRETS = frozenset({SECRET, SIGNING_KEY})
COMMON = frozenset({"api_url", "connections"}) | SECRETS
DEFAULT_CONNECTIONS = 8
MOST_CONNECTIONS = 64


@dataclass(frozen=True)
class Options:
    """`place` is what stands after the @: Mailgun's domain, the region of SES. `webhook`: by which
    secrets, under their option's name, its webhooks show who they are."""

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    place: str = ""
    api_url: str = ""
    connections: int = DEFAULT_CONNECTIONS
    webhook: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def stays_here(self) -> bool:
        """Whether `api_url` leads to this machine."""
        host = urlsplit(self.api_url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


def parse(url: str, provider: Capabilities) -> Options:
    """Raises ImproperlyConfigured with what to write instead."""
    try:
        parts = urlsplit(url)
        readable = parts.path in ("", "/") and not parts.fragment
    except ValueError:
        readable = False
    if not readable:
        raise ImproperlyConfigured(
            sentence(
                "EMAIL_URL cannot be read. It looks like %(url)s and letters like / # "
                "? @ [ in a key are written as %%2F %%23 %%3F %%40 %%5B.",
                url=provider.url,
            )
        )
    given = _options(url, provider)
    options = Options(
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        place=_place(parts, provider),
        api_url=_api_url(given.get("api_url", "")),
        connections=_connections(given.get("connections", str(DEFAULT_CONNECTIONS))),
        webhook={name: given[name] for name in sorted(SECRETS & given.keys())},
        extra={name: given[name] for name in sorted(provider.options & given.keys())},
    )
    _check_keys(provider, options)
    return options


def _options(url: str, provider: Capabilities) -> dict[str, str]:
    known = COMMON | provider.options
    given = options_of(url)
    for name, value in given.items():
        if name not in known:
            # Whatever has not the form of a name may be half of a key.
            shown = (
                sentence("option %(name)s", name=repr(name))
                if re.fullmatch("[a-z_]{1,30}", name)
                else sentence("an option")
            )
            raise ImproperlyConfigured(
                sentence(
                    "EMAIL_URL has %(shown)s, which %(scheme)s:// does not know. "
                    "It knows %(known)s; a & in a value is written as %%26.",
                    shown=shown,
                    scheme=provider.scheme,
                    known=", ".join(sorted(known)),
                )
            )
        if not value:
            raise ImproperlyConfigured(
                sentence(
                    "EMAIL_URL has the option %(name)s without a value. Write %(name)s=… "
                    "or leave it out.",
                    name=name,
                )
            )
    return given


def _place(parts: SplitResult, provider: Capabilities) -> str:
    try:
        has_port = parts.port is not None
    except ValueError:
        has_port = True
    place = parts.hostname or ""
    if has_port or (place and not provider.place):
        raise ImproperlyConfigured(
            sentence(
                "EMAIL_URL looks like %(url)s with nothing more behind it; another "
                "address for the calls is written as ?api_url=https://…",
                url=provider.url,
            )
        )
    return place


def _api_url(url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise ImproperlyConfigured(
            sentence(
                "The api_url in EMAIL_URL is no address. It looks like https://api.example.org/v3"
            )
        )
    return url


def _connections(given: str) -> int:
    if not re.fullmatch(r"\d{1,3}", given) or not 1 <= int(given) <= MOST_CONNECTIONS:
        raise ImproperlyConfigured(
            sentence(
                "connections in EMAIL_URL is how many calls may be on their way at a "
                "time: a number from 1 to %(most)s.",
                most=MOST_CONNECTIONS,
            )
        )
    return int(given)


def _check_keys(provider: Capabilities, options: Options) -> None:
    if provider.key_pair:
        if bool(options.key) != bool(options.secret):
            raise ImproperlyConfigured(
                sentence(
                    "EMAIL_URL holds one half of the keys of %(provider)s. It looks "
                    "like %(url)s or, with keys from the environment, "
                    "%(scheme)s:// or %(scheme)s://%(place)s",
                    provider=provider.title,
                    url=provider.url,
                    scheme=provider.scheme,
                    place=provider.place.upper(),
                )
            )
        return
    if not options.key or (provider.place and not options.place):
        raise ImproperlyConfigured(
            sentence(
                "EMAIL_URL lacks the key of %(provider)s. It looks like %(url)s (the @ belongs to "
                "it).",
                provider=provider.title,
                url=provider.url,
            )
            if not provider.place
            else sentence(
                "EMAIL_URL lacks the key or %(place)s of %(provider)s. It looks like %(url)s (the "
                "@ belongs to it).",
                place=provider.place,
                provider=provider.title,
                url=provider.url,
            )
        )
    if options.secret:
        raise ImproperlyConfigured(
            sentence(
                "EMAIL_URL has a : in front of the @. %(provider)s has one key; "
                "it looks like %(url)s and a : in a key is written as %%3A.",
                provider=provider.title,
                url=provider.url,
            )
        )
