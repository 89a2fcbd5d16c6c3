"""The numbers of one mailing, all out of one statement: they are of one moment and add up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Max, Min, Sum, Value, When

from posts.delivery.clock import database_now
from posts.delivery.mailings.queries import Report
from posts.delivery.models import ALL_STATES, WAITING, Batch, Delivery, Mailing
from posts.delivery.reporting.beginning import started
from posts.delivery.reporting.sql import Seconds, StatusCode, teach_sqlite
from posts.delivery.reporting.timeline import Moment
from posts.delivery.transports.verdict import BLOCKED
from subscribers import saying

State = Delivery.State

# Who is in one of these was accepted first.
TAKEN = (State.ACCEPTED, State.DELIVERED, State.BOUNCED, State.COMPLAINED)
# What happened after the hand-over, so that `changed_at` says when.
LATER = (State.DELIVERED, State.BOUNCED, State.COMPLAINED)

# How finely later events are told apart: the database gives back a row for each such piece of
# time. All time zones differ from another by multiples of a quarter of an hour.
FINE, COARSE = timedelta(minutes=1), timedelta(minutes=15)
YOUNG = timedelta(days=1)

# The parts of the statement.
_WAITING, _ROWS, _BATCHES, _TIMES = range(4)


@dataclass(slots=True)
class Refusals:
    """Everybody who was refused with one code, and the words that one of them got. `ours`: how many
    of them for what we are or sent, and not for what is with their address."""

    code: str
    people: int = 0
    example: str = ""
    ours: int = 0


@dataclass(frozen=True)
class MailingCounts:
    """One mailing at the moment `at`."""

    report: Report
    at: datetime
    started: datetime
    unit: timedelta
    bounced: dict[str, int]
    refused: list[Refusals]
    attempts: dict[int, int]  # how many were made → for how many people
    accepted: list[Moment]
    later: dict[str, list[Moment]]

    @property
    def attempts_made(self) -> int:
        return sum(made * people for made, people in self.attempts.items())


@dataclass
class _Counts:
    """What the rows of the statement add up to, part by part."""

    deliveries: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ALL_STATES, 0))
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bounced: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: dict[str, Refusals] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    batches: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    later: dict[str, list[Moment]] = field(
        default_factory=lambda: {str(state.label): [] for state in LATER}
    )

    def add_waiting(self, people: int) -> None:
        if people:
            self.deliveries[WAITING] += people
            self.attempts[0] += people

    def add_rows(self, row: dict[str, Any]) -> None:
        state, why, people = State(row["kind"]), row["why"], row["people"]
        self.deliveries[str(state.label)] += people
        if state == State.LEFT_OUT:
            self.left_out[why] += people
        elif state == State.BOUNCED:
            self.bounced[why] += people
        elif state == State.REFUSED:
            group = self.refused.setdefault(row["code"], Refusals(row["code"]))
            group.people += people
            group.ours += people if why == BLOCKED else 0
            group.example = group.example or saying.heard(row["example"] or "")
        # Whoever is left out was not attempted the last time, which was counted beforehand.
        self.attempts[row["tries"] - (state == State.LEFT_OUT)] += people


def tally(mailing: Mailing) -> MailingCounts:
    """Count all rows of a mailing: about half a second for a million."""
    now = database_now()
    unit = FINE if now - mailing.created_at < YOUNG else COARSE
    counts = _Counts()
    for row in _statement(mailing, unit):
        _add(counts, row, unit)
    ended = _ended(mailing)
    # After the rows: where there are no totals now, no row was deleted then.
    fresh = Mailing.objects.get(pk=mailing.pk)
    if fresh.totals is not None:
        return _folded(fresh, now, unit)
    return MailingCounts(
        report=Report(fresh, counts.deliveries, dict(counts.left_out), fresh.problem or None),
        at=now,
        started=started(fresh),
        unit=unit,
        bounced=_most_first(counts.bounced),
        refused=sorted(counts.refused.values(), key=lambda group: (-group.people, group.code)),
        attempts=dict(sorted(counts.attempts.items())),
        accepted=[(ended.get(pk) or at, n) for pk, (n, at) in counts.batches.items()],
        later=counts.later,
    )


def totals_of(found: MailingCounts) -> dict[str, Any]:
    """What stays of it when its rows go: every number, and nobody's address or a server's words."""
    return {
        "deliveries": found.report.deliveries,
        "left_out": found.report.left_out,
        "bounced": found.bounced,
        "refused": {group.code: group.people for group in found.refused},
        "refused_for_us": {group.code: group.ours for group in found.refused if group.ours},
        "attempts": {str(made): people for made, people in found.attempts.items()},
    }


def _folded(mailing: Mailing, now: datetime, unit: timedelta) -> MailingCounts:
    totals: dict[str, Any] = mailing.totals or {}
    return MailingCounts(
        report=Report(mailing, totals["deliveries"], totals["left_out"], mailing.problem or None),
        at=now,
        started=started(mailing),
        unit=unit,
        bounced=totals["bounced"],
        refused=[
            Refusals(code, people, ours=totals.get("refused_for_us", {}).get(code, 0))
            for code, people in totals["refused"].items()
        ],
        attempts={int(made): people for made, people in totals["attempts"].items()},
        accepted=[],
        later={},
    )


def _statement(mailing: Mailing, unit: timedelta) -> Iterable[dict[str, Any]]:
    """One statement and so one snapshot, in four parts with the same columns."""
    teach_sqlite()
    waiting = Batch.objects.filter(
        mailing=mailing, state=Batch.State.WAITING, purpose=Batch.Purpose.FIRST
    )
    rows = Delivery.objects.filter(mailing=mailing)
    refused = When(state=State.REFUSED, then=StatusCode("detail"))
    reply = When(state=State.REFUSED, then=F("detail"))
    people = Count("subscriber_id")
    parts = [
        waiting.values(**_columns(_WAITING)).annotate(
            people=Sum("size"), example=Value(""), until=Value(0)
        ),
        rows.values(
            **_columns(
                _ROWS,
                kind=F("state"),
                why=F("reason"),
                tries=F("attempt"),
                code=Case(refused, default=Value("")),
            )
        ).annotate(people=people, example=Min(Case(reply)), until=Value(0)),
        rows.filter(state__in=TAKEN)
        .values(**_columns(_BATCHES, piece=F("batch_id")))
        .annotate(people=people, example=Value(""), until=Seconds(Max("changed_at"))),
        rows.filter(state__in=LATER)
        .values(
            **_columns(
                _TIMES, kind=F("state"), piece=Seconds("changed_at") / int(unit.total_seconds())
            )
        )
        .annotate(people=people, example=Value(""), until=Value(0)),
    ]
    first, *rest = (part.order_by() for part in parts)
    united: Iterable[Any] = first.union(*rest, all=True)
    return united


def _columns(part: int, **own: Any) -> dict[str, Any]:
    """The grouping columns, in one order for all parts."""
    nothing = Value("", output_field=CharField())
    zero = Value(0, output_field=IntegerField())
    empty = {"kind": zero, "why": nothing, "tries": zero, "code": nothing, "piece": zero}
    return {"part": Value(part, output_field=IntegerField()), **empty, **own}


def _add(counts: _Counts, row: dict[str, Any], unit: timedelta) -> None:
    people = row["people"] or 0  # a sum over no batches is NULL
    if row["part"] == _WAITING:
        counts.add_waiting(people)
    elif row["part"] == _ROWS:
        counts.add_rows(row)
    elif row["part"] == _BATCHES:
        counts.batches[row["piece"]] = people, _moment(row["until"])
    else:
        name = str(State(row["kind"]).label)
        counts.later[name].append((_moment(row["piece"] * unit.total_seconds()), people))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _ended(mailing: Mailing) -> dict[int, datetime]:
    """When each batch that is done was recorded, which is when its letters were accepted."""
    done = Batch.objects.filter(mailing=mailing, finished_at__isnull=False)
    return {pk: at for pk, at in done.values_list("pk", "finished_at") if at is not None}


def _most_first(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: -item[1]))
