"""What the recipe in `posts.delivery.transports.esp` asks for, as a list of what is missing."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings

from posts.delivery.transports.esp.adapter import Lean, OverHttp
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.registry import TABLE
from tests import esp_apis, fake_esp
from tests.delivery.events import payloads


def missing(scheme: str) -> list[str]:
    """Each piece that a provider of the table lacks; none: it is complete."""
    module = import_module(TABLE[scheme])
    return [*missing_in(module, scheme), *missing_elsewhere(module, scheme)]


def missing_in(module: ModuleType, scheme: str) -> Iterator[str]:
    provider = getattr(module, "PROVIDER", None)
    if not isinstance(provider, Provider):
        yield "PROVIDER, a Provider"
        return
    if provider.scheme != scheme or not provider.url.startswith(f"{scheme}://"):
        yield "the same scheme in the table, in `scheme` and in `url`"
    for name in sorted(provider.adapter.__abstractmethods__):
        yield f"{provider.adapter.__name__}.{name}"
    backend = getattr(provider.adapter, "backend_class", None)
    if backend is None or not issubclass(backend, OverHttp):
        yield f"{provider.adapter.__name__}.backend_class, with OverHttp"
    elif not issubclass(backend.payload, Lean):
        yield "Backend.payload, with Lean"
    if not issubclass(provider.webhook.reader, AnymailBaseWebhookView):
        yield "a webhook reader of anymail's"
    if not provider.webhook.secrets:
        yield "a secret by which its webhooks show who they are"


def missing_elsewhere(module: ModuleType, scheme: str) -> Iterator[str]:
    url = module.PROVIDER.url
    if f"`{url}`" not in Path(settings.BASE_DIR, "README.md").read_text():
        yield f"{url} in README.md"
    if scheme not in esp_apis.ALL:
        yield "its fake in tests/esp_apis.py"
    if scheme not in fake_esp.PATHS:
        yield "the path of its fake in tests/fake_esp.py"
    if scheme not in payloads.URLS or not hasattr(payloads, scheme):
        yield "its calls in tests/delivery/events/payloads.py"
