"""Which delivery a piece of news is about, and whose address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from posts.delivery.clock import later
from posts.delivery.events.news import News, What
from posts.delivery.letters.compose import MessageIds
from posts.delivery.models import Delivery, Mailing
from subscribers.models import Subscriber
from subscribers.queries import owners_of

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
    people, ids = _People(news), _OurIds()
    keys = [_proven(one, people, ids) for one in news]
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
        self._by_token = owners_of({token for one in news for token in one.tokens})
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


def _proven(news: News, people: _People, ids: "_OurIds") -> tuple[int, int] | None:
    if news.mailing_id and news.subscriber_id:
        return news.mailing_id, news.subscriber_id
    if news.identities and (key := ids.find(news, people)):
        return key
    if news.trusted and news.mailing_id:
        return next(((news.mailing_id, number) for number in people.named_in(news)), None)
    return None


class _OurIds:
    """Our Message-ID is a keyed hash of the delivery: made anew for each that it may be.

    Once for each, since a mail that tells of a thousand people has the same ids for all of them.
    """

    def __init__(self) -> None:
        self._of_mailing: dict[int, MessageIds] = {}
        self._found: dict[tuple[tuple[str, ...], int, int], int | None] = {}

    def find(self, news: News, people: _People) -> tuple[int, int] | None:
        for number in people.named_in(news):
            asked = (news.identities, news.mailing_id, number)
            if asked not in self._found:
                self._found[asked] = self._mailing(*asked)
            if mailing_id := self._found[asked]:
                return mailing_id, number
        return None

    def _mailing(self, identities: tuple[str, ...], known: int, number: int) -> int | None:
        """The mailing whose letter to this person has one of the ids."""
        given = {left for text in identities if (left := _left_part(text.strip()))}
        mailings = [known] if known else self._recent
        return next((one for one in mailings if self._made(one, number) in given), None)

    def _made(self, mailing_id: int, number: int) -> str:
        if mailing_id not in self._of_mailing:
            self._of_mailing[mailing_id] = MessageIds(mailing_id, "")
        return self._of_mailing[mailing_id].left_part(number)

    @cached_property
    def _recent(self) -> list[int]:
        return _recent_mailings()


def _left_part(identity: str) -> str:
    """What stands before the @ of `<left@right>`; empty where it is not written so."""
    left, at, right = identity[1:-1].rpartition("@")
    return left if at and identity == f"<{left}@{right}>" and not set(right) & set("<>") else ""


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
