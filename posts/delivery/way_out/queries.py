"""Which way out is chosen, and by whom."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from posts.delivery.way_out.models import WayOut
from posts.delivery.way_out.sealing import Unsealable, unseal
from subscribers.saying import sentence

OUTBOX = "outbox:"


class WayOutUnreadable(ImproperlyConfigured):
    """The owner chose one, and it cannot be read any more. Nothing leaves until she enters it."""


def email_url() -> str:
    """The way out, written as EMAIL_URL is. One read of one row where the environment says
    nothing. Raises WayOutUnreadable."""
    if settings.EMAIL_URL:
        return str(settings.EMAIL_URL)
    sealed = WayOut.objects.order_by("pk").values_list("sealed", flat=True).first()
    if sealed is None:
        return OUTBOX
    try:
        return unseal(sealed)
    except Unsealable as error:
        raise WayOutUnreadable(
            sentence(
                "How mail leaves cannot be read any more, because SECRET_KEY is "
                "another one now. No mail leaves. Enter it again under Settings → How "
                "mail leaves."
            )
        ) from error


def by_environment() -> bool:
    """Whether EMAIL_URL says it, so that nothing at the desk can."""
    return bool(settings.EMAIL_URL)


def chosen() -> WayOut | None:
    """What the owner chose, whether or not the environment lets it count."""
    return WayOut.objects.order_by("pk").first()
