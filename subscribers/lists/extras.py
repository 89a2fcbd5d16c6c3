"""What a list may say of its people beyond address and name, written as many rows at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from subscribers.actions import record
from subscribers.fastsql import find, insert
from subscribers.languages import of_the_site
from subscribers.lists import columns, statuses
from subscribers.lists.cells import More
from subscribers.lists.csv_file import Row
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
_REASON_OF = {
    statuses.BOUNCED: Suppression.Reason.BOUNCED,
    statuses.COMPLAINED: Suppression.Reason.COMPLAINED,
}
SUPPRESSING = frozenset(_REASON_OF)  # with such a status an address is never mailed again
_NOTHING = More()
_DEFAULTS: dict[str, Any] = {
    field.name: field.get_default()
    for field in Subscriber._meta.concrete_fields
    if field.name in columns.PREFERENCES and field.name != "locale"  # the site’s, asked for later
}
Tied = tuple[tuple[int, Row], str, tuple[str, ...]]


def _stored(value: datetime | date | None) -> Any:
    """As the database stores it: SQLite keeps times as text."""
    if value is None or connection.vendor == "postgresql":
        return value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value)


def insert_people(rows: Sequence[Row], now: datetime) -> None:
    """With the times and preferences that came with them."""
    site = of_the_site()
    insert(
        Subscriber,
        ["email", "address", "name", "created_at", *columns.PREFERENCES],
        (
            (row.typed, row.address, row.name, *_person(row.more or _NOTHING, now, site))
            for row in rows
        ),
    )


def _person(more: More, now: datetime, locale: str) -> tuple[Any, ...]:
    chosen = {**_DEFAULTS, "locale": locale, **more.preferences}
    chosen["resting_until"] = _stored(chosen["resting_until"])
    return (_stored(more.created_at or now), *(chosen[name] for name in columns.PREFERENCES))


def tie(rows: Sequence[Tied], *, newsletter: int, source: str, by: str, now: datetime) -> None:
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
    )
    insert(
        ConsentEvent,
        ["subscriber", "kind", "source", "by", "at"],
        (
            (id_, kind, said, by, _stored(when))
            for (id_, row), _, _ in rows
            for kind, said, when in _evidence(row.more or _NOTHING, source, now)
        ),
        newsletter=newsletter,
    )


def _evidence(more: More, source: str, now: datetime) -> Iterable[tuple[str, str, datetime]]:
    if more.consent:
        yield more.consent
    yield _KIND_OF.get(more.status, Kind.IMPORTED.value), source, now


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


def suppress(people: Sequence[tuple[str, str]]) -> None:
    """Addresses that bounced or complained elsewhere are mailed for no newsletter of ours."""
    rows = [
        Suppression(address_hash=address_hash(address), reason=_REASON_OF[status])
        for address, status in people
        if status in _REASON_OF
    ]
    if rows:
        Suppression.objects.bulk_create(rows, ignore_conflicts=True)


class Tagging:
    """The tags of a chunk's people, compared with those they have."""

    def __init__(self, people: dict[str, Row], known: dict[str, tuple[int, str]]) -> None:
        tags = {a: row.more.tags for a, row in people.items() if row.more and row.more.tags}
        self._wanted = {a: {tag_key(tag): tag for tag in found} for a, found in tags.items()}
        self._known = {a: known[a][0] for a in self._wanted if a in known}
        names = sorted({tag for found in tags.values() for tag in found})
        self._names = {tag_key(name): name for name in reversed(names)}
        self._ids: dict[str, int] = tags_called(names) if names else {}
        self._there: set[tuple[int, int]] = set()
        if self._known:
            ids = [*self._known.values()]
            self._there = {
                (person, tag)
                for person, tag in find(
                    segments.Tagging, ["subscriber", "tag"], key="subscriber", among=ids
                )
            }

    def is_new_to(self, person: int, row: Row) -> bool:
        """Whether the row gives her a tag that she does not have."""
        wanted = self._wanted.get(row.address, {})
        return any((person, self._ids.get(tag, 0)) not in self._there for tag in wanted)

    def carry_out(self, new: dict[str, int]) -> None:
        missing = [name for key, name in self._names.items() if key not in self._ids]
        if missing:
            rows = [segments.Tag(name=name) for name in missing]
            segments.Tag.objects.bulk_create(rows, ignore_conflicts=True)
            self._ids |= tags_called(missing)
        ids = {**self._known, **new}
        pairs = [
            (ids[address], self._ids[tag])
            for address, tags in self._wanted.items()
            if address in ids
            for tag in tags
        ]
        wanted = [pair for pair in pairs if pair not in self._there]
        if wanted:
            insert(segments.Tagging, ["subscriber", "tag"], wanted)
