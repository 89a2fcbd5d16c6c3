"""`/metrics`, as Prometheus reads it (https://prometheus.io/docs/instrumenting/exposition_formats/).

There is none unless METRICS_TOKEN or METRICS_NETWORKS is set. The machine's numbers come from the
ledger and are the same whichever process is asked; those of requests are of this host, all its
processes together. No label holds an address, a slug or a reader.
"""

import hmac
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from posts.delivery.gauges import gauges
from subscribers.limits.network import peer_of

if TYPE_CHECKING:  # loaded only where somebody may ask
    from prometheus_client import Metric

OLD = 5.0  # seconds
WHO = "Bearer "


def _may_ask(request: HttpRequest) -> bool:
    token, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if token and given.startswith(WHO):
        return hmac.compare_digest(given.removeprefix(WHO).encode(), token.encode())
    try:
        address = ip_address(peer_of(request).strip())
    except ValueError:
        return False
    return any(address in ip_network(network) for network in settings.METRICS_NETWORKS)


class _OfTheLedger:
    """A collector: the numbers of `gauges`, at most some seconds old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text = b""
        self._at = float("-inf")

    def text(self) -> bytes:
        from prometheus_client import CollectorRegistry, generate_latest

        with self._lock:
            if time.monotonic() - self._at > OLD:
                registry = CollectorRegistry()
                registry.register(self)
                self._text, self._at = generate_latest(registry), time.monotonic()
            return self._text

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        families: dict[str, GaugeMetricFamily] = {}
        for gauge in gauges():
            labels = [gauge.label] if gauge.label else []
            family = families.setdefault(
                gauge.name, GaugeMetricFamily(gauge.name, gauge.help, labels=labels)
            )
            family.add_metric([gauge.value] if labels else [], gauge.number)
        yield from families.values()


of_the_ledger = _OfTheLedger()


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 to whoever may not ask: nothing tells that there is something."""
    if not settings.METRICS or not _may_ask(request):
        raise Http404
    from prometheus_client import CONTENT_TYPE_LATEST

    from posts.public.server import measured

    return HttpResponse(
        of_the_ledger.text() + measured.text(),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )
