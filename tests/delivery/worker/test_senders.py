"""Several senders over one session, which here does what the test says."""

import itertools
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import OperationalError, connection

from posts.delivery import batches, status
from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Mailing, TransportStatus
from posts.delivery.transports.base import (
    Feed,
    Misconfigured,
    Notes,
    Outcome,
    ServerAnswer,
    Throttled,
    Transient,
)
from posts.delivery.transports.smtp import Smtp
from posts.delivery.worker import journal, senders
from posts.delivery.worker.batch_feed import BatchFeed
from posts.delivery.worker.drain import drain_ledger
from posts.delivery.worker.ledger import Claim
from posts.delivery.worker.senders import SenderPool, settle
from posts.delivery.worker.shutdown import stopping
from tests.delivery.making import add_waiting, make_mailing, states
from tests.delivery.no_pace import NoPace
from tests.factories import make_subscriber
from tests.sink import Sink
from tests.waiting import PATIENCE, until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),  # the tests' SQLite, in memory, locks whole tables
]


class Scripted:
    """A session: `script` is called for each feed, in the sender's own thread."""

    def __init__(self, script: Callable[[Feed, Notes], None]) -> None:
        self.script = script
        self.aborted = threading.Event()
        self.senders: set[str] = set()
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def deliver(self, feed: Feed, notes: Notes) -> None:
        with self._lock:
            self.senders.add(threading.current_thread().name)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.script(feed, notes)
        finally:
            with self._lock:
                self.at_once -= 1

    def abort(self) -> None:
        self.aborted.set()

    def close(self) -> None:
        """Nothing is open."""


# Never opened: the session is ours.
TRANSPORT = Smtp.from_url("smtp://localhost")


def answer_all(answer: ServerAnswer) -> Callable[[Feed, Notes], None]:
    def script(feed: Feed, notes: Notes) -> None:
        for message in feed:
            notes.attempt(message.subscriber_id)
            notes.answer(Outcome(message.subscriber_id, answer, "so it was said"))

    return script


accept_all = answer_all(ServerAnswer.ACCEPTED)


def work(script: Callable[[Feed, Notes], None], *, senders: int = 3) -> Scripted:
    session = Scripted(script)
    SenderPool(TRANSPORT, session, pace=NoPace(), seconds=30, senders=senders).work()
    return session


def state(mailing: Mailing) -> str:
    return str(Mailing.objects.get(pk=mailing.pk).state)


# --- Senders ---


def test_senders_are_started_as_there_is_work_and_all_have_ended_when_it_is_done() -> None:
    mailing = make_mailing(9, batch_size=1)
    together = threading.Barrier(3)

    def script(feed: Feed, notes: Notes) -> None:
        together.wait(PATIENCE)  # nobody gets on before three are here
        accept_all(feed, notes)

    session = work(script, senders=3)
    assert session.most_at_once == 3
    assert states(mailing) == ["accepted"] * 9
    assert state(mailing) == "finished"
    assert not [one for one in threading.enumerate() if one.name in ("sender", "keeper")]


def test_for_one_batch_nobody_is_hired() -> None:
    make_mailing(3)
    assert work(accept_all, senders=8).senders == {threading.current_thread().name}


def test_a_sender_that_ended_for_want_of_work_is_replaced_when_there_is_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailing = make_mailing(2, batch_size=1)
    meeting = threading.Barrier(2)
    first = iter([True])
    real = status.transport_works
    main = threading.current_thread()

    def script(feed: Feed, notes: Notes) -> None:
        meeting.wait(PATIENCE)
        accept_all(feed, notes)

    def works(transport: str) -> None:
        """Between two batches, with nothing in hand: the other sender looks just now, and goes."""
        real(transport)
        if threading.current_thread() is main and next(first, False):
            assert until(lambda: not [one for one in threading.enumerate() if one.name == "sender"])
            people = [make_subscriber(mailing.newsletter).pk for _ in range(2)]
            Mailing.objects.update(candidates=4, state="sending", finished_at=None)
            for subscriber_id in people:
                add_waiting(mailing, [subscriber_id])

    monkeypatch.setattr(status, "transport_works", works)
    work(script, senders=2)  # the meeting of the second pair fails where no other is started
    assert states(mailing) == ["accepted"] * 4


