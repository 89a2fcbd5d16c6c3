"""Trying again: when, in which batches, and when to give up."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from posts.delivery.batches import AT_ONCE, add_batch
from posts.delivery.clock import database_now
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Outcome
from subscribers.saying import sentence

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
# "Refused for now" becomes "refused" only after both: greylisting wants hours, not minutes.
GIVE_UP_ATTEMPTS = 5
GIVE_UP_AFTER = timedelta(hours=24)

# The first call may still be under way at the provider's.
REPLAY_AFTER = timedelta(seconds=20)


def key_dies(at: int, lives: timedelta) -> datetime:
    """Until when a call made `at` may be replayed: a tenth early, since clocks differ."""
    return datetime.fromtimestamp(at, tz=UTC) + lives * 0.9


class Retries:
    """Collects who of a batch is to be tried again, and makes one new batch for each due time.

    Servers like to name the recipient in their words; a batch for each wording would be a batch
    for each recipient.
    """

    def __init__(self, mailing_id: int) -> None:
        self._mailing_id = mailing_id
        self._due: dict[timedelta, list[int]] = defaultdict(list)
        self._calls: list[tuple[Sequence[int], str, datetime, str]] = []

    def add(self, subscriber_ids: Sequence[int], delay: timedelta = AT_ONCE) -> None:
        self._due[delay].extend(subscriber_ids)

    def add_call(
        self, subscriber_ids: Sequence[int], *, key: str, until: datetime, transport: str
    ) -> None:
        """A call to be replayed: a batch of its own, in the order in which it was made, for the
        transport that knows the key."""
        self._calls.append((subscriber_ids, key, until, transport))

    def freeze(self) -> None:
        for subscriber_ids, key, until, transport in self._calls:
            batch = add_batch(
                self._mailing_id, subscriber_ids, purpose=Batch.Purpose.RETRY, delay=REPLAY_AFTER
            )
            Batch.objects.filter(pk=batch.pk).update(key=key, key_until=until, transport=transport)
        for delay, subscriber_ids in self._due.items():
            if subscriber_ids:
                add_batch(
                    self._mailing_id,
                    sorted(subscriber_ids),
                    purpose=Batch.Purpose.RETRY,
                    delay=delay,
                )


def decide(
    outcome: Outcome, *, attempt: int, mailing_is_old: bool
) -> tuple[Delivery.State, str, timedelta]:
    """What a "not now" in the `attempt`-th attempt leads to: state, reply, and the delay."""
    if attempt >= GIVE_UP_ATTEMPTS and mailing_is_old:
        reply = sentence(
            "Given up after %(attempt)s attempts. %(reply)s", attempt=attempt, reply=outcome.reply
        )
        return Delivery.State.REFUSED, reply, AT_ONCE
    delay = min(FIRST_RETRY * 2 ** min(attempt - 1, 10), LONGEST_RETRY)
    delay = max(delay, timedelta(seconds=outcome.retry_after))
    return Delivery.State.RETRYING, outcome.reply, delay


def is_old(mailing_id: int) -> bool:
    """Whether the mailing has been on its way for as long as any server may want to wait.

    Counted from the end of its window: who is due last of all is waited for as long as the first.
    """
    mailing = Mailing.objects.only("starts_at", "created_at", "spread_seconds").get(pk=mailing_id)
    window = timedelta(seconds=mailing.spread_seconds)
    return mailing.began_at + window + GIVE_UP_AFTER < database_now()
