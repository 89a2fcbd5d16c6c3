"""Named reads. What delivery asks of us is here: who, and whether still."""

import base64
import re
import uuid
from array import array
from binascii import b2a_base64
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from subscribers.keys import hashes_under_all, keyed_hash
from subscribers.languages import spoken
from subscribers.models import (
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
    TransactionalMail,
)
from subscribers.refusals import Refused
from subscribers.run_here import manage
from subscribers.segments.rules import Rule, query

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
TOKEN_TEXT = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits in base64url


class Recipient(NamedTuple):
    """One reader of one newsletter as delivery needs her; `left_out` says why not, or is empty.

    A tuple, and its tokens as they stand in addresses: there are as many of these as mails.
    """

    id: int
    address: str
    header_token: str
    body_token: str
    edition: str
    format: str
    discreet: bool
    large_text: bool
    left_out: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """What a reader chose of how a letter looks: each choice in use is a variant of it."""

    edition: str = Subscriber.Edition.FULL.value
    format: str = Subscriber.Format.HTML.value
    discreet: bool = False
    large_text: bool = False
    # That of our words around several posts; empty: that of the text, as in the letter of one.
    language: str = ""


def choices(newsletter_id: int) -> set[Choice]:
    """The choices that the present subscribers of a newsletter made."""
    return _made_by(_readers(newsletter_id))


def choices_of_pace(newsletter_id: int, pace: str, *, language: str) -> set[Choice]:
    """Those of one pace, of mails that speak each reader's language. `language`: what they speak
    else."""
    return choices_with_language(_readers(newsletter_id).filter(pace=pace), language=language)


def choices_with_language(people: QuerySet[Subscriber], *, language: str) -> set[Choice]:
    """As few as there are: who is of no language that we speak, or of theirs, has no other."""
    return {
        Choice(edition, format_, discreet, large_text, another_than(language, locale))
        for edition, format_, discreet, large_text, locale in people.values_list(
            *_CHOSEN, "locale"
        ).distinct()
    }


def another_than(language: str, locale: str) -> str:
    """The language of ours in which a person is spoken to, where it is not this one; else empty."""
    hers = spoken(locale)
    return "" if hers == spoken(language) else hers


_CHOSEN = ("edition", "format", "discreet", "large_text")


def _readers(newsletter_id: int) -> QuerySet[Subscriber]:
    return Subscriber.objects.filter(
        subscriptions__newsletter_id=newsletter_id,
        subscriptions__status=Subscription.Status.ACTIVE,
    )


def _made_by(people: QuerySet[Subscriber]) -> set[Choice]:
    return {Choice(*chosen) for chosen in people.values_list(*_CHOSEN).distinct()}


def token_text(token: uuid.UUID) -> str:
    """A token as it stands in an address: 22 characters of base64url."""
    return _spelled([token.hex])[0]


def _spelled(tokens: Iterable[str]) -> list[str]:
    """From hexadecimal digits, with dashes or without, of many at once, for there are two in each
    mail. Two bytes more make whole characters of each, and are cut off."""
    digits = "0000".join([*tokens, ""]).replace("-", "")
    text = b2a_base64(bytes.fromhex(digits), newline=False).translate(_URL_SAFE).decode("ascii")
    return [text[start : start + 22] for start in range(0, len(text), 24)]


def parse_token(text: str) -> uuid.UUID | None:
    """The token that `token_text` wrote; None for anything else."""
    if not TOKEN_TEXT.fullmatch(text):
        return None
    token = uuid.UUID(bytes=base64.urlsafe_b64decode(f"{text}=="))
    # The last character carries two bits only: of its four spellings one is ours.
    return token if token_text(token) == text else None


def address_hash(address: str) -> bytes:
    """The suppression hash of a normalised address, as we write it."""
    return keyed_hash("suppression", address)


def address_hashes(addresses: Iterable[str]) -> dict[bytes, str]:
    """Normalised addresses by every hash under which one may be known: ours, and those of the place
    that this site moved from."""
    return hashes_under_all("suppression", addresses)


def speaks_against(address: str) -> QuerySet[Suppression]:
    """All that keeps this normalised address from being mailed."""
    return Suppression.objects.filter(address_hash__in=list(address_hashes([address])))


def is_suppressed(address: str) -> bool:
    """Whether this normalised address must never be mailed again."""
    return speaks_against(address).exists()


# A block that somebody made by hand here. All else, she herself can take back: a foreign list, an
# erasure, and what our own mail met in her mailbox.
STANDS_AGAINST_HER = Q(reason=Suppression.Reason.MANUAL) & ~Q(origin=Suppression.Origin.LIST)


def may_come_back(address: str) -> bool:
    """Whether this address may be asked to confirm, and so to lift what keeps mail from it."""
    rows = speaks_against(address)
    return not rows.filter(STANDS_AGAINST_HER).exists()


