"""What a list may say of its people beyond address and name, written as many rows at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from subscribers import objections
from subscribers.actions import record, suppress_all
from subscribers.addresses import Address
from subscribers.fastsql import find, insert
from subscribers.languages import of_the_site
from subscribers.lists import columns, statuses
from subscribers.lists.cells import Evidence, More
from subscribers.lists.csv_file import ListRow
from subscribers.models import ConsentEvent, Subscriber, Subscription, Suppression
from subscribers.queries import address_hash
from subscribers.segments import models as segments
from subscribers.segments.queries import tags_called
from subscribers.segments.spelling import tag_key

Status = Subscription.Status
Kind = ConsentEvent.Kind
_KIND_OF = {
    statuses.UNSUBSCRIBED: Kind.UNSUBSCRIBED.value,
    statuses.BOUNCED: Kind.BOUNCED.value,
    statuses.COMPLAINED: Kind.COMPLAINED.value,
}
_NOTHING = More()
_LIST = Suppression.Origin.LIST
_DEFAULTS: dict[str, Any] = {
    field.name: field.get_default()
    for field in Subscriber._meta.concrete_fields
    if field.name in columns.PREFERENCES and field.name != "locale"  # the site’s, asked for later
}
Tied = tuple[tuple[int, ListRow], str, tuple[str, ...]]


def _stored(value: datetime | date | None) -> Any:
    """As the database stores it: SQLite keeps times as text."""
    if value is None or connection.vendor == "postgresql":
        return value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value)


def insert_people(ids: Mapping[str, int], rows: Sequence[ListRow], now: datetime) -> None:
    """With the times and preferences that came with them. `ids`: by address."""
    site = of_the_site()
    insert(
        Subscriber,
        ["id", "email", "address", "name", "created_at", *columns.PREFERENCES],
        (
            (
                *(ids[row.address], row.typed, row.address, row.name),
                *_person(row.more or _NOTHING, now, site),
            )
            for row in rows
        ),
    )


def _person(more: More, now: datetime, locale: str) -> tuple[Any, ...]:
    chosen = {**_DEFAULTS, "locale": locale, **more.preferences}
    for name in ("resting_until", "resting_since"):
        chosen[name] = _stored(chosen[name])
    return (_stored(more.created_at or now), *(chosen[name] for name in columns.PREFERENCES))


def tie(
    rows: Sequence[Tied],
    *,
    newsletter: int,
    source: str,
    by: str,
    now: datetime,
    brought_by: int | None,
) -> None:
    """Subscriptions and their evidence: what came with the list first, then that it came."""
    at = _stored(now)
    insert(
        Subscription,
        ["subscriber", "status", "header_token", "body_token", "asked_at", "created_at"],
        (
            (
                id_,
                str(status),
                *tokens,
                at if status == Status.PENDING else None,
                _stored((row.more or _NOTHING).subscribed_at) or at,
            )
            for (id_, row), status, tokens in rows
        ),
        newsletter=newsletter,
        brought_by=brought_by,
    )
    note_evidence([tied for tied, _, _ in rows], newsletter=newsletter, source=source, by=by)


def note_evidence(
    rows: Sequence[tuple[int, ListRow]], *, newsletter: int, source: str, by: str
) -> None:
    """What came with the list first, with its own dates and words; then that it came."""
    now = timezone.now()
    insert(
        ConsentEvent,
        ["subscriber", "kind", "source", "at", "wording", "wording_version", "by"],
        (
            (id_, one.kind, one.source, _stored(one.at), one.wording, one.version, by)
            for id_, row in rows
            for one in _evidence(row.more or _NOTHING, source, now)
        ),
        newsletter=newsletter,
    )


def _evidence(more: More, source: str, now: datetime) -> Iterable[Evidence]:
    if more.signed_up:
        yield more.signed_up
    if more.consent:
        yield more.consent
    yield Evidence(_KIND_OF.get(more.status, Kind.IMPORTED.value), source, now)


def leave(leaving: Sequence[tuple[int, str]], *, source: str, by: str) -> None:
    """Who left there and was mailed here on the strength of the list alone."""
    by_status: dict[str, list[int]] = defaultdict(list)
    for id_, status in leaving:
        by_status[status].append(id_)
    for status, ids in by_status.items():
        going = Subscription.objects.filter(pk__in=ids, status__in=[Status.ACTIVE, Status.PENDING])
        rows = list(going.select_for_update())
        going.update(status=status, asked_at=None)
        record(rows, Kind(_KIND_OF[status]), source=source, by=by)


def suppress(people: Iterable[ListRow], *, but: Collection[str], source: str, by: str) -> None:
    """Whom the list says never to mail is mailed for no newsletter of ours, known here or not.

    `but`: addresses whose owners confirmed to us, for whichever newsletter. What bounced or
    complained elsewhere bars none of them: that mailbox answered.
    """
    never: dict[str, list[Address]] = defaultdict(list)
    for row in people:
        if row.more and row.more.never:
            never[row.more.never].append(Address(row.typed, row.address))
    by_hand = never.pop(Suppression.Reason.MANUAL, [])
    suppress_all(addresses=by_hand, reason=Suppression.Reason.MANUAL, source=source, by=by)
    for reason, them in never.items():
        digests = [address_hash(one.normalised) for one in them if one.normalised not in but]
        Suppression.objects.bulk_create(
            (
                Suppression(address_hash=digest, reason=reason, origin=_LIST, source=source[:200])
                for digest in digests
            ),
            ignore_conflicts=True,
        )
        objections.note_addresses(digests, reason=reason, origin=_LIST)


def who_confirmed(people: Mapping[str, int]) -> set[str]:
    """Those of them, subscribers' ids by address, who confirmed to us for some newsletter."""
    if not people:
        return set()
    among = [*people.values()]
    events = find(ConsentEvent, ["subscriber", "kind"], key="subscriber", among=among)
    ids = {id_ for id_, kind in events if kind == Kind.CONFIRMED.value}
    return {address for address, id_ in people.items() if id_ in ids}


