"""The senders of one process: each a thread that claims a batch, hands it over, records it, and
goes on.

All share one open session, and one keeper, which renews the leases of what is in hand and announces
who is begun next. Several senders, so that the session never waits for the database between two
batches.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from django.db import Error, connection

from posts.delivery import batches, status
from posts.delivery.mailings.control import pause_for_problem
from posts.delivery.mailings.finish import finish_if_done
from posts.delivery.models import Mailing
from posts.delivery.transports.base import (
    Misconfigured,
    ServerAnswer,
    Session,
    Throttled,
    Transient,
    Transport,
    TransportError,
)
from posts.delivery.worker import ledger
from posts.delivery.worker.announcer import Announcer
from posts.delivery.worker.batch_feed import PAUSE, BatchFeed, SendingPace
from posts.delivery.worker.ledger import HEARTBEAT, Claim, LeaseLost
from posts.delivery.worker.replay import Replay
from posts.delivery.worker.shutdown import stopping, worker_name
from subscribers.log_context import bind
from subscribers.saying import sentence

logger = logging.getLogger(__name__)

REFUSALS_IN_A_ROW = 20

TICK = 1.0  # seconds between two looks at what may have changed beside a hand-over
# Asked to end, we wait that long for an answer; a service manager waits ten seconds for us.
LONGEST_GOODBYE = 4.0

bell = threading.Event()  # rung when a task tells this process of new work


def _always() -> bool:
    return True


@dataclass(slots=True, eq=False)
class _Held:
    """A batch in the hands of a sender, and when its lease wants renewing."""

    claim: Claim
    renew_at: float


class SenderPool:
    """Works until nothing is due, the time is over, or something says stop.

    `still_chosen`: whether mail is still to leave by this session. Asked before each claim and once
    a second beside a hand-over, which ends before its next message when the answer is no.
    """

    def __init__(
        self,
        transport: Transport,
        session: Session,
        *,
        pace: SendingPace,
        seconds: float,
        senders: int,
        still_chosen: Callable[[], bool] = _always,
    ) -> None:
        self._transport = transport
        self._session = session
        self._pace = pace
        self._until = time.monotonic() + seconds
        self._most = senders
        self._still_chosen = still_chosen
        self._left_behind = False  # mail leaves another way now
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._held: set[_Held] = set()
        self._announcer = Announcer(senders=senders, connections=transport.connections)
        self._trouble: TransportError | None = None
        self._fault: BaseException | None = None

    def work(self) -> None:
        """Raises what a sender raised, after all have ended."""
        ended = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(ended,), name="keeper", daemon=True)
        keeper.start()
        try:
            self._send()
        finally:
            while senders := self._others():
                for thread in senders:
                    thread.join()
            ended.set()
            self._announcer.ask()
            keeper.join()
        if self._fault is not None:
            raise self._fault

    # --- Senders ---

    def _goes_on(self) -> bool:
        return not (
            stopping.is_set()
            or self._trouble is not None
            or self._fault is not None
            or self._left_behind
            or self._pace.used_up_until() is not None
            or time.monotonic() >= self._until
        )

    def _send(self) -> None:
        while self._goes_on():
            try:
                worked = self._one_batch()
            except BaseException as error:
                self._fault = self._fault or error
                raise
            if worked:
                continue
            if not self._held:
                return
            # Others are still at it; what they leave for a retry may be ours.
            bell.wait(TICK)
            bell.clear()

    def _extra_sender(self) -> None:
        try:
            self._send()
        except Exception:
            logger.exception("A sender ended.")  # `work` raises it
        finally:
            connection.close()  # this thread's own

    def _start_sender(self) -> None:
        """One sender more, where there is work for it."""
        if len(self._others()) + 1 >= self._most or not batches.due().exists():
            return
        with self._lock:
            if len(self._threads) + 1 >= self._most or not self._goes_on():
                return
            thread = threading.Thread(target=self._extra_sender, name="sender", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:  # the system has no more: fewer senders do as well
                logger.warning("No sender more: %s", error)
            else:
                self._threads.append(thread)

    def _others(self) -> list[threading.Thread]:
        """The extra senders that did not end yet."""
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            return list(self._threads)

    def _one_batch(self) -> bool:
        """Claim and hand over one batch. False: nothing is due, or there is trouble."""
        if not self._still_chosen():
            self._left_behind = True
            return False
        transport = self._transport
        replay = Replay(transport.replay_safe, transport.key_lives)
        try:
            claim = ledger.claim(
                transport=transport.name,
                replay=replay,
                worker=worker_name(),
                announcing=self._announcer.first,
            )
        except TransportError as error:
            self._report(error, [])
            return False
        if claim is None:
            return False
        with bind(mailing=claim.mailing.pk, batch=claim.batch_id):
            return self._work_on(claim)

    def _work_on(self, claim: Claim) -> bool:
        """False: there is trouble."""
        transport = self._transport
        held = _Held(claim, time.monotonic() + HEARTBEAT)
        self._held.add(held)
        try:
            trouble = self._hand_over(claim)
        finally:
            self._held.discard(held)
            bell.set()
        self._judge(claim)
        if claim.journal.accepted or (trouble is None and not _doubts(claim)):
            status.transport_works(transport.name)
        if trouble is not None:
            self._report(trouble, [claim.mailing], progress=bool(claim.journal.accepted))
        finish_if_done(claim.mailing.pk)
        return trouble is None

    def _report(
        self, error: TransportError, mailings: list[Mailing], *, progress: bool = False
    ) -> None:
        """Once, also when the end of a shared session reaches every sender."""
        with self._lock:
            known, self._trouble = self._trouble, error
        if isinstance(error, Misconfigured) or known is None:
            if isinstance(error, Throttled):
                self._pace.throttled(error.retry_after)
            report_trouble(self._transport, error, mailings, progress=progress)

    def _hand_over(self, claim: Claim) -> TransportError | None:
        """Deliver and record. However it ends, what was noted reaches the ledger."""
        feed, looked_after = None, ExitStack()
        try:
            self._start_sender()
            feed = BatchFeed(
                claim,
                self._pace,
                stopped=stopping.is_set,
                most_refusals=REFUSALS_IN_A_ROW,
                ask=self._announcer.ask,
            )
            looked_after.enter_context(self._announcer.looking_after(feed))
            self._session.deliver(feed, claim.journal)
        except TransportError as error:
            return error
        except Error:
            raise  # away for a moment; what was noted is settled, and the sweep goes on
        except Exception as error:
            # A fault of ours would come back with every retry: stop, and show it to a person.
            pause_for_problem(
                mailing=claim.mailing,
                problem=sentence(
                    "A fault in Passalong stopped this mailing (%(error)s). Nothing is "
                    "lost. The worker's log has the details; resume when it is repaired.",
                    error=repr(error),
                ),
            )
            raise
        finally:
            with looked_after:
                settle(claim, feed)
        return None

    def _judge(self, claim: Claim) -> None:
        """Pause where going on would only do harm."""
        journal = claim.journal
        if journal.refused_in_a_row >= REFUSALS_IN_A_ROW:
            pause_for_problem(
                mailing=claim.mailing,
                problem=sentence(
                    "%(number)s recipients in a row were refused; the last answer was: %(reply)s "
                    "Look at the list below, then resume.",
                    number=journal.refused_in_a_row,
                    reply=journal.last_reply,
                ),
            )
        if status.too_many_doubts(self._transport.name, doubts=_doubts(claim), taken=journal.taken):
            pause_for_problem(
                mailing=claim.mailing,
                problem=sentence(
                    "Letters are handed over, but the mail server hardly ever says that it "
                    "took them; the last we heard was: %(reply)s Each such letter is "
                    "in doubt now. Ask whoever runs the server whether they arrived, then "
                    "resume.",
                    reply=journal.last_reply,
                ),
            )

    # --- The keeper ---

    def _keep(self, ended: threading.Event) -> None:
        look_at = time.monotonic() + TICK
        try:
            while not ended.is_set():
                if self._announcer.wait(max(look_at - time.monotonic(), 0)):
                    self._announce()
                if time.monotonic() >= look_at:
                    self._look_after_leases()
                    look_at = time.monotonic() + TICK
        except Exception as error:
            self._fault = self._fault or error  # without it every lease would run out
            logger.exception("The keeper stopped.")  # `work` raises it
        finally:
            connection.close()  # this thread's own

    def _announce(self) -> None:
        try:
            self._announcer.announce()
        except Error as error:
            # Whoever waits asks again; the hand-over ends by itself before the lease does.
            logger.warning("Nobody could be announced: %s", error)
            connection.close()
            time.sleep(PAUSE)

    def _look_after_leases(self) -> None:
        if stopping.seconds() > LONGEST_GOODBYE:
            self._session.abort()
        self._leave_if_changed()
        for held in list(self._held):
            if time.monotonic() >= held.renew_at:
                with bind(mailing=held.claim.mailing.pk, batch=held.claim.batch_id):
                    again = keep(held.claim)
                held.renew_at = time.monotonic() + HEARTBEAT if again else float("inf")

    def _leave_if_changed(self) -> None:
        """What is in hand is not begun any more where mail leaves another way now. What left has
        its answers noted; the rest is handed back, and goes the new way once."""
        try:
            self._left_behind = self._left_behind or not self._still_chosen()
        except Error as error:
            logger.warning("Nobody could say whether mail still leaves this way: %s", error)
            connection.close()
            return
        if self._left_behind:
            for held in list(self._held):
                held.claim.stop()
                held.renew_at = float("inf")


def _doubts(claim: Claim) -> int:
    """Hand-overs without an answer; a call to a provider is one, for however many it was."""
    doubts = [one for one in claim.journal.outcomes() if one.answer is ServerAnswer.DOUBT]
    return len({(doubt.key, doubt.at or doubt.subscriber_id) for doubt in doubts})


def settle(claim: Claim, feed: BatchFeed | None) -> None:
    """Write the rest of the answers and drop the journal, in that order."""
    try:
        ledger.record(
            batch_id=claim.batch_id,
            epoch=claim.epoch,
            outcomes=claim.journal.outcomes(),
            replay=claim.replay,
            put_off=feed.put_off() if feed is not None else {},
        )
    except LeaseLost:
        logger.warning("Lost the lease of batch %s; its journal is evidence now.", claim.batch_id)
        claim.journal.abandon()
    except BaseException:
        # The database is away: the file stays, and whoever finds it settles it.
        claim.journal.abandon()
        raise
    else:
        claim.journal.delete()


def keep(claim: Claim) -> bool:
    """Renew the lease and record what was answered so far. False when the batch is no longer
    ours, or not to be handed over."""
    try:
        status.worker_seen(worker_name())
        if not ledger.renew(claim):
            return False
        ledger.record(
            batch_id=claim.batch_id,
            epoch=claim.epoch,
            outcomes=claim.journal.answered(),
            replay=claim.replay,
            final=False,
        )
    except LeaseLost:
        claim.stop()
        return False
    except Error as error:
        # Tried again at the next beat; the hand-over ends by itself before the lease does.
        logger.warning("The lease of batch %s could not be renewed: %s", claim.batch_id, error)
        connection.close()
    return True


def report_trouble(
    transport: Transport, error: TransportError, mailings: list[Mailing], *, progress: bool = False
) -> None:
    """Back off, or pause where only a person can help.

    A connection that was lost after it took messages is simply opened again.
    """
    logger.warning("%s: %s", transport.name, error.message)
    if isinstance(error, Misconfigured):
        for mailing in mailings:
            pause_for_problem(mailing=mailing, problem=error.message)
    elif not (progress and isinstance(error, Transient)):
        status.transport_fails(transport.name, error.message, error.retry_after)
