"""The machine that drains the ledger: it opens the way out and sets senders to work on it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from posts.delivery import batches, restored, status
from posts.delivery.mailings.control import pause_for_problem
from posts.delivery.mailings.schedule import release_held
from posts.delivery.models import Mailing
from posts.delivery.rate import limits
from posts.delivery.rate.pacer import Pacer
from posts.delivery.transports import current
from posts.delivery.transports.base import Session, Transport, TransportError
from posts.delivery.way_out.queries import WayOutUnreadable
from posts.delivery.worker.batch_feed import SendingPace
from posts.delivery.worker.senders import SenderPool, report_trouble
from posts.delivery.worker.shutdown import stopping, worker_name
from subscribers import saying

LONGEST_DRAIN = 3600.0
SHORT_TROUBLE = 10.0  # seconds; longer ones are left to the sweep


def drain_ledger(
    *, seconds: float = LONGEST_DRAIN, senders: int | None = None, pace: SendingPace | None = None
) -> bool:
    """Work through what is due, over one open session, for at most about `seconds`.

    `senders`: how many batches at a time; the transport says, where nothing is given. Returns
    whether somebody should go on: nothing forbids it, and there may be more.
    """
    status.worker_seen(worker_name())
    release_held()  # at the second, where somebody is draining anyway
    if stopping.is_set() or restored.shut():
        return False
    transport = _way_out()
    if transport is None:
        return False
    if status.blocked(transport.name) or not batches.due().exists():
        return False
    with _paced(transport, pace) as kept:
        if kept.used_up_until() is not None:
            return False
        with _opened(transport) as session:
            if session is None:
                return False
            senders = senders or transport.senders
            SenderPool(
                transport,
                session,
                pace=kept,
                seconds=seconds,
                senders=senders,
                still_chosen=lambda: _is_chosen(transport),
            ).work()
        used_up = kept.used_up_until() is not None
    return not (used_up or stopping.is_set() or status.blocked(transport.name))


def wait_for_the_way_out() -> bool:
    """After a short trouble, go on as soon as it may be over, not with the next sweep.

    Returns whether there is something to go on with.
    """
    transport = _way_out()
    if transport is None:
        return False
    seconds = status.blocked_for(transport.name).total_seconds()
    if not 0 < seconds <= SHORT_TROUBLE or not batches.due().exists():
        return False
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stopping.is_set():
        time.sleep(0.1)
    return not stopping.is_set()


def _way_out() -> Transport | None:
    """The transport of this site. None, and what is going out pauses, where the owner has to enter
    it again: nobody is mailed by a way that we can only guess."""
    try:
        return current()
    except WayOutUnreadable as error:
        for mailing in Mailing.objects.filter(state=Mailing.State.SENDING):
            pause_for_problem(mailing=mailing, problem=saying.of(error))
        return None


def _is_chosen(transport: Transport) -> bool:
    try:
        return current() == transport
    except WayOutUnreadable:
        return False


@contextmanager
def _paced(transport: Transport, pace: SendingPace | None) -> Iterator[SendingPace]:
    if pace is not None:
        yield pace
        return
    pacer = Pacer(transport.name, per_domain=transport.name in limits.COUNT_BY_DOMAIN)
    pacer.start()
    try:
        yield pacer
    finally:
        pacer.stop()


@contextmanager
def _opened(transport: Transport) -> Iterator[Session | None]:
    session = _open(transport)
    try:
        yield session
    finally:
        if session is not None:
            session.close()


def _open(transport: Transport) -> Session | None:
    """Connect before claiming: while the way out is shut, no row has to change hands."""
    try:
        session = transport.open()
    except TransportError as error:
        report_trouble(transport, error, list(Mailing.objects.filter(state=Mailing.State.SENDING)))
        return None
    status.transport_opens(transport.name)
    return session
