"""From where a request comes, in the coarse form in which we count and keep it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# What a provider hands to one household or office: no more than that is kept of anybody.
IPV4_PREFIX = 24
IPV6_PREFIX = 48


def network_of(request: HttpRequest) -> str:
    """The truncated network of the client, like 203.0.113.0/24; empty when nothing tells it."""
    return truncated(peer_of(request))


def address_of(request: HttpRequest) -> str:
    """The client's own address, to count by and not to keep: of IPv6 the /64, which one device has
    for itself. Empty when nothing tells it."""
    ip = _parsed(peer_of(request))
    if ip is None:
        return ""
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def truncated(address: str) -> str:
    """The network of an address; empty for what is none (a Unix socket's peer, for example)."""
    ip = _parsed(address)
    if ip is None:
        return ""
    prefix = IPV4_PREFIX if ip.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((ip, prefix), strict=False))


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def peer_of(request: HttpRequest) -> str:
    """The peer, or what the outermost of our own proxies says of its peer.

    Whatever stands further left in X-Forwarded-For was written by the client, and is worth
    nothing. With fewer entries than we have proxies, the request came past one of them.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    if not proxies:
        return peer
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return told[-proxies] if len(told) >= proxies and told[-proxies].strip() else peer
