"""What EMAIL_URL says about a provider. Errors never show the URL: it holds a key."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from posts.delivery.transports.esp.capabilities import TABLE, Capabilities

COMMON = frozenset({"api_url", "connections", "webhook_secret", "webhook_signing_key"})
DEFAULT_CONNECTIONS = 8
MOST_CONNECTIONS = 64


@dataclass(frozen=True)
class Options:
    """`place` is what stands after the @: Mailgun's domain, the region of SES."""

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    place: str = ""
    api_url: str = ""
    connections: int = DEFAULT_CONNECTIONS
    webhook_secret: str = field(default="", repr=False)
    webhook_signing_key: str = field(default="", repr=False)
    extra: tuple[tuple[str, str], ...] = ()

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


def parse(url: str) -> tuple[Capabilities, Options]:
    """Raises ImproperlyConfigured with what to write instead."""
    parts = urlsplit(url)
    row = TABLE[parts.scheme]
    if parts.path not in ("", "/") or parts.fragment:
        raise ImproperlyConfigured(
            f"EMAIL_URL cannot be read. It looks like {row.url} and letters like / # ? @ [ in a "
            "key are written as %2F %23 %3F %40 %5B."
        )
    given = _query(parts.query, row)
    options = Options(
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        place=_place(parts, row),
        api_url=_api_url(given.pop("api_url", "")),
        connections=_connections(given.pop("connections", str(DEFAULT_CONNECTIONS))),
        webhook_secret=given.pop("webhook_secret", ""),
        webhook_signing_key=given.pop("webhook_signing_key", ""),
        extra=tuple(sorted(given.items())),
    )
    _check_keys(row, options)
    return row, options


def _query(query: str, row: Capabilities) -> dict[str, str]:
    known = COMMON | row.options
    given = dict(parse_qsl(query, keep_blank_values=True))
    for name, value in given.items():
        if name not in known:
            # Whatever has not the form of a name may be half of a key.
            shown = f"option {name!r}" if re.fullmatch("[a-z_]{1,30}", name) else "an option"
            raise ImproperlyConfigured(
                f"EMAIL_URL has {shown}, which {row.scheme}:// does not know. It knows "
                f"{', '.join(sorted(known))}; a & in a value is written as %26."
            )
        if not value:
            raise ImproperlyConfigured(
                f"EMAIL_URL has the option {name} without a value. Write {name}=… or leave it out."
            )
    return given


def _place(parts: SplitResult, row: Capabilities) -> str:
    try:
        has_port = parts.port is not None
    except ValueError:
        has_port = True
    place = parts.hostname or ""
    if has_port or (place and row.scheme not in ("mailgun", "ses")):
        raise ImproperlyConfigured(
            f"EMAIL_URL looks like {row.url} with nothing more behind it; another address for the "
            "calls is written as ?api_url=https://…"
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


def _check_keys(row: Capabilities, options: Options) -> None:
    if row.scheme == "ses":
        if bool(options.key) != bool(options.secret):
            raise ImproperlyConfigured(
                "EMAIL_URL holds one half of the keys of Amazon SES. It looks like "
                f"{row.url} or, with keys from the environment, ses:// or ses://REGION"
            )
        return
    if not options.key or (row.scheme == "mailgun" and not options.place):
        raise ImproperlyConfigured(
            f"EMAIL_URL lacks the key{' or domain' if row.scheme == 'mailgun' else ''} of "
            f"{row.title}. It looks like {row.url} (the @ belongs to it)."
        )
    if options.secret:
        raise ImproperlyConfigured(
            f"EMAIL_URL has a : in front of the @. {row.title} has one key; it looks like "
            f"{row.url} and a : in a key is written as %3A."
        )