def is_only_gone(address: str) -> bool:
    """Whether nothing but a mailbox that took no mail keeps mail from this address: its owner may
    be written to elsewhere, where she said so."""
    rows = speaks_against(address)
    return not rows.exclude(reason=Suppression.Reason.BOUNCED).exists()


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Those of the normalised addresses that must never be mailed again."""
    return set(suppressions_among(addresses))


def suppressions_among(addresses: Iterable[str]) -> dict[str, str]:
    """The same, each with the reason."""
    if not Suppression.objects.exists():
        return {}
    hashes = address_hashes(addresses)
    found = Suppression.objects.filter(address_hash__among=list(hashes))
    return {hashes[bytes(key)]: why for key, why in found.values_list("address_hash", "reason")}


def audience(
    newsletter_id: int, *, pace: str = Subscriber.Pace.EACH.value, rule: Rule | None = None
) -> QuerySet[Subscription, int]:
    """Ids of everybody who is subscribed right now and wants mail at this pace, in ascending order;
    of a segment, those whom its rule describes.

    Whoever rests is among them, and left out at the hand-over: so a report says that she was, and
    a rest that ends before her turn comes costs her nothing.
    """
    return (
        Subscription.objects.filter(
            newsletter_id=newsletter_id,
            status=Subscription.Status.ACTIVE,
            subscriber__pace=pace,
        )
        .filter(query(rule) if rule else Q())
        .order_by("subscriber_id")
        .values_list("subscriber_id", flat=True)
    )


def recipients(newsletter_id: int, ids: Sequence[int]) -> list[Recipient]:
    """Everybody among `ids` that still exists, as she is at this moment, in ascending order.

    An id that is missing from the answer was erased. Suppression is looked up here, which is
    right before each hand-over. A pace is not: whoever chose another since the mailing was planned
    still gets what was planned for her, for nothing else would bring her those posts.
    """
    today, subscriber_ids = timezone.localdate(), array("q", ids)
    # Two queries: for a join PostgreSQL reads the whole of one table, since a batch is a
    # considerable part of it as long as there are some 100,000 rows.
    people = {
        row[0]: row
        for row in Subscriber.objects.filter(id__among=subscriber_ids).values_list(
            "id", "address", "resting_until", *_CHOSEN, "locale"
        )
    }
    suppressed = suppressed_among([row[1] for row in people.values()])
    subscriptions = list(
        Subscription.objects.filter(
            newsletter_id=newsletter_id, subscriber_id__among=subscriber_ids
        )
        .order_by("subscriber_id")
        .values_list(
            "subscriber_id",
            Cast("header_token", TextField()),
            Cast("body_token", TextField()),
            "status",
        )
    )
    found = []
    headers, bodies = (_spelled([row[place] for row in subscriptions]) for place in (1, 2))
    for (subscriber_id, _, _, status), header, body in zip(
        subscriptions, headers, bodies, strict=True
    ):
        if subscriber_id not in people:
            continue  # erased between the two queries
        _, address, resting_until, edition, format_, discreet, large_text, locale = people[
            subscriber_id
        ]
        found.append(
            Recipient(
                subscriber_id,
                address,
                header,
                body,
                edition,
                format_,
                discreet,
                large_text,
                _left_out(status, resting_until, address in suppressed, today),
                locale,
            )
        )
    return found


def _left_out(status: str, resting_until: date | None, suppressed: bool, today: date) -> str:
    if suppressed:
        return "suppressed"
    if status != Subscription.Status.ACTIVE:
        return status
    return "resting" if resting_until is not None and resting_until > today else ""


def find_subscription(token: uuid.UUID) -> tuple[Subscription, bool] | None:
    """The subscription to which an unsubscribe token belongs, and whether it is the header's."""
    row = (
        Subscription.objects.filter(Q(header_token=token) | Q(body_token=token))
        .select_related("subscriber", "newsletter")
        .first()
    )
    return None if row is None else (row, row.header_token == token)


def owners_of(tokens: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The subscribers to whom unsubscribe tokens belong, of those that belong to any."""
    found: dict[uuid.UUID, int] = {}
    for name in ("header_token", "body_token") if tokens else ():
        rows = Subscription.objects.filter(**{f"{name}__in": tokens})
        found |= dict(rows.values_list(name, "subscriber_id"))
    return found


def asked_for(subscriber: Subscriber) -> list[Newsletter]:
    """The newsletters that wait for her confirmation."""
    return list(
        Newsletter.objects.filter(
            subscriptions__subscriber=subscriber, subscriptions__asked_at__isnull=False
        )
    )


def subscribed_to(subscriber: Subscriber) -> list[Newsletter]:
    """The newsletters that she gets."""
    return list(
        Newsletter.objects.filter(
            subscriptions__subscriber=subscriber,
            subscriptions__status=Subscription.Status.ACTIVE,
        )
    )


def find_confirmation(seed: uuid.UUID) -> TransactionalMail | None:
    """The confirmation mail whose link was made from this seed."""
    return TransactionalMail.objects.filter(token=seed).select_related("subscriber").first()


class NewsletterUnknown(Refused):
    """Which newsletter is meant cannot be told; `message` says what to write instead."""


def find_newsletter(slug: str | None) -> Newsletter:
    """The newsletter of that slug; without one, the only newsletter there is."""
    newsletters = list(Newsletter.objects.all())
    if not newsletters:
        raise NewsletterUnknown(
            f"There is no newsletter yet. `{manage('prepare')}` makes the first one."
        )
    if slug is None and len(newsletters) == 1:
        return newsletters[0]
    for newsletter in newsletters:
        if newsletter.slug == slug:
            return newsletter
    known = ", ".join(newsletter.slug for newsletter in newsletters)
    wrong = f"There is no newsletter {slug!r}." if slug else "There are several newsletters."
    raise NewsletterUnknown(f"{wrong} Say --newsletter with one of: {known}.")
