"""Everybody of a newsletter as CSV that an import can read back, in memory that stays flat.

Read page by page along the index: no transaction stays open for as long as the slowest download.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from subscribers.fastsql import find
from subscribers.lists.cells import neutralised
from subscribers.lists.columns import EXPORTED
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription
from subscribers.segments.models import Tag, Tagging

FIRST_PAGE = 500  # so that the first byte leaves at once
PAGE = 5_000
# Before what a writer opens: without it Excel takes UTF-8 for something else.
BYTE_ORDER_MARK = "\ufeff"
_PERSON = (
    "email", "name", "created_at", "locale", "edition", "format", "pace", "large_text",
    "discreet", "resting_until",
)  # fmt: skip
_Subscription = tuple[int, str, datetime]
_Consent = tuple[str, str, datetime]
_NO_CONSENT = ("", "", None)
_AGREED = (ConsentEvent.Kind.CONFIRMED, ConsentEvent.Kind.IMPORTED)


def export(newsletter: Newsletter) -> Iterator[tuple[str, int]]:
    """Pieces of the file, and how many people are in each. The first names the columns."""
    yield as_csv([EXPORTED]), 0
    after, size = 0, FIRST_PAGE
    while page := _page(newsletter, after, size):
        lines = _lines(newsletter, page)
        yield as_csv(lines), len(lines)
        after, size = page[-1][0], PAGE


def _page(newsletter: Newsletter, after: int, size: int) -> list[_Subscription]:
    subscriptions = Subscription.objects.filter(newsletter=newsletter, subscriber__gt=after)
    return list(
        subscriptions.order_by("subscriber_id").values_list(
            "subscriber_id", "status", "created_at"
        )[:size]
    )


def _lines(newsletter: Newsletter, page: list[_Subscription]) -> list[list[str]]:
    ids = [person for person, _, _ in page]
    found = Subscriber.objects.filter(pk__among=ids).values_list("pk", *_PERSON)
    # Django's own reading: on SQLite a time is text until a field has read it.
    people = {row[0]: row[1:] for row in found}
    tags, consents = _tags(ids), _consents(newsletter, ids)
    return [
        _line(people[person], status, at, tags.get(person, ""), consents.get(person, _NO_CONSENT))
        for person, status, at in page
        if person in people  # erased in between
    ]


def _line(
    person: tuple[Any, ...], status: str, at: datetime, tags: str, consent: tuple[Any, ...]
) -> list[str]:
    email, name, created, locale, edition, format_, pace, large, discreet, resting = person
    # Who waits has agreed to nothing yet.
    kind, source, when = consent if status != Subscription.Status.PENDING else _NO_CONSENT
    return [
        neutralised(email), neutralised(name), status, neutralised(tags), _time(created),
        _time(at), kind, neutralised(source), _time(when) if when else "", locale, edition,
        format_, pace, _yes(large), _yes(discreet), _date(resting),
    ]  # fmt: skip


def _consents(newsletter: Newsletter, ids: list[int]) -> dict[int, _Consent]:
    """Each person's own last yes, or else the list on which she came."""
    events = (
        ConsentEvent.objects.filter(subscriber__among=ids, newsletter=newsletter, kind__in=_AGREED)
        .order_by("id")
        .values_list("subscriber_id", "kind", "source", "at")
    )
    found: dict[int, _Consent] = {}
    for person, kind, source, at in events:
        if kind == ConsentEvent.Kind.CONFIRMED or person not in found:
            found[person] = (kind, source, at)
    return found


def _tags(ids: list[int]) -> dict[int, str]:
    pairs = find(Tagging, ["subscriber", "tag"], key="subscriber", among=ids)
    if not pairs:
        return {}
    wanted = list({tag for _, tag in pairs})
    names = dict(find(Tag, ["id", "name"], key="id", among=wanted))
    carried: dict[int, list[str]] = defaultdict(list)
    for person, tag in pairs:
        if tag in names:
            carried[person].append(names[tag])
    return {person: as_csv([sorted(tags)]).rstrip("\r\n") for person, tags in carried.items()}


def as_csv(rows: Iterable[Iterable[str | int]]) -> str:
    """Lines of CSV. What others wrote is to be `cells.neutralised` before."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _date(day: date | None) -> str:
    return day.isoformat() if day else ""


def _yes(value: bool) -> str:
    return "yes" if value else ""
