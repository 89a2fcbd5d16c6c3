"""Which delivery a piece of news is about, and whose address."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from posts.delivery.clock import later
from posts.delivery.events.news import News, What
from posts.delivery.letters.compose import message_id
from posts.delivery.models import Delivery, Mailing
from subscribers.models import Subscriber
from subscribers.queries import find_subscription

State = Delivery.State

# Bounces come within days; a mailing before that is not what an event without ids is about.
RECENT = timedelta(days=30)
MOST_RECENT = 50


@dataclass(frozen=True, slots=True)
class Found:
    """News and what it is about. `key` (mailing, subscriber) is None where no mailing is meant.

    `address` is the one that bounced or complained, and is empty where nothing may follow for
    any address; `subscriber_id` is 0 unless it is a subscriber's present address.
    """

    news: News
    key: tuple[int, int] | None
    address: str
    subscriber_id: int


def find(news: Sequence[News]) -> list[Found]:
    """Look all of them up, in a few statements however many they are. What is about nothing of
    ours is left out."""
    people = _People(news)
    keys = [_proven(one, people) for one in news]
    unknown = [one for one, key in zip(news, keys, strict=True) if key is None and _guessable(one)]
    guesses = _Guesses(unknown, people)
    found = []
    for one, known in zip(news, keys, strict=True):
        key = known or guesses.of(one)
        if key is not None or (one.trusted and one.addresses):
            address = _address(one, key, people)
            found.append(Found(one, key, address, people.ids.get(address, 0)))
    return found


class _People:
    """The subscribers whom the news may be about, both ways round."""

    def __init__(self, news: Iterable[News]) -> None:
        numbers = {one.subscriber_id for one in news if one.subscriber_id}
        addresses = {address for one in news for address in one.addresses}
        self._by_token = {
            token: found[0].subscriber_id
            for token in {token for one in news for token in one.tokens}
            if (found := find_subscription(token))
        }
        numbers |= set(self._by_token.values())
        rows = {
            *Subscriber.objects.filter(pk__in=numbers).values_list("pk", "address"),
            *Subscriber.objects.filter(address__in=addresses).values_list("pk", "address"),
        }
        self.addresses = dict(rows)
        self.ids = {address: number for number, address in rows}

    def named_in(self, news: News) -> Iterable[int]:
        """Subscribers that it names by an address or by the link in her letter."""
        for address in news.addresses:
            if address in self.ids:
                yield self.ids[address]
        for token in news.tokens:
            if token in self._by_token:
                yield self._by_token[token]


def _proven(news: News, people: _People) -> tuple[int, int] | None:
    if news.mailing_id and news.subscriber_id:
        return news.mailing_id, news.subscriber_id
    if news.identities and (key := _by_message_id(news, people)):
        return key
    if news.trusted and news.mailing_id:
        return next(((news.mailing_id, number) for number in people.named_in(news)), None)
    return None


def _by_message_id(news: News, people: _People) -> tuple[int, int] | None:
    """Our Message-ID is a keyed hash of the delivery: made anew for each that it may be."""
    mailings = [news.mailing_id] if news.mailing_id else _recent_mailings()
    given = [identity.strip() for identity in news.identities]
    for number in people.named_in(news):
        for mailing_id in mailings:
            for identity in given:
                domain = identity.strip("<>").rpartition("@")[2]
                ours = message_id(mailing_id, number, domain)
                if hmac.compare_digest(ours.encode(), identity.encode()):
                    return mailing_id, number
    return None


def _guessable(news: News) -> bool:
    """Bad news is believed of the latest mailing; a "delivered" may be of a confirmation mail."""
    return news.trusted and bool(news.addresses) and news.verdict.what > What.DELIVERED


class _Guesses:
    """The latest mailing that was accepted for an address."""

    def __init__(self, news: Sequence[News], people: _People) -> None:
        self._people = people
        self._latest: dict[int, int] = {}
        numbers = {number for one in news for number in people.named_in(one)}
        if not numbers:
            return
        rows = Delivery.objects.filter(
            mailing_id__in=_recent_mailings(),
            subscriber_id__in=numbers,
            state__in=(State.ACCEPTED, State.DELIVERED, State.BOUNCED),
        )
        self._latest = dict(rows.order_by("mailing_id").values_list("subscriber_id", "mailing_id"))

    def of(self, news: News) -> tuple[int, int] | None:
        if not _guessable(news):
            return None
        for number in self._people.named_in(news):
            if number in self._latest:
                return self._latest[number], number
        return None


def _recent_mailings() -> list[int]:
    mailings = Mailing.objects.filter(created_at__gt=later(-RECENT)).order_by("-pk")
    return list(mailings.values_list("pk", flat=True)[:MOST_RECENT])


def _address(news: News, key: tuple[int, int] | None, people: _People) -> str:
    """The address for which something follows.

    A provider names it, and it may be one that she has changed since: then it is the old one
    that bounced. A mail in the mailbox may name anybody's: it counts only if it is hers.
    """
    hers = people.addresses.get(key[1], "") if key else ""
    if not news.addresses:
        return hers
    if news.trusted:
        return news.addresses[0]
    return hers if hers in news.addresses else ""
