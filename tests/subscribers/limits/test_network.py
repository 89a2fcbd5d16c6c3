"""From where a request comes: the connection, or as many proxies as are ours."""

import pytest
from django.conf import LazySettings
from django.test import RequestFactory

from subscribers.limits.network import network_of, truncated


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.77, 1.1.1.1", ""),
    ],
)
def test_the_end_of_an_address_is_cut_off(address: str, network: str) -> None:
    assert truncated(address) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "198.51.100.1", "203.0.113.0/24"),
        (1, "198.51.100.1", "198.51.100.0/24"),
        (1, "192.0.2.9, 198.51.100.1", "198.51.100.0/24"),
        (2, "192.0.2.9, 198.51.100.1, 10.0.0.1", "198.51.100.0/24"),
        (2, "198.51.100.1", "203.0.113.0/24"),
        (1, "", "203.0.113.0/24"),
        (1, "nonsense", ""),
    ],
)
def test_what_a_client_writes_into_the_header_counts_for_nothing(
    settings: LazySettings, proxies: int, forwarded: str, network: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory(REMOTE_ADDR="203.0.113.5").get("/", HTTP_X_FORWARDED_FOR=forwarded)
    assert network_of(request) == network
