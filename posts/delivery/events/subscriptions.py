"""Amazon's question whether we want what it has to tell (SNS SubscriptionConfirmation)."""

import logging
import re
import urllib.error
import urllib.request
from datetime import timedelta
from urllib.parse import urlsplit

from django.db.models.functions import Now

from posts.delivery.clock import later
from posts.delivery.events.models import ProviderEvent
from posts.delivery.events.providers import subscription_url

logger = logging.getLogger(__name__)

_AMAZON = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
TIMEOUT = 10.0  # seconds
TRY_FOR = timedelta(days=1)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Where Amazon's answer leads elsewhere, we don't follow."""

    def redirect_request(self, *_: object) -> None:
        return None


def asked_by(event: ProviderEvent) -> str:
    """The address of Amazon's at which to say yes; empty when this asks for nothing.

    Raises ValueError when it leads anywhere else: the body is a stranger's if the secret got
    known, and must not make this server fetch whatever it names.
    """
    url = subscription_url(bytes(event.body)) if event.provider == "ses" else ""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not _AMAZON.fullmatch(parts.netloc):
        raise ValueError(f"the address to confirm at is not Amazon's: {parts.netloc[:100]!r}")
    return url


def confirm(number: int, url: str) -> None:
    """Say yes, outside of any transaction. What fails is tried again by the sweep, for a day."""
    opener = urllib.request.build_opener(_NoRedirects)
    event = ProviderEvent.objects.filter(pk=number)
    try:
        with opener.open(url, timeout=TIMEOUT):
            logger.info("Confirmed the subscription to Amazon's events.")
    except (OSError, urllib.error.HTTPError) as error:
        logger.warning("Amazon's subscription could not be confirmed yet: %s", error)
        event.update(problem=f"The subscription could not be confirmed: {error}"[:500])
        event.filter(received_at__lt=later(-TRY_FOR)).update(applied_at=Now())
    else:
        event.update(applied_at=Now(), body=b"", headers={}, problem="")
