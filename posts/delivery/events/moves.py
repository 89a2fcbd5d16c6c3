"""Moving deliveries forward on events that others report, never back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, QuerySet, Value, When

from posts.delivery.events.match import Found
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.states import Who, may_move, move_deliveries
from posts.delivery.transports.verdict import WEIGHT, EventKind, Verdict
from subscribers.saying import SentenceField

State = Delivery.State
Key = tuple[int, int]

UNANSWERED = frozenset({State.ATTEMPTING, State.RETRYING, State.IN_DOUBT})
# From which states a delivery gets there, `states.DELIVERIES` says.
STATES = {
    EventKind.ACCEPTED: State.ACCEPTED,
    EventKind.DELIVERED: State.DELIVERED,
    EventKind.BOUNCED: State.BOUNCED,
    EventKind.COMPLAINED: State.COMPLAINED,
}


@dataclass(frozen=True, slots=True)
class Move:
    """A delivery of the ledger that an event is about, and whether its state changed on it."""

    found: Found
    before: Delivery.State
    changed: bool


def move(found: Iterable[Found]) -> dict[Key, Move]:
    """Apply the events to the ledger, the weightiest of each delivery. Answers those that exist.

    Call it in a transaction. Few statements, however many come at once.
    """
    weightiest: dict[Key, Found] = {}
    for one in found:
        if one.key is not None and one.event.verdict.kind <= EventKind.COMPLAINED:
            other = weightiest.get(one.key)
            if other is None or one.event.verdict.weight > other.event.verdict.weight:
                weightiest[one.key] = one
    by_mailing: dict[int, dict[int, Found]] = defaultdict(dict)
    for (mailing_id, subscriber_id), one in weightiest.items():
        by_mailing[mailing_id][subscriber_id] = one
    _lock(by_mailing)
    moves: dict[Key, Move] = {}
    for mailing_id, events in by_mailing.items():
        moves |= _move_in(mailing_id, events)
    return moves


def _rows(mailing_id: int, subscriber_ids: Iterable[int]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(mailing_id=mailing_id, subscriber_id__in=list(subscriber_ids))


def _lock(by_mailing: Mapping[int, Iterable[int]]) -> None:
    """Batches, then mailings, each in their order: as whoever records does, and before any
    delivery is touched, so that we can wait for each other but never in a circle."""
    batches = {
        batch
        for mailing_id, subscriber_ids in by_mailing.items()
        for batch in _rows(mailing_id, subscriber_ids).values_list("batch_id", flat=True)
    }
    list(Batch.objects.select_for_update().filter(pk__in=batches).order_by("pk").only("pk"))
    list(Mailing.objects.select_for_update().filter(pk__in=by_mailing).order_by("pk").only("pk"))


def _move_in(mailing_id: int, found: Mapping[int, Found]) -> dict[Key, Move]:
    moves: dict[Key, Move] = {}
    groups: dict[Verdict, list[int]] = defaultdict(list)
    rows = _rows(mailing_id, found).select_for_update().order_by("subscriber_id")
    for subscriber_id, before, reason in rows.values_list("subscriber_id", "state", "reason"):
        state = State(before)
        verdict = found[subscriber_id].event.verdict
        changes = _goes_forward(verdict, state, reason)
        moves[mailing_id, subscriber_id] = Move(found[subscriber_id], state, changes)
        if changes or (verdict.kind is EventKind.DEFERRED and state is State.ACCEPTED):
            groups[verdict].append(subscriber_id)
    for verdict, subscriber_ids in groups.items():
        replies = {each: found[each].event.reply for each in subscriber_ids}
        _write(mailing_id, verdict, replies)
    return moves


def _goes_forward(verdict: Verdict, state: Delivery.State, reason: str) -> bool:
    """Who says "delivered" or "bounced" knows better than a refusal that we thought to have read;
    a mere "taken" does not. Left out stays left out."""
    if verdict.kind not in STATES:
        return False
    if not may_move(state, STATES[verdict.kind], Who.PROVIDER):
        return False
    if state is State.BOUNCED and verdict.kind is EventKind.BOUNCED:
        # Soft first and hard later is a step; the same once more is a repeat.
        return WEIGHT[verdict.reason] > WEIGHT.get(reason, 0)
    return True


def _write(mailing_id: int, verdict: Verdict, replies: Mapping[int, str]) -> None:
    """Conditional, although the rows are locked: on SQLite nothing but the writer's place is."""
    rows = _rows(mailing_id, replies)
    if verdict.kind is EventKind.DEFERRED:
        rows.filter(state=State.ACCEPTED).update(detail=_case(replies))
        return
    spoken = verdict.kind in (EventKind.BOUNCED, EventKind.COMPLAINED)
    move_deliveries(
        rows,
        STATES[verdict.kind],
        who=Who.PROVIDER,
        reason=verdict.reason,
        detail=_case(replies) if spoken else None,
    )


def _case(replies: Mapping[int, str]) -> Case | Value:
    """Servers name the recipient in their reply, so each has her own: one statement for all."""
    distinct = set(replies.values())
    if len(distinct) == 1:
        return _value(distinct.pop())
    return Case(
        *(When(subscriber_id=each, then=_value(reply)) for each, reply in replies.items()),
        output_field=SentenceField(null=True),
    )


def _value(reply: str) -> Value:
    return Value(reply or None, output_field=SentenceField(null=True))
