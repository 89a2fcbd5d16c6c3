"""What rows of our own export change about people who are here: importing it back is an edit."""

from collections.abc import Collection, Mapping

from subscribers.lists.csv_file import ListRow
from subscribers.models import Subscriber
from subscribers.preferences.models import Change


class Edits:
    """The names and preferences in a chunk's rows of our own export that are others here."""

    def __init__(self, people: Mapping[str, ListRow], known: Mapping[str, tuple[int, str]]) -> None:
        rows = {
            known[address][0]: row
            for address, row in people.items()
            if address in known and row.more and row.more.ours
        }
        self._people: dict[int, Subscriber] = {}
        self._changes: dict[int, list[Change]] = {}
        for person in Subscriber.objects.filter(pk__among=[*rows]) if rows else ():
            if changes := _changed(person, rows[person.pk]):
                self._people[person.pk], self._changes[person.pk] = person, changes

    def __contains__(self, person: int) -> bool:
        return person in self._people

    def carry_out(self, *, without: Collection[int], source: str, by: str) -> None:
        """Write them, with a record of each. `without`: of whom a row is too old to be believed."""
        edited = [person for number, person in self._people.items() if number not in without]
        changes = [change for person in edited for change in self._changes[person.pk]]
        for change in changes:
            change.source, change.by = source[:200], by[:150]
        if edited:
            fields = sorted({change.what for change in changes})
            Subscriber.objects.bulk_update(edited, fields, batch_size=500)
            Change.objects.bulk_create(changes, batch_size=500)


def _changed(person: Subscriber, row: ListRow) -> list[Change]:
    """The person as the row has her, and what that changes."""
    changes = []
    wanted = {**row.more.preferences} if row.more else {}
    if row.more and row.more.renames:
        wanted["name"] = row.name
    for what, after in wanted.items():
        before = getattr(person, what)
        if before != after:
            setattr(person, what, after)
            told = {"before": str(before or ""), "after": str(after or "")}
            changes.append(Change(subscriber=person, what=what, **told))
    return changes
