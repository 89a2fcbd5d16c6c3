"""The machine that drains the ledger: it opens the way out and sets a crew to work on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from posts.delivery import ledger, status
from posts.delivery.crew import Crew, report_trouble
from posts.delivery.feed import NoPace, Pace
from posts.delivery.models import Mailing
from posts.delivery.stopping import stopping, worker_name
from posts.delivery.transports import current
from posts.delivery.transports.base import Session, Transport, TransportError

LONGEST_DRAIN = 3600.0


def drain(
    *, seconds: float = LONGEST_DRAIN, lanes: int | None = None, pace: Pace | None = None
) -> bool:
    """Work through what is due, over one open session, for at most about `seconds`.

    `lanes`: how many batches at a time; the transport says, where nothing is given. Returns
    whether somebody should go on: nothing forbids it, and there may be more.
    """
    transport = current()
    status.worker_seen(worker_name())
    if stopping.is_set() or status.blocked(transport.name) or not ledger.due().exists():
        return False
    with _paced(transport, pace) as kept, _opened(transport) as session:
        if session is None or kept.used_up_until() is not None:
            return False
        Crew(transport, session, pace=kept, seconds=seconds, lanes=lanes or transport.lanes).work()
    return not (stopping.is_set() or status.blocked(transport.name))


@contextmanager
def _paced(transport: Transport, pace: Pace | None) -> Iterator[Pace]:
    if pace is not None:
        yield pace
        return
    pacer = NoPace()
    yield pacer


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
