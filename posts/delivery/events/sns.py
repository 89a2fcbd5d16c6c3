"""Saying yes to Amazon's question whether its events are welcome (SNS SubscriptionConfirmation)."""

import logging
import urllib.error
import urllib.request
from datetime import timedelta

from django.db.models.functions import Now

from posts.delivery.clock import later
from posts.delivery.events.models import ProviderEvent
from subscribers.saying import sentence

logger = logging.getLogger(__name__)

TIMEOUT = 10.0  # seconds
TRY_FOR = timedelta(days=1)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Where Amazon's answer leads elsewhere, we don't follow."""

    def redirect_request(self, *_: object) -> None:
        return None


def confirm(event_id: int, url: str) -> None:
    """Say yes, outside of any transaction. What fails is tried again by the sweep, for a day."""
    opener = urllib.request.build_opener(_NoRedirects)
    event = ProviderEvent.objects.filter(pk=event_id)
    try:
        with opener.open(url, timeout=TIMEOUT):
            logger.info("Confirmed the subscription to Amazon's events.")
    except (OSError, urllib.error.HTTPError) as error:
        logger.warning("Amazon's subscription could not be confirmed yet: %s", error)
        event.update(
            problem=sentence("The subscription could not be confirmed: %(error)s", error=error)[
                :500
            ]
        )
        event.filter(received_at__lt=later(-TRY_FOR)).update(applied_at=Now())
    else:
        event.update(applied_at=Now(), body=b"", headers={}, problem="")
