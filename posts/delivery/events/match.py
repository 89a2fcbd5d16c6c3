"""Which delivery an event is about, and whose address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from posts.delivery.clock import later
from posts.delivery.events.event import Event
from posts.delivery.letters.compose import MessageIds
from posts.delivery.models import Delivery, Mailing
from posts.delivery.transports.verdict import EventKind
from subscribers.models import Subscriber
from subscribers.queries import owners_of

State = Delivery.State

# Bounces come within days; a mailing before that is not what an event without ids is about.
RECENT = timedelta(days=30)
MOST_RECENT = 50


@dataclass(frozen=True, slots=True)
class Found:
    """An event and what it is about. `key` (mailing, subscriber) is None where no mailing is meant.

    `address` is the one that bounced or complained, and is empty where nothing may follow for
    any address; `subscriber_id` is 0 unless it is a subscriber's present address.
    """

    event: Event
    key: tuple[int, int] | None
    address: str
    subscriber_id: int


def find(events: Sequence[Event]) -> list[Found]:
    """Look all of them up, in a few statements however many they are. What is about nothing of
    ours is left out."""
    people, ids = _People(events), _OurIds()
    keys = [_proven(one, people, ids) for one in events]
    unknown = [one for one, key in zip(events, keys, strict=True) if key is None]
    guesses = _Guesses(filter(_guessable, unknown), people)
    found = []
    for one, known in zip(events, keys, strict=True):
        key = known or guesses.of(one)
        if key is not None or (one.trusted and one.addresses):
            address = _address(one, key, people)
            found.append(Found(one, key, address, people.ids.get(address, 0)))
    return found


class _People:
    """The subscribers whom the events may be about, both ways round."""

    def __init__(self, events: Iterable[Event]) -> None:
        subscriber_ids = {one.subscriber_id for one in events if one.subscriber_id}
        addresses = {address for one in events for address in one.addresses}
        self._by_token = owners_of({token for one in events for token in one.tokens})
        subscriber_ids |= set(self._by_token.values())
        rows = {
            *Subscriber.objects.filter(pk__in=subscriber_ids).values_list("pk", "address"),
            *Subscriber.objects.filter(address__in=addresses).values_list("pk", "address"),
        }
        self.addresses = dict(rows)
        self.ids = {address: subscriber_id for subscriber_id, address in rows}

    def named_in(self, event: Event) -> Iterable[int]:
        """Subscribers that it names by an address or by the link in her letter."""
        for address in event.addresses:
            if address in self.ids:
                yield self.ids[address]
        for token in event.tokens:
            if token in self._by_token:
                yield self._by_token[token]


def _proven(event: Event, people: _People, ids: "_OurIds") -> tuple[int, int] | None:
    if event.mailing_id and event.subscriber_id:
        return event.mailing_id, event.subscriber_id
    if event.message_ids and (key := ids.find(event, people)):
        return key
    if event.trusted and event.mailing_id:
        return next(((event.mailing_id, each) for each in people.named_in(event)), None)
    return None


class _OurIds:
    """Our Message-ID is a keyed hash of the delivery: made anew for each that it may be.

    Once for each, since a mail that reports a thousand people has the same ids for all of them.
    """

    def __init__(self) -> None:
        self._of_mailing: dict[int, MessageIds] = {}
        self._found: dict[tuple[tuple[str, ...], int, int], int | None] = {}

    def find(self, event: Event, people: _People) -> tuple[int, int] | None:
        for subscriber_id in people.named_in(event):
            asked = (event.message_ids, event.mailing_id, subscriber_id)
            if asked not in self._found:
                self._found[asked] = self._mailing(*asked)
            if mailing_id := self._found[asked]:
                return mailing_id, subscriber_id
        return None

    def _mailing(self, message_ids: tuple[str, ...], known: int, subscriber_id: int) -> int | None:
        """The mailing whose letter to this person has one of the ids."""
        given = {left for text in message_ids if (left := _left_part(text.strip()))}
        mailings = [known] if known else self._recent
        return next((one for one in mailings if self._made(one, subscriber_id) in given), None)

    def _made(self, mailing_id: int, subscriber_id: int) -> str:
        if mailing_id not in self._of_mailing:
            self._of_mailing[mailing_id] = MessageIds(mailing_id, "")
        return self._of_mailing[mailing_id].left_part(subscriber_id)

    @cached_property
    def _recent(self) -> list[int]:
        return _recent_mailings()


def _left_part(message_id: str) -> str:
    """What stands before the @ of `<left@right>`; empty where it is not written so."""
    left, at, right = message_id[1:-1].rpartition("@")
    return left if at and message_id == f"<{left}@{right}>" and not set(right) & set("<>") else ""


def _guessable(event: Event) -> bool:
    """Bad ones are believed of the latest mailing; a "delivered" may be of a confirmation mail."""
    return event.trusted and bool(event.addresses) and event.verdict.kind > EventKind.DELIVERED


class _Guesses:
    """The latest mailing that was accepted for an address."""

    def __init__(self, events: Iterable[Event], people: _People) -> None:
        self._people = people
        self._latest: dict[int, int] = {}
        subscriber_ids = {each for one in events for each in people.named_in(one)}
        if not subscriber_ids:
            return
        rows = Delivery.objects.filter(
            mailing_id__in=_recent_mailings(),
            subscriber_id__in=subscriber_ids,
            state__in=(State.ACCEPTED, State.DELIVERED, State.BOUNCED),
        )
        self._latest = dict(rows.order_by("mailing_id").values_list("subscriber_id", "mailing_id"))

    def of(self, event: Event) -> tuple[int, int] | None:
        if not _guessable(event):
            return None
        for subscriber_id in self._people.named_in(event):
            if subscriber_id in self._latest:
                return self._latest[subscriber_id], subscriber_id
        return None


def _recent_mailings() -> list[int]:
    mailings = Mailing.objects.filter(created_at__gt=later(-RECENT)).order_by("-pk")
    return list(mailings.values_list("pk", flat=True)[:MOST_RECENT])


def _address(event: Event, key: tuple[int, int] | None, people: _People) -> str:
    """The address for which something follows.

    A provider names it, and it may be one that she has changed since: then it is the old one
    that bounced. A mail in the mailbox may name anybody's: it counts only if it is hers.
    """
    hers = people.addresses.get(key[1], "") if key else ""
    if not event.addresses:
        return hers
    if event.trusted:
        return event.addresses[0]
    return hers if hers in event.addresses else ""