class Bell(threading.Event):
    """Notes of each wait whether it was ended by a ring."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bool] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.heard.append(super().wait(timeout))
        return self.heard[-1]


def test_news_wakes_a_sender_that_waits_beside_a_long_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bell = Bell()
    monkeypatch.setattr(senders, "bell", bell)
    monkeypatch.setattr(senders, "TICK", 2 * PATIENCE)
    mailing = make_mailing(2, batch_size=1)
    news_done = threading.Event()
    seen: list[int] = []

    def script(feed: Feed, notes: Notes) -> None:
        seen.append(1)
        if len(seen) == 1:
            # The second sender does the other batch, then has nothing to do but to wait.
            assert until(lambda: Batch.objects.filter(state=Batch.State.FINISHED).exists())
            connection.close()
            late = make_subscriber(mailing.newsletter).pk
            Mailing.objects.update(candidates=3)
            time.sleep(0.3)
            add_waiting(mailing, [late])
            senders.bell.set()
            assert news_done.wait(PATIENCE), "nobody woke up"
        elif len(seen) == 3:
            news_done.set()
        accept_all(feed, notes)

    work(script, senders=2)
    assert all(bell.heard)
    assert states(mailing) == ["accepted"] * 3


# --- Trouble ---


def test_trouble_that_ends_every_sender_is_counted_once() -> None:
    mailing = make_mailing(6, batch_size=2)
    together = threading.Barrier(3)

    def script(feed: Feed, notes: Notes) -> None:
        together.wait(PATIENCE)
        raise Transient("the line is dead")

    work(script)
    row = TransportStatus.objects.get()
    assert (row.failures, row.problem) == (1, "the line is dead")
    assert states(mailing) == ["retrying"] * 6
    assert report(mailing).accounted


def test_what_wants_a_person_pauses_each_mailing_although_another_trouble_came_first() -> None:
    one, two = make_mailing(1), make_mailing(1)
    together = threading.Barrier(2)

    def script(feed: Feed, notes: Notes) -> None:
        together.wait(PATIENCE)
        raise Misconfigured("the sender is refused")

    work(script, senders=2)
    assert [state(one), state(two)] == ["paused", "paused"]


def test_a_server_that_asks_for_less_is_obeyed_by_the_pace() -> None:
    make_mailing(1)
    slowed: list[object] = []

    class Pace(NoPace):
        def throttled(self, retry_after: object) -> None:
            slowed.append(retry_after)

    def script(feed: Feed, notes: Notes) -> None:
        raise Throttled("slowly")

    SenderPool(TRANSPORT, Scripted(script), pace=Pace(), seconds=5, senders=1).work()
    assert slowed == [None]


DOUBTS = status.DOUBTS_ARE_TOO_MANY // status.DOUBT_WEIGHS


def test_doubts_in_a_row_pause_and_the_count_goes_on_from_batch_to_batch() -> None:
    half = DOUBTS // 2
    mailing = make_mailing(half * 2 + 5, batch_size=half)
    work(answer_all(ServerAnswer.DOUBT), senders=1)
    now = report(mailing)
    assert (now.state, now.deliveries["in_doubt"]) == ("paused", half * 2)
    assert "hardly ever says that it took" in str(now.problem)
    assert "so it was said" in str(now.problem)
    assert now.accounted


def doubt_each(nth: int) -> Callable[[Feed, Notes], None]:
    counter = itertools.count(1)

    def script(feed: Feed, notes: Notes) -> None:
        for message in feed:
            notes.attempt(message.subscriber_id)
            answer = ServerAnswer.ACCEPTED if next(counter) % nth else ServerAnswer.DOUBT
            notes.answer(Outcome(message.subscriber_id, answer))

    return script


def test_a_server_that_takes_one_and_drops_the_next_does_not_empty_the_list_into_doubt() -> None:
    mailing = make_mailing(DOUBTS * 4, batch_size=6)
    work(doubt_each(2), senders=1)
    now = report(mailing)
    assert now.state == "paused"
    assert now.deliveries["in_doubt"] <= DOUBTS + 6


def test_a_provider_that_loses_every_second_call_is_not_made_up_for_by_the_size_of_the_others() -> (
    None
):
    size = 20
    counter = itertools.count(1)

    def script(feed: Feed, notes: Notes) -> None:
        ids = [message.subscriber_id for message in feed]
        notes.attempt_call(ids)
        answer = ServerAnswer.ACCEPTED if next(counter) % 2 else ServerAnswer.DOUBT
        notes.answer_call([Outcome(subscriber_id, answer) for subscriber_id in ids])

    mailing = make_mailing(DOUBTS * 4 * size, batch_size=size)
    work(script, senders=1)
    now = report(mailing)
    assert now.state == "paused"
    assert now.deliveries["in_doubt"] <= DOUBTS * 5 // 4 * size


def test_a_doubt_now_and_then_is_no_reason_to_stop() -> None:
    mailing = make_mailing(DOUBTS * 30, batch_size=50)
    work(doubt_each(status.DOUBT_WEIGHS + 2), senders=1)
    assert state(mailing) == "finished"


# --- Faults ---


def test_a_fault_in_one_sender_ends_the_others_and_is_raised() -> None:
    mailing = make_mailing(6, batch_size=1)
    together = threading.Barrier(2)

    def script(feed: Feed, notes: Notes) -> None:
        together.wait(PATIENCE)
        if threading.current_thread().name == "sender":
            raise ZeroDivisionError("a fault")
        accept_all(feed, notes)

    with pytest.raises(ZeroDivisionError):
        work(script, senders=2)
    now = report(mailing)
    assert (now.state, now.accounted) == ("paused", True)
    assert now.deliveries["waiting"] == 4
    assert "a fault" in str(now.problem)


def test_a_database_that_goes_away_just_after_the_claim_leaves_no_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailing = make_mailing(4, batch_size=2)

    def due() -> object:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(batches, "due", due)  # asked whether there is work for another sender
    with pytest.raises(OperationalError):
        work(accept_all, senders=2)
    assert list(journal.orphans()) == []
    now = report(mailing)
    # Handed back at once; nobody has to wait for the lease, after which it would be in doubt.
    assert (now.deliveries["retrying"], now.deliveries["waiting"]) == (2, 2)
    assert (now.state, now.accounted) == ("sending", True)


def test_a_system_without_threads_to_spare_works_with_fewer_senders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailing = make_mailing(4, batch_size=1)
    real = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        if thread.name == "sender":
            raise RuntimeError("can't start new thread")
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    work(accept_all, senders=3)
    assert state(mailing) == "finished"


# --- The keeper ---


def test_the_heart_renews_leases_and_records_what_was_answered_so_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(senders, "TICK", 0.02)
    monkeypatch.setattr(senders, "HEARTBEAT", 0.05)
    mailing = make_mailing(2)
    leases: set[datetime | None] = set()

    def script(feed: Feed, notes: Notes) -> None:
        first, second = list(feed)
        notes.attempt(first.subscriber_id)
        notes.answer(Outcome(first.subscriber_id, ServerAnswer.ACCEPTED))
        notes.attempt(second.subscriber_id)
        assert until(lambda: states(mailing) == ["accepted", "attempting"])

        def renewed() -> bool:
            leases.add(Batch.objects.get().lease_until)
            return len(leases) > 2

        assert until(renewed)
        notes.answer(Outcome(second.subscriber_id, ServerAnswer.ACCEPTED))

    work(script, senders=1)
    assert state(mailing) == "finished"


def test_a_heart_that_fails_does_not_fail_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "TICK", 0.02)
    monkeypatch.setattr(senders, "HEARTBEAT", 0.05)
    beaten = threading.Event()
    mailing = make_mailing(4, batch_size=1)

    def broken(_: str) -> None:
        beaten.set()
        raise ZeroDivisionError("a fault")

    def script(feed: Feed, notes: Notes) -> None:
        assert beaten.wait(PATIENCE)
        assert until(lambda: not [one for one in threading.enumerate() if one.name == "keeper"])
        accept_all(feed, notes)

    monkeypatch.setattr(status, "worker_seen", broken)
    with pytest.raises(ZeroDivisionError):
        work(script, senders=1)
    assert states(mailing) == ["accepted"]
    assert report(mailing).accounted


def test_a_silent_server_is_hung_up_on_some_seconds_after_the_process_was_asked_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(senders, "TICK", 0.02)
    monkeypatch.setattr(senders, "LONGEST_GOODBYE", 0.2)
    mailing = make_mailing(3, batch_size=1)
    sessions: list[Scripted] = []

    def script(feed: Feed, notes: Notes) -> None:
        [message] = list(feed)
        notes.attempt(message.subscriber_id)
        stopping.set()
        assert sessions[0].aborted.wait(PATIENCE)
        raise Transient("The connection was closed by us.")

    sessions.append(Scripted(script))
    SenderPool(TRANSPORT, sessions[0], pace=NoPace(), seconds=30, senders=1).work()
    now = report(mailing)
    assert (now.deliveries["in_doubt"], now.deliveries["waiting"]) == (1, 2)


def test_a_batch_is_looked_after_until_its_answers_are_in_the_ledger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_mailing(3)
    looked_after: list[int] = []
    pool = SenderPool(TRANSPORT, Scripted(accept_all), pace=NoPace(), seconds=30, senders=1)

    def settles(claim: Claim, feed: BatchFeed | None) -> None:
        looked_after.append(len(pool._announcer._feeds))
        settle(claim, feed)

    monkeypatch.setattr(senders, "settle", settles)
    pool.work()
    assert looked_after == [1]
    assert pool._announcer._feeds == []


# --- What is left behind ---


def test_a_hundred_drains_leave_neither_threads_nor_files_behind(
    send_to: Callable[[Sink], None],
) -> None:
    def left_behind() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    with Sink() as sink:
        send_to(sink)
        for turn in range(100):
            make_mailing(2, batch_size=1)
            drain_ledger(seconds=10)
            if turn == 4:
                assert until(lambda: threading.active_count() <= 3)
                before = left_behind()
        assert until(lambda: left_behind() <= before), (before, left_behind())
        assert len(sink.addresses) == 200
