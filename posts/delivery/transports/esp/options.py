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
            f"EMAIL_URL cannot be read. It looks like {provider.url} and letters like / # ? @ [ in "
            "a key are written as %2F %23 %3F %40 %5B."
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
            shown = f"option {name!r}" if re.fullmatch("[a-z_]{1,30}", name) else "an option"
            raise ImproperlyConfigured(
                f"EMAIL_URL has {shown}, which {provider.scheme}:// does not know. It knows "
                f"{', '.join(sorted(known))}; a & in a value is written as %26."
            )
        if not value:
            raise ImproperlyConfigured(
                f"EMAIL_URL has the option {name} without a value. Write {name}=… or leave it out."
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
            f"EMAIL_URL looks like {provider.url} with nothing more behind it; another address for "
            "the calls is written as ?api_url=https://…"
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
            "The api_url in EMAIL_URL is no address. It looks like https://api.example.org/v3"
        )
    return url


def _connections(given: str) -> int:
    if not re.fullmatch(r"\d{1,3}", given) or not 1 <= int(given) <= MOST_CONNECTIONS:
        raise ImproperlyConfigured(
            "connections in EMAIL_URL is how many calls may be on their way at a time: a number "
            f"from 1 to {MOST_CONNECTIONS}."
        )
    return int(given)


def _check_keys(provider: Capabilities, options: Options) -> None:
    if provider.key_pair:
        if bool(options.key) != bool(options.secret):
            raise ImproperlyConfigured(
                f"EMAIL_URL holds one half of the keys of {provider.title}. It looks like "
                f"{provider.url} or, with keys from the environment, {provider.scheme}:// or "
                f"{provider.scheme}://{provider.place.upper()}"
            )
        return
    if not options.key or (provider.place and not options.place):
        raise ImproperlyConfigured(
            f"EMAIL_URL lacks the key{provider.place and f' or {provider.place}'} of "
            f"{provider.title}. It looks like {provider.url} (the @ belongs to it)."
        )
    if options.secret:
        raise ImproperlyConfigured(
            f"EMAIL_URL has a : in front of the @. {provider.title} has one key; it looks like "
            f"{provider.url} and a : in a key is written as %3A."
        )
