"""Moving deliveries forward on the word of others, never back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Now

from posts.delivery.events.finding import Found
from posts.delivery.events.news import WEIGHT, Verdict, What
from posts.delivery.models import Batch, Delivery, Mailing

State = Delivery.State
Key = tuple[int, int]

UNANSWERED = frozenset({State.ATTEMPTING, State.RETRYING, State.IN_DOUBT})
# Who says "delivered" or "bounced" knows better than a refusal that we thought to have read; a
# mere "taken" does not. Left out stays left out.
_TO = {
    What.ACCEPTED: (State.ACCEPTED, UNANSWERED),
    What.DELIVERED: (State.DELIVERED, UNANSWERED | {State.ACCEPTED, State.REFUSED}),
    What.BOUNCED: (
        State.BOUNCED,
        UNANSWERED | {State.ACCEPTED, State.REFUSED, State.DELIVERED, State.BOUNCED},
    ),
    What.COMPLAINED: (
        State.COMPLAINED,
        UNANSWERED | {State.ACCEPTED, State.REFUSED, State.DELIVERED, State.BOUNCED},
    ),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A delivery of the ledger that news is about, and whether its state changed on it."""

    found: Found
    before: Delivery.State
    changed: bool


def move(found: Iterable[Found]) -> dict[Key, Move]:
    """Apply the news to the ledger, the weightiest of each delivery. Answers those that exist.

    Call it in a transaction. Few statements, however many are told at once.
    """
    weightiest: dict[Key, Found] = {}
    for one in found:
        if one.key is not None and one.news.verdict.what <= What.COMPLAINED:
            other = weightiest.get(one.key)
            if other is None or one.news.verdict.weight > other.news.verdict.weight:
                weightiest[one.key] = one
    by_mailing: dict[int, dict[int, Found]] = defaultdict(dict)
    for (mailing_id, number), one in weightiest.items():
        by_mailing[mailing_id][number] = one
    _lock(by_mailing)
    moves: dict[Key, Move] = {}
    for mailing_id, told in by_mailing.items():
        moves |= _move_in(mailing_id, told)
    return moves


def _rows(mailing_id: int, numbers: Iterable[int]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(mailing_id=mailing_id, subscriber_id__in=list(numbers))


def _lock(by_mailing: Mapping[int, Iterable[int]]) -> None:
    """Batches, then mailings, each in their order: as whoever records does, and before any
    delivery is touched, so that we can wait for each other but never in a circle."""
    batches = {
        batch
        for mailing_id, numbers in by_mailing.items()
        for batch in _rows(mailing_id, numbers).values_list("batch_id", flat=True)
    }
    list(Batch.objects.select_for_update().filter(pk__in=batches).order_by("pk").only("pk"))
    list(Mailing.objects.select_for_update().filter(pk__in=by_mailing).order_by("pk").only("pk"))


def _move_in(mailing_id: int, told: Mapping[int, Found]) -> dict[Key, Move]:
    moves: dict[Key, Move] = {}
    groups: dict[Verdict, list[int]] = defaultdict(list)
    rows = _rows(mailing_id, told).select_for_update().order_by("subscriber_id")
    for number, state, reason in rows.values_list("subscriber_id", "state", "reason"):
        verdict = told[number].news.verdict
        changes = _goes_forward(verdict, state, reason)
        moves[mailing_id, number] = Move(told[number], State(state), changes)
        if changes or (verdict.what is What.DEFERRED and state == State.ACCEPTED):
            groups[verdict].append(number)
    for verdict, numbers in groups.items():
        _write(mailing_id, verdict, {number: told[number].news.words for number in numbers})
    return moves


def _goes_forward(verdict: Verdict, state: int, reason: str) -> bool:
    if verdict.what not in _TO or state not in _TO[verdict.what][1]:
        return False
    if state == State.BOUNCED and verdict.what is What.BOUNCED:
        # Soft first and hard later is a step; the same once more is a repeat.
        return WEIGHT[verdict.reason] > WEIGHT.get(reason, 0)
    return True


def _write(mailing_id: int, verdict: Verdict, words: Mapping[int, str]) -> None:
    """Conditional, although the rows are locked: on SQLite nothing but the writer's place is."""
    rows = _rows(mailing_id, words)
    if verdict.what is What.DEFERRED:
        rows.filter(state=State.ACCEPTED).update(detail=_case(words))
        return
    state, allowed = _TO[verdict.what]
    spoken = verdict.what in (What.BOUNCED, What.COMPLAINED)
    rows.filter(state__in=allowed).update(
        state=state,
        reason=verdict.reason,
        detail=_case(words) if spoken else None,
        changed_at=Now(),
    )


def _case(words: Mapping[int, str]) -> Case | F | Value:
    """Servers name the recipient in their words, so each has her own: one statement for all."""
    distinct = set(words.values())
    if len(distinct) == 1:
        return Value(distinct.pop() or None, output_field=TextField(null=True))
    return Case(
        *(
            When(subscriber_id=number, then=Value(text or None, output_field=TextField(null=True)))
            for number, text in words.items()
        ),
        output_field=TextField(null=True),
    )
