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
from posts.delivery.events import bounce_mails, providers, subscriptions, watching
from posts.delivery.events.finding import Found, find
from posts.delivery.events.models import ProviderEvent
from posts.delivery.events.moving import UNANSWERED, Key, Move, move
from posts.delivery.events.news import (
    COMPLAINED_BEFORE,
    HARD,
    SOFT,
    UNSUBSCRIBED_BEFORE,
    News,
    What,
)
from posts.delivery.events.parsing import TooMuch
from posts.delivery.events.storing import MAILBOX, MOST_UNREAD, PENDING, SET_ASIDE, UNREAD
from posts.delivery.mailings.finish import finish_if_done
from posts.delivery.models import Mailing
from posts.delivery.transports.smtp import verp
from subscribers import actions, returns
from subscribers.addresses import Address
from subscribers.keys import keyed_hash
from subscribers.models import Subscription, Suppression

logger = logging.getLogger(__name__)

CHUNK = 500
# What is read at a time, if it is more than one event: a second's work, and little memory.
CHUNK_BYTES = 4_000_000
# As long as a repeat may come. Their words are gone when they were applied; the digest remains.
KEPT = timedelta(days=30)


def apply_pending(*, seconds: float = 60.0) -> int:
    """Apply what waits, oldest first, until nothing does. Answers how many were looked at.

    Several workers may do so at once: each takes what no other has. What arrives twice, late or
    in the wrong order changes nothing that it should not (see `moving`).
    """
    fetch_keys()
    until, after, done = time.monotonic() + seconds, 0, 0
    while time.monotonic() < until:
        numbers = _next(after)
        if not numbers:
            break
        _apply_these(numbers)
        after = numbers[-1]
        done += len(numbers)
    return done


def _next(after: int) -> list[int]:
    waiting = ProviderEvent.objects.filter(PENDING, pk__gt=after).order_by("pk")
    sizes = waiting.annotate(size=Length("body")).values_list("pk", "size")
    numbers: list[int] = []
    total = 0
    for number, size in sizes[:CHUNK]:
        total += size
        if numbers and total > CHUNK_BYTES:
            break
        numbers.append(number)
    return numbers


def fetch_keys() -> None:
    """Before any transaction: a key that is made in one, and rolled back with it, would be known
    to this process only."""
    for purpose in ("suppression", "message-id"):
        keyed_hash(purpose, 0)
    verp.current()


def _apply_these(numbers: Sequence[int]) -> None:
    try:
        _apply_chunk(numbers)
    except OperationalError:
        raise  # the database is away, or wants us to try again: they wait
    except Exception as error:
        if len(numbers) > 1:
            # One of them is to blame; the others must not wait for it.
            logger.warning("%s provider events are applied one by one: %r", len(numbers), error)
            for number in numbers:
                _apply_these([number])
            return
        logger.exception("The provider event %s could not be applied.", numbers[0])
        _note_problem(numbers[0], f"A fault in Passalong: {error!r}. Please report it.")


def _apply_chunk(numbers: Sequence[int]) -> None:
    """All of them in one transaction: the ledger, what follows from it, and that it was done.

    They are read before it. Others may read the same meanwhile, which costs only time; within it
    nobody else could write on SQLite, and a lease could run out.
    """
    told = [_told_by(one) for one in ProviderEvent.objects.filter(PENDING, pk__in=numbers)]
    with transaction.atomic():
        rows = ProviderEvent.objects.select_for_update(skip_locked=True).filter(
            PENDING, pk__in=numbers
        )
        mine = set(rows.values_list("pk", flat=True))
        told = sorted((one for one in told if one.number in mine), key=lambda one: one.number)
        moved = _apply([news for one in told for news in one.news])
        # The words are people's: they are not kept longer than it takes to apply them.
        applied = [one.number for one in told if not (one.problem or one.to_confirm)]
        ProviderEvent.objects.filter(pk__in=applied).update(
            applied_at=Now(), body=b"", headers={}, problem=""
        )
        for one in told:
            if one.problem:
                _note_problem(one.number, one.problem)
    for one in told:
        if one.to_confirm:
            subscriptions.confirm(one.number, one.to_confirm)
    for mailing_id in moved:
        finish_if_done(mailing_id)


@dataclass
class _Told:
    """What one event says; or where it wants to be confirmed, or why it cannot be read."""

    number: int
    news: list[News] = field(default_factory=list)
    to_confirm: str = ""
    problem: str = ""


