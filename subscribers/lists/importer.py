"""Imports many people, many thousand rows a transaction, in memory that does not grow.

Stopped anywhere, it is finished by running it again: what is there already is left as it is.
Nobody is brought back: who left, bounced or complained stays so, whatever a list says.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import attrgetter

from django.db import IntegrityError, connection, transaction
from django.db.models import FilteredRelation, Q
from django.utils import timezone

from subscribers import own_mails
from subscribers.fastsql import insert, reserve
from subscribers.limits.suspicions import doubt_about
from subscribers.lists import extras, leaving
from subscribers.lists import statuses as lists_statuses
from subscribers.lists.cells import More
from subscribers.lists.csv_file import ListRow
from subscribers.lists.edits import Edits
from subscribers.lists.seen import Seen
from subscribers.lists.tokens import tokens, tokens_side_by_side
from subscribers.lists.totals import Asides, Totals
from subscribers.models import (
    ConsentEvent,
    Newsletter,
    Subscriber,
    Subscription,
    TransactionalMail,
)
from subscribers.queries import suppressed_among

CHUNK = 50_000
SQLITE_CHUNK = 10_000  # so long nobody else can write
ATTEMPTS = 5  # at a chunk in which somebody signed up at the same moment
Status = Subscription.Status
LEFT = (Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED)


@dataclass
class Import:
    """One run: what is imported, where to, on whose word, and how it went so far."""

    newsletter: Newsletter
    confirmed: bool
    source: str
    by: str
    dry_run: bool = False
    totals: Totals = field(default_factory=Totals)
    asides: Asides = field(default_factory=Asides)
    # Called within the chunk's transaction.
    after_chunk: Callable[[Totals, Asides], None] | None = None
    # Called with a row of each person of a chunk and what would become of it.
    show: Callable[[ListRow, str], None] | None = None
    number: int | None = None  # of the ImportJob, where there is one
    skip: int = 0  # rows that an earlier run committed

    def run(self, rows: Iterable[ListRow], *, reject: Callable[[ListRow], None]) -> Totals:
        """Take all rows; those with a problem go to `reject`."""
        rows = iter(rows)
        # Those of an earlier run are only read, so that the file of rejects is whole again.
        for row in islice(rows, self.skip):
            if row.problem:
                reject(row)
        with Seen() as seen:
            while self._took_some(rows, seen, reject):
                pass
        return self.totals

    def _took_some(
        self, rows: Iterator[ListRow], seen: Seen, reject: Callable[[ListRow], None]
    ) -> bool:
        with uncollected():
            if chunk := list(islice(rows, chunk_size())):
                self._take(chunk, seen)
                for row in chunk:
                    if row.problem:
                        reject(row)
        return bool(chunk)

    def _take(self, chunk: list[ListRow], seen: Seen) -> None:
        good = [row for row in chunk if not row.problem]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    plan = _Plan(self, good, seen)
                    if not self.dry_run:
                        plan.carry_out()
                    totals = self._with(plan.outcomes, len(chunk), len(chunk) - len(good))
                    asides = Asides(**(Counter(self.asides.as_json()) + plan.asides))
                    if self.after_chunk:
                        self.after_chunk(totals, asides)
                break
            except IntegrityError:
                # Somebody in this chunk signed up between our look and our insert: look again.
                if attempt == ATTEMPTS:
                    raise
        # Counted after the commit: a chunk that was rolled back does not count.
        self.totals, self.asides = totals, asides
        if self.dry_run:
            seen.add(plan.people)
            seen.add(plan.gone)
        if self.show:
            for row, outcome in plan.shown:
                self.show(row, outcome)

    def _with(self, outcomes: Counter[str], read: int, rejected: int) -> Totals:
        counts = Counter(self.totals.as_json()) + outcomes
        counts["read"] += read
        counts["rejected"] += rejected
        return Totals(**counts)


def chunk_size() -> int:
    """Rows a transaction."""
    return min(CHUNK, SQLITE_CHUNK) if connection.vendor == "sqlite" else CHUNK


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: it would look through a chunk's rows again and again, which
    costs as much as to read them, and they have none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Plan:
    """What one chunk asks for, compared with what is there."""

    def __init__(self, job: Import, chunk: list[ListRow], seen: Seen) -> None:
        self.job = job
        self.now: datetime = timezone.now()
        self.outcomes: Counter[str] = Counter()
        self.asides: Counter[str] = Counter()
        self.shown: list[tuple[ListRow, str]] = []
        self.people = self._once_each(chunk)
        self.plain = not any(row.more for row in chunk)  # nothing but addresses and names
        self.gone: list[str] = []  # marks of whom the list says that they left
        self.seen = seen.among(self.people) if job.dry_run else set()
        if self.seen:
            self.seen |= seen.among(
                mark(one) for one in self.seen for mark in (leaving.left_mark, leaving.never_mark)
            )
        self.known: dict[str, tuple[int, str]] = {}
        self.subscriptions: dict[int, tuple[int, str]] = {}
        self._find_known()
        self.new: list[ListRow] = []
        self.starting: list[int] = []
        self.renamed: list[Subscriber] = []
        self.leaving: list[tuple[int, str]] = []  # subscription and what it becomes
        self.added: dict[str, int] = {}
        self.tagging = extras.ChunkTags(self.people, self.known)
        self.edits = Edits(self.people, self.known)
        self.stale: set[int] = set()  # of whom a row is too old to be believed
        self.staying = leaving.who_stays(self.people, self.known, job.newsletter)
        for row in self.people.values():
            outcome = self._outcome(row)
            self.outcomes[outcome] += 1
            if job.show:
                self.shown.append((row, outcome))
            if outcome == "added" and (doubt := doubt_about(row.address)):
                self.asides[f"{doubt}_addresses"] += 1

    def _find_known(self) -> None:
        tie = FilteredRelation(
            "subscriptions", condition=Q(subscriptions__newsletter=self.job.newsletter)
        )
        # Not a list: Django looks into each item of one.
        found = Subscriber.objects.annotate(tie=tie).filter(address__among=self.people.keys())
        # Plain tuples: a model instance for each row would take longer than the rest together.
        for address, person, name, subscription, status in found.values_list(
            "address", "id", "name", "tie__id", "tie__status"
        ):
            self.known[address] = (person, name)
            if subscription:
                self.subscriptions[person] = (subscription, status)

    def _once_each(self, chunk: list[ListRow]) -> dict[str, ListRow]:
        """One row per address that may be mailed: of those that say the gravest, the last one
        that has a name."""
        suppressed = suppressed_among({row.address for row in chunk})
        people: dict[str, ListRow] = {}
        for row in chunk:
            if row.address in suppressed:
                self.outcomes["suppressed"] += 1
                if self.job.show:
                    self.shown.append((row, "suppressed"))
            elif row.address not in people:
                people[row.address] = row
            else:
                self.outcomes["unchanged"] += 1
                # Two rows about one person: that she left counts, whatever the other says.
                before, now = leaving.gravity(people[row.address]), leaving.gravity(row)
                if now > before or (now == before and row.name):
                    people[row.address] = row
        return people

    def _outcome(self, row: ListRow) -> str:
        if row.more is None and row.address not in self.known and row.address not in self.seen:
            self.new.append(row)
            return "added"
        person, name = self.known.get(row.address, (0, ""))
        subscription, status = self.subscriptions.get(person, (0, ""))
        if status not in LEFT and row.address in self.seen:
            return self._seen_before(row, person)
        if status in LEFT:
            return self._left_here(row, person)
        if not person:
            return self._new(row)
        if leaving.left(row) and person not in self.staying:
            return self._leave(row, person, subscription)
        if leaving.left(row) and row.more and row.more.ours:
            self.stale.add(person)
            return "unchanged"
        renamed = person in self.edits
        if row.name and row.name != name and not (row.more and row.more.ours):
            renamed = True
            self.renamed.append(Subscriber(pk=person, name=row.name))
        if not subscription:
            self.added[row.address] = person
            return "added"
        if status == Status.PENDING and self._status(row.more) == Status.ACTIVE:
            self.starting.append(subscription)
            return "updated"
        return "updated" if renamed or self.tagging.is_new_to(person, row) else "unchanged"

    def _left_here(self, row: ListRow, person: int) -> str:
        """Nothing brings her back; and what a row says that takes her for subscribed is old."""
        if row.more and row.more.ours and not leaving.left(row):
            self.stale.add(person)
        elif leaving.never(row):
            return self._gone(row)
        elif person in self.edits or (
            row.more and row.more.ours and self.tagging.is_new_to(person, row)
        ):
            return "updated"
        self.asides["left_before"] += 1
        return "unchanged"

    def _seen_before(self, row: ListRow, person: int) -> str:
        """What it would be, if a dry run had written what the rows before say."""
        if leaving.never_mark(row.address) in self.seen:
            return "suppressed"
        if leaving.left_mark(row.address) in self.seen:
            self.asides["left_before"] += 1
            return "unchanged"
        return self._gone(row) if leaving.left(row) and person not in self.staying else "unchanged"

    def _gone(self, row: ListRow) -> str:
        suppressed = row.more is not None and bool(row.more.never)
        self.gone.append((leaving.never_mark if suppressed else leaving.left_mark)(row.address))
        self.asides["left_there"] += 1
        return "suppressed"

    def _new(self, row: ListRow) -> str:
        if leaving.is_hash_only(row):
            return self._gone(row)
        self.new.append(row)
        return self._gone(row) if leaving.left(row) else "added"

    def _leave(self, row: ListRow, person: int, subscription: int) -> str:
        if leaving.is_hash_only(row):
            pass  # all her subscriptions end with the suppression
        elif subscription and row.more:
            self.leaving.append((subscription, row.more.status))
        else:
            self.added[row.address] = person
        return self._gone(row)

    def _status(self, more: More | None) -> str:
        """What a new subscription begins as."""
        if more and more.status in lists_statuses.LEFT:
            return more.status
        waits = more is not None and more.status == lists_statuses.PENDING
        return Status.ACTIVE if self.job.confirmed and not waits else Status.PENDING

    def carry_out(self) -> None:
        """Write it all; the caller's transaction holds it together."""
        # Before the list's own consents are written: those are no yes to us.
        never = [row for row in self.people.values() if row.more and row.more.never]
        known = [row.address for row in never if row.address in self.known]
        confirmed = extras.who_confirmed({a: self.known[a][0] for a in known})
        Subscriber.objects.bulk_update(self.renamed, ["name"], batch_size=500)
        source, by = self.job.source, self.job.by
        self.edits.carry_out(without=self.stale, source=source, by=by)
        self._start()
        extras.leave(self.leaving, source=self.job.source, by=self.job.by)
        ids = self._insert_people()
        tying = {**ids, **self.added}
        # Before the ties, which hold their people: an erasure takes the mails first, too.
        self._ask(ids, self._who_waits(tying))
        self._insert_subscriptions(tying)
        self.tagging.carry_out(ids, without=self.stale)
        extras.suppress(never, but=confirmed, source=source, by=by)

    def _start(self) -> None:
        """Let those begin who waited for their own confirmation, unless they left meanwhile."""
        if not self.starting:
            return
        waiting = Subscription.objects.filter(pk__in=self.starting, status=Status.PENDING)
        rows = list(waiting.select_for_update())
        waiting.update(status=Status.ACTIVE, asked_at=None)
        by_id = {person: self.people[a] for a, (person, _) in self.known.items()}
        extras.note_evidence(
            [(row.subscriber_id, by_id[row.subscriber_id]) for row in rows],
            newsletter=self.job.newsletter.pk,
            source=self.job.source,
            by=self.job.by,
        )

    def _insert_people(self) -> dict[str, int]:
        """Ids by address, in the order of the file."""
        if not self.new:
            return {}
        numbers = reserve(Subscriber, len(self.new))
        ids = {row.address: number for row, number in zip(self.new, numbers, strict=True)}
        # What stands side by side in the index of addresses is written together; SQLite is faster
        # at the end of its table.
        on_postgresql = connection.vendor == "postgresql"
        rows = sorted(self.new, key=attrgetter("address")) if on_postgresql else self.new
        if self.plain:
            insert(
                Subscriber,
                ["id", "email", "address", "name"],
                [(ids[row.address], row.typed, row.address, row.name) for row in rows],
            )
        else:
            extras.insert_people(ids, rows, self.now)
        return ids

    def _who_waits(self, ids: dict[str, int]) -> set[str]:
        """For a mail that asks."""
        if self.plain and self.job.confirmed:
            return set()
        rows = [self.people[address] for address in ids]
        return {row.address for row in rows if self._status(row.more) == Status.PENDING}

    def _insert_subscriptions(self, ids: dict[str, int]) -> None:
        if not ids:
            return
        newsletter, source, by = self.job.newsletter.pk, self.job.source, self.job.by
        if not self.plain:
            rows = [(id_, self.people[address]) for address, id_ in ids.items()]
            statuses = [self._status(row.more) for _, row in rows]
            both = tokens_side_by_side(2 * len(ids))
            tied = list(zip(rows, statuses, zip(both, both, strict=True), strict=True))
            extras.tie(
                tied,
                newsletter=newsletter,
                source=source,
                by=by,
                now=self.now,
                brought_by=self.job.number,
            )
            return
        confirmed, both = self.job.confirmed, tokens_side_by_side(2 * len(ids))
        insert(
            Subscription,
            ["subscriber", "header_token", "body_token"],
            zip(ids.values(), both, both, strict=True),
            newsletter=newsletter,
            status=Status.ACTIVE.value if confirmed else Status.PENDING.value,
            asked_at=None if confirmed else self.now,
            brought_by=self.job.number,
        )
        insert(
            ConsentEvent,
            ["subscriber"],
            zip(ids.values(), strict=True),
            newsletter=newsletter,
            kind=ConsentEvent.Kind.IMPORTED.value,
            source=source,
            by=by,
        )

    def _ask(self, new: dict[str, int], waiting: set[str]) -> None:
        if not waiting:
            return
        ids = [id_ for address, id_ in new.items() if address in waiting]
        insert(
            TransactionalMail,
            ["subscriber", "token"],
            zip(ids, tokens(len(ids)), strict=True),
            kind=TransactionalMail.Kind.CONFIRM.value,
            due_at=self.now,
        )
        joining = [id_ for address, id_ in self.added.items() if address in waiting]
        for person in Subscriber.objects.filter(pk__in=joining):
            # Whom we know already is asked as if she had asked herself.
            kind = TransactionalMail.Kind.CONFIRM
            own_mails.ask(person, kind, most=own_mails.MOST_CONFIRMATIONS)
