"""Imports many people, a few thousand rows a transaction, in memory that does not grow.

Stopped anywhere, it is finished by running it again: what is there already is left as it is.
Nobody is brought back: who left, bounced or complained stays so, whatever a list says.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction
from django.utils import timezone

from subscribers.actions import ask_to_confirm_by_mail, record
from subscribers.fastsql import find, insert
from subscribers.importing import Row
from subscribers.models import (
    ConsentEvent,
    Newsletter,
    Subscriber,
    Subscription,
    TransactionalMail,
)
from subscribers.queries import suppressed_among

CHUNK = 5_000
ATTEMPTS = 5  # at a chunk in which somebody signed up at the same moment
Status = Subscription.Status
LEFT = (Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED)


@dataclass
class Totals:
    """What became of the rows; all but `read` sum to `read`."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    suppressed: int = 0
    rejected: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Import:
    """One run: what is imported, where to, on whose word, and how it went so far."""

    newsletter: Newsletter
    confirmed: bool
    source: str
    by: str
    dry_run: bool = False
    totals: Totals = field(default_factory=Totals)
    left_before: int = 0  # of the unchanged: people who had unsubscribed, bounced or complained
    # A dry run writes nothing, so it must remember by itself whom it met: a hash each.
    met: set[int] = field(default_factory=set)

    def run(self, rows: Iterable[Row], *, reject: Callable[[Row], None]) -> Totals:
        """Take all rows; those with a problem go to `reject`."""
        good = self._good(rows, reject)
        while chunk := list(islice(good, CHUNK)):
            self._take(chunk)
        return self.totals

    def _good(self, rows: Iterable[Row], reject: Callable[[Row], None]) -> Iterator[Row]:
        for row in rows:
            self.totals.read += 1
            if row.problem:
                self.totals.rejected += 1
                reject(row)
            else:
                yield row

    def _take(self, chunk: list[Row]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    plan = _Plan(self, chunk)
                    if not self.dry_run:
                        plan.carry_out()
                break
            except IntegrityError:
                # Somebody in this chunk signed up between our look and our insert: look again.
                if attempt == ATTEMPTS:
                    raise
        # Counted after the commit: a chunk that was rolled back does not count.
        for outcome, count in plan.outcomes.items():
            setattr(self.totals, outcome, getattr(self.totals, outcome) + count)
        self.left_before += plan.left_before
        if self.dry_run:
            self.met.update(map(hash, plan.people))


class _Plan:
    """What one chunk asks for, compared with what is there."""

    def __init__(self, job: Import, chunk: list[Row]) -> None:
        self.job = job
        self.now: datetime = timezone.now()
        self.outcomes: Counter[str] = Counter()
        self.left_before = 0
        self.people = self._once_each(chunk)
        # Plain tuples: a model instance for each row would take longer than the rest together.
        known = find(Subscriber, ["address", "id", "name"], key="address", among=[*self.people])
        self.known: dict[str, tuple[int, str]] = {row[0]: (row[1], row[2]) for row in known}
        ids = [id_ for id_, _ in self.known.values()]
        columns = ["newsletter", "subscriber", "id", "status"]
        self.subscriptions: dict[int, tuple[int, str]] = {
            person: (id_, status)
            for newsletter, person, id_, status in find(
                Subscription, columns, key="subscriber", among=ids
            )
            if newsletter == job.newsletter.pk
        }
        self.new: list[Row] = []
        self.joining: list[int] = []
        self.starting: list[int] = []
        self.renamed: list[Subscriber] = []
        for row in self.people.values():
            self.outcomes[self._outcome(row)] += 1

    def _once_each(self, chunk: list[Row]) -> dict[str, Row]:
        """One row per address that may be mailed: the last one that has a name."""
        suppressed = suppressed_among({row.address for row in chunk})
        people: dict[str, Row] = {}
        for row in chunk:
            if row.address in suppressed:
                self.outcomes["suppressed"] += 1
            elif row.address not in people:
                people[row.address] = row
            else:
                self.outcomes["unchanged"] += 1
                if row.name:
                    people[row.address] = row
        return people

    def _outcome(self, row: Row) -> str:
        if hash(row.address) in self.job.met:
            return "unchanged"
        if row.address not in self.known:
            self.new.append(row)
            return "added"
        person, name = self.known[row.address]
        subscription, status = self.subscriptions.get(person, (0, ""))
        if status in LEFT:
            self.left_before += 1
            return "unchanged"
        if row.name and row.name != name:
            self.renamed.append(Subscriber(pk=person, name=row.name))
        if not subscription:
            self.joining.append(person)
            return "added"
        if status == Status.PENDING and self.job.confirmed:
            self.starting.append(subscription)
            return "updated"
        return "updated" if row.name and row.name != name else "unchanged"

    def carry_out(self) -> None:
        """Write it all; the caller's transaction holds it together."""
        Subscriber.objects.bulk_update(self.renamed, ["name"], batch_size=500)
        self._start()
        new_ids = self._insert_people()
        self._insert_subscriptions([*new_ids, *self.joining])
        if not self.job.confirmed:
            self._ask(new_ids)

    def _start(self) -> None:
        """Let those begin who waited for their own confirmation, unless they left meanwhile."""
        waiting = Subscription.objects.filter(pk__in=self.starting, status=Status.PENDING)
        rows = list(waiting.select_for_update())
        waiting.update(status=Status.ACTIVE, asked_at=None)
        record(rows, ConsentEvent.Kind.IMPORTED, source=self.job.source, by=self.job.by)

    def _insert_people(self) -> list[int]:
        insert(
            Subscriber,
            ["email", "address", "name"],
            ((row.typed, row.address, row.name) for row in self.new),
        )
        addresses = [row.address for row in self.new]
        return [id_ for (id_,) in find(Subscriber, ["id"], key="address", among=addresses)]

    def _insert_subscriptions(self, ids: list[int]) -> None:
        confirmed = self.job.confirmed
        insert(
            Subscription,
            ["subscriber", "header_token", "body_token"],
            ((id_, *tokens) for id_, tokens in zip(ids, _tokens(2, len(ids)), strict=True)),
            newsletter=self.job.newsletter.pk,
            status=Status.ACTIVE.value if confirmed else Status.PENDING.value,
            asked_at=None if confirmed else self.now,
        )
        insert(
            ConsentEvent,
            ["subscriber"],
            ((id_,) for id_ in ids),
            newsletter=self.job.newsletter.pk,
            kind=ConsentEvent.Kind.IMPORTED.value,
            source=self.job.source,
            by=self.job.by,
        )

    def _ask(self, new_ids: list[int]) -> None:
        insert(
            TransactionalMail,
            ["subscriber", "token"],
            ((id_, *token) for id_, token in zip(new_ids, _tokens(1, len(new_ids)), strict=True)),
            kind=TransactionalMail.Kind.CONFIRM.value,
            due_at=self.now,
        )
        for person in Subscriber.objects.filter(pk__in=self.joining):
            ask_to_confirm_by_mail(person, self.now)


def _tokens(width: int, count: int) -> Iterator[tuple[str, ...]]:
    """`count` tuples of `width` 128-bit tokens, from one draw of randomness."""
    drawn = secrets.token_hex(16 * width * count)
    for start in range(0, len(drawn), 32 * width):
        yield tuple(drawn[start + 32 * i : start + 32 * (i + 1)] for i in range(width))
