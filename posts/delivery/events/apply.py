"""Applying what was stored: from raw events to the ledger, and to whom we may still write."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models.functions import Length, Now

from posts.delivery.clock import later
from posts.delivery.events import bounce_mails, complaint_rate, sns, webhook_calls
from posts.delivery.events.event import Event
from posts.delivery.events.inbox import MAILBOX, MOST_UNREAD, PENDING, UNREAD
from posts.delivery.events.match import Found, find
from posts.delivery.events.models import ProviderEvent
from posts.delivery.events.moves import UNANSWERED, Key, Move, move
from posts.delivery.events.parsing import TooMuch
from posts.delivery.mailings.finish import finish_if_done
from posts.delivery.models import Mailing
from posts.delivery.transports.smtp import verp
from posts.delivery.transports.verdict import (
    COMPLAINED_BEFORE,
    HARD,
    SOFT,
    UNSUBSCRIBED_BEFORE,
    EventKind,
)
from subscribers import actions, returns
from subscribers.addresses import Address
from subscribers.keys import keyed_hash
from subscribers.models import Subscription, Suppression
from subscribers.saying import sentence

logger = logging.getLogger(__name__)

CHUNK = 500
# What is read at a time, if it is more than one event: a second's work, and little memory.
CHUNK_BYTES = 4_000_000
# As long as a repeat may come. Their text is gone when they were applied; the digest remains.
KEPT = timedelta(days=30)


def apply_pending(*, seconds: float = 60.0) -> int:
    """Apply what waits, oldest first, until nothing does. Answers how many were looked at.

    Several workers may do so at once: each takes what no other has. What arrives twice, late or
    in the wrong order changes nothing that it should not (see `moves`).
    """
    fetch_keys()
    until, after, done = time.monotonic() + seconds, 0, 0
    while time.monotonic() < until:
        event_ids = _next(after)
        if not event_ids:
            break
        _apply_these(event_ids)
        after = event_ids[-1]
        done += len(event_ids)
    return done


def _next(after: int) -> list[int]:
    waiting = ProviderEvent.objects.filter(PENDING, pk__gt=after).order_by("pk")
    sizes = waiting.annotate(size=Length("body")).values_list("pk", "size")
    event_ids: list[int] = []
    total = 0
    for event_id, size in sizes[:CHUNK]:
        total += size
        if event_ids and total > CHUNK_BYTES:
            break
        event_ids.append(event_id)
    return event_ids


def fetch_keys() -> None:
    """Before any transaction: a key that is made in one, and rolled back with it, would be known
    to this process only."""
    for purpose in ("suppression", "message-id"):
        keyed_hash(purpose, 0)
    verp.current()


def _apply_these(event_ids: Sequence[int]) -> None:
    try:
        _apply_chunk(event_ids)
    except OperationalError:
        raise  # the database is away, or wants us to try again: they wait
    except Exception as error:
        if len(event_ids) > 1:
            # One of them is to blame; the others must not wait for it.
            logger.warning("%s provider events are applied one by one: %r", len(event_ids), error)
            for event_id in event_ids:
                _apply_these([event_id])
            return
        logger.exception("The provider event %s could not be applied.", event_ids[0])
        _note_problem(
            event_ids[0],
            sentence("A fault in Passalong: %(error)s. Please report it.", error=repr(error)),
        )


def _apply_chunk(event_ids: Sequence[int]) -> None:
    """All of them in one transaction: the ledger, what follows from it, and that it was done.

    They are read before it. Others may read the same meanwhile, which costs only time; within it
    nobody else could write on SQLite, and a lease could run out.
    """
    read = [_read(one) for one in ProviderEvent.objects.filter(PENDING, pk__in=event_ids)]
    with transaction.atomic():
        rows = ProviderEvent.objects.select_for_update(skip_locked=True).filter(
            PENDING, pk__in=event_ids
        )
        mine = set(rows.values_list("pk", flat=True))
        read = sorted((one for one in read if one.event_id in mine), key=lambda one: one.event_id)
        moved = _apply([event for one in read for event in one.events])
        # The text is people's: it is not kept longer than it takes to apply it.
        applied = [one.event_id for one in read if not (one.problem or one.to_confirm)]
        ProviderEvent.objects.filter(pk__in=applied).update(
            applied_at=Now(), body=b"", headers={}, problem=""
        )
        for one in read:
            if one.problem:
                _note_problem(one.event_id, one.problem)
    for one in read:
        if one.to_confirm:
            sns.confirm(one.event_id, one.to_confirm)
    for mailing_id in moved:
        finish_if_done(mailing_id)


@dataclass
class _Read:
    """What a stored call or mail says; or where it wants to be confirmed, or why it cannot be
    read."""

    event_id: int
    events: list[Event] = field(default_factory=list)
    to_confirm: str = ""
    problem: str = ""


def _read(stored: ProviderEvent) -> _Read:
    """Strangers wrote it, so it may break anything; that must not stop the others."""
    read = _Read(stored.pk)
    try:
        _read_body(stored, read)
    except TooMuch as error:
        logger.warning("%s is set aside: %s", stored, error)
        read.problem = sentence("Set aside unread: %(why)s.", why=error)
    except Exception as error:  # noqa: BLE001
        logger.warning("%s cannot be read: %r", stored, error)
        read.problem = sentence("It cannot be read (%(error)s).", error=repr(error)[:900])
    return read


def _read_body(stored: ProviderEvent, read: _Read) -> None:
    provider, body = stored.provider, bytes(stored.body)
    if provider == MAILBOX:
        envelope_to = stored.headers.get("Envelope-To", "")
        reading = bounce_mails.read(body, envelope_to=envelope_to)
        read.events, read.problem = reading.events, reading.problem
        return
    read.to_confirm = webhook_calls.to_confirm(provider, body)
    if not read.to_confirm:
        read.events = webhook_calls.read(provider, stored.headers, body)


def _note_problem(event_id: int, problem: str) -> None:
    ProviderEvent.objects.filter(pk=event_id).update(applied_at=Now(), problem=problem)


def _apply(events: Sequence[Event]) -> set[int]:
    """Answers the mailings in which something is settled now that was not."""
    found = find(events)
    if len(found) < len(events):
        logger.info("%s events are about no mail of ours.", len(events) - len(found))
    moves = move(found)
    _follow(found, moves)
    changed = {key: one for key, one in moves.items() if one.changed}
    complained = EventKind.COMPLAINED
    complaint_rate.watch(
        {key[0] for key, one in changed.items() if one.found.event.verdict.kind is complained}
    )
    return {key[0] for key, one in changed.items() if one.before in UNANSWERED}


# --- What follows for people ---------------------------------------------------------------


def _follow(found: Sequence[Found], moves: dict[Key, Move]) -> None:
    """Suppressions follow from each report, since doing it twice is harmless; what is counted
    follows only from a change, so that a repeat does not count."""
    # What is about another site that shares the provider's account is about nobody here.
    ours = [one for one in found if one.subscriber_id or one.key in moves]
    _suppress(ours)
    moved = [one.found for one in moves.values() if one.changed and one.found.subscriber_id]
    for source, group in _by_source(one for one in moved if one.event.verdict.reason == SOFT):
        returns.note_soft_bounces(
            subscribers=[one.subscriber_id for one in group], source=source, by=source
        )
    delivered = [one for one in moved if one.event.verdict.kind is EventKind.DELIVERED]
    returns.forget_soft_bounces(subscribers=[one.subscriber_id for one in delivered])
    for one in ours:
        if _unsubscribes(one):
            _unsubscribe(one)


def _suppress(found: Sequence[Found]) -> None:
    for source, group in _by_source(one for one in found if one.address):
        for reason, for_which in (
            (Suppression.Reason.COMPLAINED, _complained),
            (Suppression.Reason.BOUNCED, _is_gone),
        ):
            addresses = sorted({one.address for one in group if for_which(one.event)})
            actions.suppress_all(
                addresses=[Address(address, address) for address in addresses],
                reason=reason,
                source=f"reported by {source}",
                by=source,
            )


def _complained(event: Event) -> bool:
    return event.verdict.kind is EventKind.COMPLAINED or event.verdict.reason == COMPLAINED_BEFORE


def _is_gone(event: Event) -> bool:
    return event.verdict.reason == HARD


def _unsubscribes(found: Found) -> bool:
    verdict = found.event.verdict
    return verdict.kind is EventKind.UNSUBSCRIBED or verdict.reason == UNSUBSCRIBED_BEFORE


def _unsubscribe(found: Found) -> None:
    """From the newsletter of that mailing. Rare: providers offer it only where ours is missing."""
    if found.key is None:
        return
    mailing_id, subscriber_id = found.key
    newsletter = Mailing.objects.filter(pk=mailing_id).values("newsletter_id")
    hers = Subscription.objects.filter(subscriber_id=subscriber_id)
    subscription = hers.filter(newsletter__in=newsletter).first()
    if subscription is not None:
        source = found.event.source
        actions.unsubscribe(subscription=subscription, source=f"reported by {source}", by=source)


def _by_source(found: Iterable[Found]) -> Iterable[tuple[str, list[Found]]]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[one.event.source].append(one)
    return groups.items()


# --- Keeping house -------------------------------------------------------------------------


def forget_old() -> int:
    """Drop what was reported long ago. Answers how many."""
    # Anybody can write to the mailbox; mails that nobody can read must not fill the disk.
    unread = ProviderEvent.objects.filter(UNREAD, provider=MAILBOX).order_by("-pk")
    kept = list(unread.values_list("pk", flat=True)[:MOST_UNREAD])
    if len(kept) == MOST_UNREAD:
        unread.filter(pk__lt=kept[-1]).exclude(body=b"").update(body=b"", headers={})
    old = ProviderEvent.objects.filter(applied_at__isnull=False, received_at__lt=later(-KEPT))
    return old.delete()[0]
