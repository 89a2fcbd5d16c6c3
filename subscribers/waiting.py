"""What was asked for in a form, kept until a worker does it some moments later.

So the answer to a form is the same, in words and in time, whoever the address belongs to.
"""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation

from subscribers import wording
from subscribers.actions import sign_up
from subscribers.addresses import Address
from subscribers.languages import spoken
from subscribers.limits.models import WaitingSignUp
from subscribers.models import Newsletter
from subscribers.preferences.actions import send_link
from subscribers.ring import ring_on_commit

logger = logging.getLogger(__name__)


def ask(
    *,
    address: Address,
    newsletters: Sequence[Newsletter],
    words: wording.Wording | None,
    source: str,
    by: str,
    locale: str,
    network: str,
) -> None:
    """Keep a sign-up for a worker: the same one statement, whoever the address belongs to."""
    with transaction.atomic():
        row = WaitingSignUp.objects.create(
            email=address.typed[:320],
            address=address.normalised,
            newsletters=[newsletter.pk for newsletter in newsletters],
            wording_version=words.version if words else "",
            source=source[:200],
            by=by,
            locale=locale[:12],
            network=network,
        )
        ring_on_commit("subscribers.tasks.take_up_sign_up", row.pk)


def ask_for_link(*, address: Address, source: str, by: str, network: str) -> None:
    """Keep the wish for a link to her own page, in the same way: a sign-up for nothing."""
    locale = translation.get_language() or settings.LANGUAGE_CODE
    ask(
        address=address,
        newsletters=[],
        words=None,
        source=source,
        by=by,
        locale=locale,
        network=network,
    )


def take_up(*, waiting: int) -> bool:
    """Do what a sign-up that was kept asks for. False when it was done already.

    Gone with it in one transaction: two workers that meet it do it once.
    """
    with transaction.atomic():
        row = WaitingSignUp.objects.select_for_update().filter(pk=waiting).first()
        if row is None:
            return False
        if not row.newsletters:
            send_link(address=Address(row.email, row.address))
            row.delete()
            return True
        # The sentence she agreed to is kept in the language in which she read it.
        with translation.override(spoken(row.locale)):
            sign_up(
                address=Address(row.email, row.address),
                newsletters=list(Newsletter.objects.filter(pk__in=row.newsletters)),
                words=wording.shown(row.wording_version),
                source=row.source,
                by=row.by,
                locale=row.locale,
                network=row.network,
            )
        row.delete()
    return True


def take_all_up() -> None:
    """One that fails is left for the next sweep, and keeps none behind it back."""
    for waiting in list(WaitingSignUp.objects.order_by("pk").values_list("pk", flat=True)):
        try:
            take_up(waiting=waiting)
        except DatabaseError:
            logger.exception("Sign-up %s could not be taken up; the next sweep tries.", waiting)
