"""The link to a person's own page: signed, good for an hour, mailed to her mailbox only."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from subscribers.models import Subscriber

GOOD_FOR = timedelta(hours=1)


def token(person: Subscriber) -> str:
    """Her number and the time, signed. The address is no part of it, only of what is signed."""
    return _signer(person).sign(str(person.pk))


def link(person: Subscriber) -> str:
    return f"{settings.SITE_URL}{path(person)}"


def path(person: Subscriber) -> str:
    return reverse("your_preferences", args=[token(person)])


def whose(text: str) -> Subscriber | None:
    """Who got this link within the hour; None for an old, forged or mangled one."""
    number = text.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    person = Subscriber.objects.filter(pk=int(number)).first()
    if person is None:
        return None
    try:
        _signer(person).unsign(text, max_age=GOOD_FOR)
    except BadSignature:
        return None
    return person


def _signer(person: Subscriber) -> TimestampSigner:
    # With the address in it, a link that lies in a mailbox ends when she leaves that mailbox.
    return TimestampSigner(sep=".", salt=f"subscribers.preferences:{person.address}")