def _told_by(event: ProviderEvent) -> _Told:
    """Strangers wrote it, so it may break anything; that must not stop the others."""
    told = _Told(event.pk)
    try:
        told.to_confirm = subscriptions.asked_by(event)
        if not told.to_confirm:
            told.news = _read(event)
    except TooMuch as error:
        logger.warning("%s is set aside: %s", event, error)
        told.problem = f"{SET_ASIDE}{error}."
    except Exception as error:  # noqa: BLE001
        logger.warning("%s cannot be read: %r", event, error)
        told.problem = f"It cannot be read ({error!r})."[:1_000]
    return told


def _note_problem(number: int, problem: str) -> None:
    ProviderEvent.objects.filter(pk=number).update(applied_at=Now(), problem=problem)


def _read(event: ProviderEvent) -> list[News]:
    body = bytes(event.body)
    if event.provider == MAILBOX:
        return bounce_mails.read(body, envelope_to=event.headers.get("Envelope-To", ""))
    return providers.read(providers.PROVIDERS[event.provider], event.headers, body)


def _apply(news: Sequence[News]) -> set[int]:
    """Answers the mailings in which something is settled now that was not."""
    found = find(news)
    if len(found) < len(news):
        logger.info("%s things told are about no mail of ours.", len(news) - len(found))
    moves = move(found)
    _follow(found, moves)
    changed = {key: one for key, one in moves.items() if one.changed}
    watching.watch(
        {key[0] for key, one in changed.items() if one.found.news.verdict.what is What.COMPLAINED}
    )
    return {key[0] for key, one in changed.items() if one.before in UNANSWERED}


# --- What follows for people ---------------------------------------------------------------


def _follow(found: Sequence[Found], moves: dict[Key, Move]) -> None:
    """Suppressions follow from each telling, since doing it twice is harmless; what is counted
    follows only from a change, so that a repeat does not count."""
    # What another site that shares the provider's account told is about nobody here.
    ours = [one for one in found if one.subscriber_id or one.key in moves]
    _suppress(ours)
    moved = [one.found for one in moves.values() if one.changed and one.found.subscriber_id]
    for source, group in _by_source(one for one in moved if one.news.verdict.reason == SOFT):
        returns.note_soft_bounces(
            subscribers=[one.subscriber_id for one in group], source=source, by=source
        )
    returns.forget_soft_bounces(
        subscribers=[one.subscriber_id for one in moved if one.news.verdict.what is What.DELIVERED]
    )
    for one in ours:
        if _unsubscribes(one):
            _unsubscribe(one)


def _suppress(found: Sequence[Found]) -> None:
    for source, group in _by_source(one for one in found if one.address):
        for reason, for_which in (
            (Suppression.Reason.COMPLAINED, _complained),
            (Suppression.Reason.BOUNCED, _is_gone),
        ):
            addresses = sorted({one.address for one in group if for_which(one.news)})
            actions.suppress_all(
                addresses=[Address(address, address) for address in addresses],
                reason=reason,
                source=f"told by {source}",
                by=source,
            )


def _complained(news: News) -> bool:
    return news.verdict.what is What.COMPLAINED or news.verdict.reason == COMPLAINED_BEFORE


def _is_gone(news: News) -> bool:
    return news.verdict.reason == HARD


def _unsubscribes(found: Found) -> bool:
    verdict = found.news.verdict
    return verdict.what is What.UNSUBSCRIBED or verdict.reason == UNSUBSCRIBED_BEFORE


def _unsubscribe(found: Found) -> None:
    """From the newsletter of that mailing. Rare: providers offer it only where ours is missing."""
    if found.key is None:
        return
    mailing_id, number = found.key
    newsletter = Mailing.objects.filter(pk=mailing_id).values("newsletter_id")
    row = Subscription.objects.filter(newsletter__in=newsletter, subscriber_id=number).first()
    if row is not None:
        source = found.news.source
        actions.unsubscribe(subscription=row, source=f"told by {source}", by=source)


def _by_source(found: Iterable[Found]) -> Iterable[tuple[str, list[Found]]]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[one.news.source].append(one)
    return groups.items()


# --- Keeping house -------------------------------------------------------------------------


def forget_old() -> int:
    """Drop what was told long ago. Answers how many."""
    # Anybody can write to the mailbox; mails that nobody can read must not fill the disk.
    unread = ProviderEvent.objects.filter(UNREAD, provider=MAILBOX).order_by("-pk")
    kept = list(unread.values_list("pk", flat=True)[:MOST_UNREAD])
    if len(kept) == MOST_UNREAD:
        unread.filter(pk__lt=kept[-1]).exclude(body=b"").update(body=b"", headers={})
    old = ProviderEvent.objects.filter(applied_at__isnull=False, received_at__lt=later(-KEPT))
    return old.delete()[0]