class ChunkTags:
    """The tags of a chunk's people, compared with those they have.

    A row adds tags; one of our own export also takes off those that are no longer in it.
    """

    def __init__(self, people: dict[str, ListRow], known: dict[str, tuple[int, str]]) -> None:
        rows = {a: row.more for a, row in people.items() if row.more}
        self._wanted = {
            a: {tag_key(tag): tag for tag in more.tags}
            for a, more in rows.items()
            if more.tags or (more.retags and a in known)
        }
        self._known = {a: known[a][0] for a in self._wanted if a in known}
        names = sorted({tag for found in self._wanted.values() for tag in found.values()})
        self._names = {tag_key(name): name for name in reversed(names)}
        self._ids: dict[str, int] = tags_called(names) if names else {}
        self._there: set[tuple[int, int]] = set()
        self._off: dict[int, list[int]] = defaultdict(list)  # tags, by whom they are taken off
        if self._known:
            ids = [*self._known.values()]
            found = find(segments.Tagging, ["subscriber", "tag"], key="subscriber", among=ids)
            self._there = {(person, tag) for person, tag in found}
            edited = {self._known[a]: a for a in self._known if rows[a].retags}
            for person, tag in self._there:
                if person in edited and tag not in self._ids_of(edited[person]):
                    self._off[person].append(tag)

    def _ids_of(self, address: str) -> set[int]:
        return {self._ids.get(key, 0) for key in self._wanted[address]}

    def is_new_to(self, person: int, row: ListRow) -> bool:
        """Whether the row gives her a tag that she does not have, or takes one off."""
        wanted = self._ids_of(row.address) if row.address in self._wanted else ()
        return person in self._off or any((person, tag) not in self._there for tag in wanted)

    def carry_out(self, new: dict[str, int], *, without: Collection[int]) -> None:
        """`without`: of whom a row is too old to be believed."""
        missing = [name for key, name in self._names.items() if key not in self._ids]
        if missing:
            rows = [segments.Tag(name=name) for name in missing]
            segments.Tag.objects.bulk_create(rows, ignore_conflicts=True)
            self._ids |= tags_called(missing)
        ids = {**self._known, **new}
        pairs = [
            (ids[address], self._ids[tag])
            for address, tags in self._wanted.items()
            if address in ids and ids[address] not in without
            for tag in tags
        ]
        wanted = [pair for pair in pairs if pair not in self._there]
        if wanted:
            insert(segments.Tagging, ["subscriber", "tag"], wanted)
        for person, tags in self._off.items():
            if person not in without:
                segments.Tagging.objects.filter(subscriber=person, tag__in=tags).delete()
