"""A way out from what was typed into fields, written as EMAIL_URL is: its one parser reads it."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote


def server_url(*, security: str, host: str, port: int, user: str, password: str) -> str:
    """`security` is one of `Smtp.SCHEMES`."""
    named = f"{_coded(user)}{':' * bool(password)}{_coded(password)}@" if user else ""
    return f"{security}://{named}{_host(host)}:{port}"


def provider_url(
    scheme: str, *, key: str, secret: str = "", place: str = "", options: Mapping[str, str]
) -> str:
    """Options without a value are left out."""
    keys = f"{_coded(key)}{':' * bool(secret)}{_coded(secret)}@" if key else ""
    query = "&".join(f"{name}={_coded(value)}" for name, value in options.items() if value)
    return f"{scheme}://{keys}{place}{'?' * bool(query)}{query}"


def _coded(text: str) -> str:
    return quote(text, safe="")


def _host(host: str) -> str:
    try:
        return f"[{host}]" if isinstance(ip_address(host), IPv6Address) else host
    except ValueError:
        return host
