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
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription, Suppression
from subscribers.queries import suppressions_among
from subscribers.segments.models import Tag, Tagging

FIRST_PAGE = 500  # so that the first byte leaves at once
PAGE = 5_000
# Before what a writer opens: without it Excel takes UTF-8 for something else.
BYTE_ORDER_MARK = "\ufeff"
_PERSON = (
    "address", "email", "name", "created_at", "locale", "edition", "format", "pace", "large_text",
    "discreet", "resting_until", "resting_since",
)  # fmt: skip
_Subscription = tuple[int, str, datetime]
_Event = tuple[str, str, datetime | None, str, str]
_NO_EVENT: _Event = ("", "", None, "", "")
_Kind = ConsentEvent.Kind
_AGREED = (_Kind.CONFIRMED, _Kind.IMPORTED)
_WAITS = Subscription.Status.PENDING
# A hash whose person was erased travels with the whole site.
_NEVER_MAIL = frozenset(Suppression.Reason.values) - {Suppression.Reason.ERASED.value}


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
    tags, (agreed, signed_up) = _tags(ids), _events(newsletter, ids)
    never = suppressions_among([row[0] for row in people.values()])
    return [
        _line(
            people[id_][1:],
            (status, tags.get(id_, ""), at),
            # Who waits has agreed to nothing yet.
            _NO_EVENT if status == _WAITS else agreed.get(id_, _NO_EVENT),
            signed_up.get(id_, _NO_EVENT),
            never=never.get(people[id_][0], ""),
        )
        for id_, status, at in page
        if id_ in people  # erased in between
    ]


def _line(
    person: tuple[Any, ...],
    subscription: tuple[str, str, datetime],
    consent: _Event,
    signed_up: _Event,
    *,
    never: str,
) -> list[str]:
    email, name, created, locale, edition, format_, pace, large, discreet, until, since = person
    status, tags, at = subscription
    return [
        neutralised(email), neutralised(name), status, neutralised(tags), _time(created), _time(at),
        consent[0], *_evidence(consent), locale, edition, format_, pace, _yes(large),
        _yes(discreet), _date(until), _time(since), *_evidence(signed_up),
        never if never in _NEVER_MAIL else "",
    ]  # fmt: skip


def _evidence(event: _Event) -> list[str]:
    _kind, source, at, wording, version = event
    return [neutralised(source), _time(at), neutralised(wording), neutralised(version)]


def _events(newsletter: Newsletter, ids: list[int]) -> tuple[dict[int, _Event], dict[int, _Event]]:
    """Each person's own last yes, or else the list on which she came; and her last sign-up."""
    events = (
        ConsentEvent.objects.filter(
            subscriber__among=ids, newsletter=newsletter, kind__in=(*_AGREED, _Kind.SIGNED_UP)
        )
        .order_by("id")
        .values_list("subscriber_id", "kind", "source", "at", "wording", "wording_version")
    )
    agreed: dict[int, _Event] = {}
    signed_up: dict[int, _Event] = {}
    for person, kind, source, at, wording, version in events:
        event: _Event = (kind, source, at, wording, version)
        if kind == _Kind.SIGNED_UP:
            signed_up[person] = event
        elif kind == _Kind.CONFIRMED or person not in agreed:
            agreed[person] = event
    return agreed, signed_up


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


def _time(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _date(day: date | None) -> str:
    return day.isoformat() if day else ""


def _yes(value: bool) -> str:
    return "yes" if value else ""
