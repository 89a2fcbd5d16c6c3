"""Objections that are newer than the backup a database came from, brought into it.

Her last word counts: a subscription ends only where she did not say yes again after the objection.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from django.db.models import Max, Q

from subscribers import objections
from subscribers.actions import Kind, Status, erase, record, suppress_all
from subscribers.addresses import Address
from subscribers.models import ConsentEvent, Subscriber, Subscription, Suppression
from subscribers.queries import address_hashes

SOURCE = "objections kept beside the database"
BY = "restore"
CHUNK = 500
_YES = (Kind.CONFIRMED, Kind.IMPORTED, Kind.RESUBSCRIBED)
_LIST = Suppression.Origin.LIST.value
_ERASED = Suppression.Reason.ERASED.value


@dataclass
class _Said:
    """The lines, by what they are about."""

    ties: dict[str, list[tuple[int, str, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    addresses: dict[bytes, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))


def replay(lines: Iterable[objections.NotedLine]) -> int:
    """Bring them in, in the caller's transaction. Answers how many people they changed."""
    said = _sorted(lines)
    Suppression.objects.bulk_create(
        (
            Suppression(address_hash=digest, reason=reason, origin=origin, source=SOURCE)
            for digest, why in said.addresses.items()
            for reason, origin in sorted(why)
        ),
        ignore_conflicts=True,
        batch_size=CHUNK,
    )
    if not said.ties and not said.addresses:
        return 0
    return sum(_chunk(people, said) for people in _people())


def _sorted(lines: Iterable[objections.NotedLine]) -> _Said:
    said = _Said()
    for line in lines:
        if line.kind == objections.TIE:
            what, newsletter, person = line.words
            said.ties[person].append((int(newsletter), what, line.at))
        elif line.kind == objections.ADDRESS:
            why, digest = line.words
            reason, _, origin = why.partition(":")
            said.addresses[bytes.fromhex(digest)].add((reason, origin))
    return said


def _people() -> Iterator[list[tuple[int, str]]]:
    rows = Subscriber.objects.order_by("pk").values_list("pk", "address").iterator(chunk_size=2_000)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _chunk(people: Sequence[tuple[int, str]], said: _Said) -> int:
    changed: set[int] = set()
    ending: list[tuple[int, int, str, datetime]] = []
    never: dict[str, list[Address]] = defaultdict(list)
    hashes: dict[str, list[bytes]] = defaultdict(list)
    for digest, address in address_hashes(address for _, address in people).items():
        hashes[address].append(digest)
    for id_, address in people:
        for newsletter, what, at in said.ties.get(objections.person_hash(id_), ()):
            ending.append((id_, newsletter, what, at))
        against = (said.addresses.get(digest, ()) for digest in hashes[address])
        for reason, origin in chain.from_iterable(against):
            if origin != _LIST:  # which bars, and ends nothing
                never[reason].append(Address(address, address))
                changed.add(id_)
    changed |= _end(ending)
    for address_ in never.pop(_ERASED, ()):
        erase(address=address_, source=SOURCE, by=BY)
    for reason, addresses in never.items():
        suppress_all(addresses=addresses, reason=Suppression.Reason(reason), source=SOURCE, by=BY)
    return len(changed)


def _end(ending: Sequence[tuple[int, int, str, datetime]]) -> set[int]:
    """The subscriptions that end, each with its event. Answers whose."""
    if not ending:
        return set()
    ids = sorted({id_ for id_, *_ in ending})
    open_ = Q(status__in=(Status.ACTIVE, Status.PENDING)) | Q(asked_at__isnull=False)
    ties = {
        (row.subscriber_id, row.newsletter_id): row
        for row in Subscription.objects.filter(open_, subscriber__in=ids)
    }
    yes = {
        (person, newsletter): at
        for person, newsletter, at in ConsentEvent.objects.filter(subscriber__in=ids, kind__in=_YES)
        .values_list("subscriber_id", "newsletter_id")
        .annotate(at=Max("at"))
        .order_by()
    }
    by_kind: dict[str, list[Subscription]] = defaultdict(list)
    for person, newsletter, what, at in ending:
        last = yes.get((person, newsletter))
        if (last is None or last < at) and (row := ties.pop((person, newsletter), None)):
            by_kind[what].append(row)
    for what, rows in by_kind.items():
        # A kind of event and the status after it have one name.
        Subscription.objects.filter(pk__in=[row.pk for row in rows]).update(
            status=Status(what), asked_at=None
        )
        record(rows, Kind(what), source=SOURCE, by=BY)
    return {row.subscriber_id for rows in by_kind.values() for row in rows}
