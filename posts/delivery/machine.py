"""The machine that drains the ledger: open, claim, hand over, record, again."""

import logging
import mmap
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from posts.delivery import ledger, status
from posts.delivery.actions import pause_for_problem
from posts.delivery.ledger import HEARTBEAT, Claim, LeaseLost
from posts.delivery.letters import Addresser
from posts.delivery.models import Mailing
from posts.delivery.settling import finish_if_done
from posts.delivery.transports import current
from posts.delivery.transports.base import (
    Misconfigured,
    Outgoing,
    Session,
    Transient,
    Transport,
    TransportError,
)

logger = logging.getLogger(__name__)

REFUSALS_IN_A_ROW = 20

TICK = 1.0  # seconds between two looks at what may have changed beside a hand-over
# Asked to end, we wait that long for an answer; a service manager waits ten seconds for us.
LONGEST_GOODBYE = 4.0


class StopSign:
    """Set when this worker is asked to end: no new claims, the rest of a batch is handed back.

    Shared with forked children (`-P prefork`), whom the signal doesn't reach. A bare number
    instead of an Event: there is no lock that a killed child could leave locked.
    """

    def __init__(self) -> None:
        self._since = memoryview(mmap.mmap(-1, 8)).cast("d")

    def set(self) -> None:
        self._since[0] = time.monotonic()

    def clear(self) -> None:
        self._since[0] = 0.0

    def is_set(self) -> bool:
        return bool(self._since[0])

    def seconds(self) -> float:
        """Since it was set; 0 when it is not."""
        return time.monotonic() - self._since[0] if self.is_set() else 0.0


stopping = StopSign()


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def drain(*, seconds: float) -> bool:
    """Work through due batches for about `seconds`, over one open session.

    Returns whether somebody should go on: nothing forbids it, and there may be more.
    """
    until = time.monotonic() + seconds
    transport = current()
    status.worker_seen(worker_name())
    if stopping.is_set() or status.blocked(transport.name) or not ledger.due().exists():
        return False
    session = _open(transport)
    if session is None:
        return False
    try:
        while not stopping.is_set() and time.monotonic() < until:
            if not _one_batch(transport, session):
                break
    finally:
        session.close()
    return not (stopping.is_set() or status.blocked(transport.name))


def _open(transport: Transport) -> Session | None:
    """Connect before claiming: while the way out is shut, no row has to change hands."""
    try:
        session = transport.open()
    except TransportError as error:
        _trouble(transport, error, list(Mailing.objects.filter(state=Mailing.State.SENDING)))
        return None
    status.transport_opens(transport.name)
    return session


def _trouble(
    transport: Transport, error: TransportError, mailings: list[Mailing], *, progress: bool = False
) -> None:
    """Back off, or pause where only a person can help.

    A connection that was lost after it took messages is simply opened again.
    """
    logger.warning("%s: %s", transport.name, error.words)
    if isinstance(error, Misconfigured):
        for mailing in mailings:
            pause_for_problem(mailing=mailing, problem=error.words)
    elif not (progress and isinstance(error, Transient)):
        status.transport_fails(transport.name, error.words, error.retry_after)


def _one_batch(transport: Transport, session: Session) -> bool:
    """Claim and hand over one batch. False: nothing due, or the session is of no more use."""
    try:
        claim = ledger.claim(
            transport=transport.name, replay_safe=transport.replay_safe, worker=worker_name()
        )
    except TransportError as error:
        _trouble(transport, error, [])
        return False
    if claim is None:
        return False
    trouble = _hand_over(claim, session)
    if claim.journal.refused_in_a_row >= REFUSALS_IN_A_ROW:
        pause_for_problem(
            mailing=claim.mailing,
            problem=f"{claim.journal.refused_in_a_row} recipients in a row were refused; the last "
            f"answer was: {claim.journal.last_words} Look at the list below, then resume.",
        )
    if trouble is None or claim.journal.accepted:
        status.transport_works(transport.name)
    if trouble is not None:
        _trouble(transport, trouble, [claim.mailing], progress=bool(claim.journal.accepted))
    finish_if_done(claim.mailing.pk)
    return trouble is None


def _hand_over(claim: Claim, session: Session) -> TransportError | None:
    """Deliver and record. However it ends, what was noted reaches the ledger."""
    try:
        with _heartbeat(claim, session):
            session.deliver(Messages(list(_messages(claim))), claim.journal)
    except TransportError as error:
        return error
    except DatabaseError:
        raise  # away for a moment; what was noted is settled, and the sweep goes on
    except Exception as error:
        # A fault of ours would come back with every retry: stop, and show it to a person.
        pause_for_problem(
            mailing=claim.mailing,
            problem=f"A fault in Passalong stopped this mailing ({error!r}). Nothing is lost. "
            "The worker's log has the details; resume when it is repaired.",
        )
        raise
    finally:
        _settle(claim)
    return None


def _messages(claim: Claim) -> Iterator[Outgoing]:
    """The batch's messages, until something says stop; the rest is handed back."""
    for outgoing in Addresser(claim.mailing).address(claim.recipients):
        if stopping.is_set() or claim.expired():
            return
        if claim.journal.refused_in_a_row >= REFUSALS_IN_A_ROW:
            return
        yield outgoing


def _settle(claim: Claim) -> None:
    """Write the rest of the answers and drop the journal, in that order."""
    try:
        ledger.record(
            batch_id=claim.batch_id,
            epoch=claim.epoch,
            outcomes=claim.journal.outcomes(),
            replay_safe=claim.replay_safe,
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


@contextmanager
def _heartbeat(claim: Claim, session: Session) -> Iterator[None]:
    """Renew the lease and record what was answered so far, every ten seconds, beside the work."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(claim, session, done.wait), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(claim: Claim, session: Session, ended: Callable[[float], bool]) -> None:
    ours, due = True, time.monotonic() + HEARTBEAT
    try:
        while not ended(TICK):
            if stopping.seconds() > LONGEST_GOODBYE:
                session.abort()
            if ours and time.monotonic() >= due:
                ours, due = _keep(claim), time.monotonic() + HEARTBEAT
    finally:
        connection.close()  # this thread's own


def _keep(claim: Claim) -> bool:
    """Renew and record. False when the batch is no longer ours, or not to be handed over."""
    try:
        status.worker_seen(worker_name())
        if not ledger.renew(claim):
            return False
        ledger.record(
            batch_id=claim.batch_id,
            epoch=claim.epoch,
            outcomes=claim.journal.answered(),
            replay_safe=claim.replay_safe,
            final=False,
        )
    except LeaseLost:
        claim.stop()
        return False
    except DatabaseError as error:
        # Tried again at the next beat; the hand-over ends by itself before the lease does.
        logger.warning("The lease of batch %s could not be renewed: %s", claim.batch_id, error)
        connection.close()
    return True
