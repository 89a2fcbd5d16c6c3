"""What an answer of the mail server makes of a delivery. Within the transaction that records it."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import QuerySet

from posts.delivery.clock import database_now
from posts.delivery.models import Batch, Delivery
from posts.delivery.states import Who, move_deliveries
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import refusals
from posts.delivery.worker.replay import Replay
from posts.delivery.worker.retries import Retries, decide, is_old, key_dies
from subscribers.saying import sentence

State = Delivery.State

UNANSWERED = sentence("Handed over; the worker died before the answer.")


def apply(
    batch: Batch,
    outcomes: Iterable[Outcome],
    retries: Retries,
    *,
    of: Delivery.State,
    replay: Replay,
) -> dict[int, str]:
    """Answers who was refused now, and of which kind (see `refusals`)."""
    refused: dict[int, str] = {}
    groups: dict[tuple[ServerAnswer, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        reply = (
            "" if outcome.answer in (ServerAnswer.ACCEPTED, ServerAnswer.RETRY) else outcome.reply
        )
        groups[outcome.answer, reply].append(outcome)
    for (answer, reply), group in groups.items():
        subscriber_ids = [outcome.subscriber_id for outcome in group]
        rows = of_batch(batch, of, subscriber_ids)
        if answer is ServerAnswer.ACCEPTED:
            move(rows, State.ACCEPTED, reply)
        elif answer is ServerAnswer.REFUSED:
            refused |= _refuse(rows, reply, refusals.reason_of(reply))
        elif answer is ServerAnswer.RETRY:
            refused |= _retry_or_give_up(batch, group, retries, of=of)
        elif replay.safe:
            retries.add(moved(rows, State.RETRYING, reply))
        elif of is not State.IN_DOUBT:
            _doubt(batch, group, reply or UNANSWERED, retries, replay.key_lives)
    return refused


def _refuse(rows: QuerySet[Delivery], reply: str, reason: str) -> dict[int, str]:
    return dict.fromkeys(moved(rows, State.REFUSED, reply, reason=reason), reason)


def _doubt(
    batch: Batch,
    group: Sequence[Outcome],
    reply: str,
    retries: Retries,
    key_lives: timedelta | None,
) -> None:
    """In doubt, or, call by call, asked again under the key by which the provider knows it."""
    calls: dict[tuple[str, int], list[int]] = defaultdict(list)
    for outcome in group:
        calls[outcome.key, outcome.at].append(outcome.subscriber_id)
    for (key, at), subscriber_ids in calls.items():
        rows = of_batch(batch, State.ATTEMPTING, subscriber_ids)
        until = key_dies(at, key_lives) if key and key_lives else None
        if until is not None and until > database_now():
            move(rows, State.RETRYING, reply)
            retries.add_call(subscriber_ids, key=key, until=until, transport=batch.transport)
        else:
            move(rows, State.IN_DOUBT, reply)


def _retry_or_give_up(
    batch: Batch, outcomes: Sequence[Outcome], retries: Retries, *, of: Delivery.State
) -> dict[int, str]:
    rows = of_batch(batch, of, [outcome.subscriber_id for outcome in outcomes])
    attempts = dict(rows.values_list("subscriber_id", "attempt"))
    old = is_old(batch.mailing_id)
    refused: dict[int, str] = {}
    groups: dict[tuple[Delivery.State, str, str], list[int]] = defaultdict(list)
    for outcome in outcomes:
        subscriber_id = outcome.subscriber_id
        if subscriber_id not in attempts:
            continue  # recorded already
        state, reply, delay = decide(outcome, attempt=attempts[subscriber_id], mailing_is_old=old)
        reason = refusals.reason_of(outcome.reply) if state is State.REFUSED else ""
        groups[state, reply, reason].append(subscriber_id)
        if state is State.RETRYING:
            retries.add([subscriber_id], delay)
    for (state, reply, reason), subscriber_ids in groups.items():
        rows = of_batch(batch, of, subscriber_ids)
        if state is State.REFUSED:
            refused |= _refuse(rows, reply, reason)
        else:
            move(rows, state, reply)
    return refused


def of_batch(
    batch: Batch, state: Delivery.State, subscriber_ids: Sequence[int] | None = None
) -> QuerySet[Delivery]:
    """Rows of a batch in a state. Give `subscriber_ids` where they are known: they are the key, and
    without them all rows of the mailing are looked through."""
    rows = Delivery.objects.filter(mailing_id=batch.mailing_id, batch_id=batch.pk, state=state)
    return (
        rows
        if subscriber_ids is None
        else rows.filter(subscriber_id__among=array("q", subscriber_ids))
    )


def move(rows: QuerySet[Delivery], state: Delivery.State, reply: str, *, reason: str = "") -> int:
    values = {"detail": reply or None} | ({"reason": reason} if reason else {})
    return move_deliveries(rows, state, who=Who.MACHINE, **values)


def moved(
    rows: QuerySet[Delivery], state: Delivery.State, reply: str, *, reason: str = ""
) -> list[int]:
    """Move, and answer who moved. Looked up first: afterwards they could not be told apart."""
    moving = list(rows.values_list("subscriber_id", flat=True))
    move(rows, state, reply, reason=reason)
    return moving
