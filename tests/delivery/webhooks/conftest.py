from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from posts.content.actions import Foundation
from posts.delivery.webhooks import actions
from posts.delivery.webhooks.events import EVENTS
from posts.delivery.webhooks.models import WebhookEndpoint
from tests.delivery.webhooks.receiver import Receiver, receiver


@pytest.fixture
def shop(settings: LazySettings) -> Iterator[Receiver]:
    settings.WEBHOOKS_LOCALLY = True
    with receiver() as found:
        yield found


@pytest.fixture
def endpoint(site: Foundation, shop: Receiver) -> WebhookEndpoint:
    """Told everything."""
    return actions.add_endpoint(url=shop.url, events=EVENTS, with_address=False, by="ada")[0]
