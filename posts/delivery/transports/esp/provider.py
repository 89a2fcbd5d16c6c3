"""What has to be known of a provider. Each has one module, which says it as `PROVIDER`."""

from dataclasses import dataclass

from posts.delivery.transports.esp.adapter import Adapter
from posts.delivery.transports.esp.capabilities import Capabilities
from posts.delivery.transports.esp.webhook import Webhook


@dataclass(frozen=True, kw_only=True)
class Provider(Capabilities):
    """What its API can do, how it is called, and how it reports what became of the mails."""

    adapter: type[Adapter]
    webhook: Webhook
