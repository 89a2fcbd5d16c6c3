"""Choosing how mail leaves. Every worker goes by it within a second; what is going out waits until
somebody has looked, so that no mailing leaves half one way and half another unseen."""

from typing import Any

from django.db import transaction

from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.control import pause_for_problem
from posts.delivery.models import Mailing, TransportStatus
from posts.delivery.rate.models import Allowance
from posts.delivery.transports import from_url
from posts.delivery.way_out.models import WayOut
from posts.delivery.way_out.queries import by_environment
from posts.delivery.way_out.sealing import seal
from subscribers.saying import sentence

THE_ROW = 1


def choose_way_out(*, url: str, shown: dict[str, Any], by: str) -> list[Mailing]:
    """Have mail leave the way that `url` names, written as EMAIL_URL is; `shown` is what of it may
    stand in a form. Answers the mailings that were going out, which wait for a person now.

    Raises DeliveryRefused where the environment decides, ImproperlyConfigured for a `url` that
    names no way out.
    """
    if by_environment():
        raise DeliveryRefused(
            sentence(
                "Whoever set up this site fixed how mail leaves, so it cannot be changed here."
            )
        )
    transport = from_url(url)
    with transaction.atomic():
        WayOut.objects.update_or_create(pk=THE_ROW, defaults={"sealed": seal(url), "shown": shown})
        # Of another server with the same name: its troubles and its pace are none of the new one's.
        TransportStatus.objects.filter(name=transport.name).update(
            blocked_until=None, failures=0, doubts=0, problem=""
        )
        Allowance.objects.filter(name=transport.name).update(slow_rate=None, slow_since=None)
        going = list(Mailing.objects.filter(state=Mailing.State.SENDING).order_by("pk"))
        for mailing in going:
            pause_for_problem(
                mailing=mailing,
                problem=sentence(
                    "%(by)s changed how mail leaves: now by %(way_out)s. Nobody gets this "
                    "letter twice. Resume, and whoever has not got it yet gets it that way.",
                    by=by,
                    way_out=transport.describe(),
                ),
            )
    return going
