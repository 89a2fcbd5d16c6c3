"""What rows of a list say against mailing their people, and for whom that does not count."""

from collections.abc import Mapping
from datetime import datetime

from subscribers.lists import statuses
from subscribers.lists.csv_file import ListRow
from subscribers.models import ConsentEvent, Newsletter

_Kind = ConsentEvent.Kind
_MILD = statuses.MEANINGS.index(statuses.ACTIVE)  # nothing said, or a yes


def left(row: ListRow) -> bool:
    return row.more is not None and row.more.status in statuses.LEFT


def never(row: ListRow) -> bool:
    """Whether she is to be mailed for nothing, by whoever made the list: not even her own yes
    stands against that."""
    return row.more is not None and row.more.said == statuses.NEVER


def is_hash_only(row: ListRow) -> bool:
    """Whether of somebody who wants no mail nothing is kept but that."""
    return never(row) and row.more is not None and not row.more.ours


def gravity(row: ListRow) -> int:
    """How much speaks against mailing her, by what the row says."""
    status = row.more.said if row.more else statuses.NOTHING
    return max(statuses.MEANINGS.index(status), _MILD)


def left_mark(address: str) -> str:
    """By which a dry run remembers that somebody left. No address looks like this."""
    return f"{address} left"


def never_mark(address: str) -> str:
    """The same of an address that is never mailed again."""
    return f"{address} never"


def who_stays(
    people: Mapping[str, ListRow], known: Mapping[str, tuple[int, str]], newsletter: Newsletter
) -> set[int]:
    """Of those who left by their rows: who herself said yes to us. Leaving another list is not
    leaving ours; a row of our own export counts, unless she said yes after it was written."""
    rows = {
        known[address][0]: row
        for address, row in people.items()
        if address in known and left(row) and not never(row)
    }
    if not rows:
        return set()
    said_yes = ConsentEvent.objects.filter(
        subscriber__among=[*rows],
        newsletter=newsletter,
        kind__in=(_Kind.CONFIRMED, _Kind.RESUBSCRIBED),
    ).values_list("subscriber_id", "kind", "at")
    return {person for person, kind, at in said_yes if _stands(kind, at, rows[person])}


def _stands(kind: str, at: datetime, row: ListRow) -> bool:
    if row.more is None or not row.more.ours:
        return kind == _Kind.CONFIRMED
    return row.more.consent is not None and at > row.more.consent.at
