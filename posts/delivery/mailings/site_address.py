"""Choosing the address at which readers reach the site. No letter that is out has its links in the
middle of it changed: what is on its way is finished, or given up, first."""

from django.conf import settings
from django.db import transaction

from posts.content import address
from posts.content.actions import ensure_site
from posts.content.models import SiteSettings
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.models import Mailing
from subscribers.saying import sentence

State = Mailing.State
_ON_ITS_WAY = (State.HELD, State.SENDING, State.PAUSED)


def choose_address(*, to: str) -> SiteSettings:
    """Have every link begin with `to`, written as `https://letters.example.org`. Every process goes
    by it before its next request or task.

    Raises DeliveryRefused where the environment decides, or a letter is on its way.
    """
    if settings.SITE_URL_IS_FIXED:
        raise DeliveryRefused(
            sentence("Whoever set up this site fixed its address, so it cannot be changed here.")
        )
    with transaction.atomic():
        going = Mailing.objects.filter(state__in=_ON_ITS_WAY, letter__isnull=False)
        if to != settings.SITE_URL and (mailing := going.order_by("pk").first()) is not None:
            raise DeliveryRefused(
                sentence(
                    "“%(subject)s” is on its way with the old address in its links. Wait until it "
                    "is out, or cancel it; then try again.",
                    subject=mailing.title,
                )
            )
        site = SiteSettings.load()
        site.address = to
        site.save()
    address.adopt(to)
    ensure_site()
    return site
