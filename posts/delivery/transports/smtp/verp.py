"""Envelope addresses that carry the delivery, so that a bounce says by itself what it is about.

`bounces+<mailing>-<subscriber>-<keyed hash>@letters.example.org`: whoever has not seen such an
address can make none, so a forged bounce suppresses nobody.
"""

import base64
import hmac
import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from posts.delivery.transports.email_url import options_of
from posts.delivery.way_out.queries import email_url
from subscribers.addresses import LONGEST_LOCAL_PART, AddressRefused, normalise
from subscribers.keys import keyed_hash
from subscribers.saying import sentence

_HASH = 12  # characters of base32: 60 bits
# What is added at most: the plus, two ids with their dashes, and the hash.
_LONGEST_SUFFIX = 1 + 10 + 1 + 19 + 1 + _HASH
_LONGEST_MAILBOX = LONGEST_LOCAL_PART - _LONGEST_SUFFIX
_SUFFIX = re.compile(r"\+(\d{1,10})-(\d{1,19})-([a-z2-7]{12})")


@dataclass(frozen=True, slots=True)
class Verp:
    """The envelope senders of this site."""

    mailbox: str
    domain: str

    def sender(self, mailing_id: int, subscriber_id: int) -> str:
        """The envelope sender of one delivery, the same on every attempt."""
        proof = _proof(mailing_id, subscriber_id)
        return f"{self.mailbox}+{mailing_id}-{subscriber_id}-{proof}@{self.domain}"

    def read(self, address: str) -> tuple[int, int] | None:
        """The mailing and subscriber of an address that we made; None for every other."""
        local, _, domain = address.strip("<> ").lower().rpartition("@")
        match = _SUFFIX.fullmatch(local.removeprefix(self.mailbox))
        if match is None or domain != self.domain or not local.startswith(self.mailbox):
            return None
        mailing_id, subscriber_id = int(match[1]), int(match[2])
        if not hmac.compare_digest(match[3], _proof(mailing_id, subscriber_id)):
            return None
        return mailing_id, subscriber_id


def _proof(mailing_id: int, subscriber_id: int) -> str:
    digest = keyed_hash("verp", mailing_id, subscriber_id)[:8]
    return base64.b32encode(digest).decode()[:_HASH].lower()


def parse(given: str) -> Verp:
    """What stands behind `?verp=` in EMAIL_URL. Raises ImproperlyConfigured."""
    try:
        mailbox, _, domain = normalise(given).normalised.rpartition("@")
    except AddressRefused as error:
        raise ImproperlyConfigured(
            sentence(
                "verp=%(given)s in EMAIL_URL is no address: %(error)s Write the one "
                "that bounces go to, like ?verp=bounces@letters.example.org",
                given=given,
                error=error,
            )
        ) from error
    if len(mailbox) > _LONGEST_MAILBOX or "+" in mailbox:
        raise ImproperlyConfigured(
            sentence(
                "verp=%(given)s in EMAIL_URL: the part before the @ may have "
                "%(most)s letters and no +, since the delivery is written "
                "behind it. Take a shorter one, like bounces.",
                given=given,
                most=_LONGEST_MAILBOX,
            )
        )
    return Verp(mailbox, domain)


def current() -> Verp | None:
    """What EMAIL_URL says, or None. Raises ImproperlyConfigured."""
    try:
        given = options_of(email_url()).get("verp")
    except ValueError:  # the transport's own check says so
        return None
    return parse(given) if given else None


def fetch_key() -> None:
    """After that `sender` asks no database."""
    _proof(0, 0)
