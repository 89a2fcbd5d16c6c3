import pytest

from posts.delivery import batches, tasks
from posts.delivery.mailings import after_rest, digests, finish
from posts.delivery.mailings.control import cancel
from posts.delivery.mailings.queries import count
from posts.delivery.models import Mailing
from posts.delivery.worker import recovery, senders
from posts.delivery.worker.drain import drain_ledger
from posts.delivery.worker.shutdown import stopping
from tests.delivery.making import make_mailing
from tests.delivery.no_pace import NoPace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_seat_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "seat", tasks._Seat())


def test_a_step_of_the_sweep_that_fails_does_not_keep_the_others_from_their_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_mailing(1)
    drain_ledger(seconds=10, senders=1, pace=NoPace())
    Mailing.objects.update(state="sending")

    def broken() -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(recovery, "settle_orphans", broken)
    with pytest.raises(ZeroDivisionError):
        tasks.sweep()
    assert Mailing.objects.get().state == "finished"


def test_a_worker_that_is_asked_to_end_begins_no_sweep() -> None:
    mailing = make_mailing(2)
    cancel(mailing=mailing, by="ada")
    stopping.set()
    tasks.sweep()
    assert count(mailing).deliveries["waiting"] == 2
    stopping.clear()
    tasks.sweep()
    assert count(mailing).left_out == {"cancelled": 2}


def test_one_task_drains_and_the_others_only_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    drained: list[float] = []

    def drain(seconds: float) -> bool:
        drained.append(seconds)
        senders.bell.clear()
        tasks.drain()  # another task of the same process, meanwhile
        assert senders.bell.is_set()
        return False

    rung: list[int] = []
    monkeypatch.setattr(tasks, "drain_ledger", drain)
    monkeypatch.setattr(batches, "ring", lambda most: rung.append(most))  # noqa: PLW0108
    tasks.drain()
    assert len(drained) == 1
    # The other may have come with news after our last look, so somebody looks once more.
    assert rung == [1]
    tasks.drain()


@pytest.mark.parametrize(("threads", "turns"), [(4, 3), (1, 1)])
def test_a_drain_goes_on_by_itself_where_a_thread_is_free_and_else_makes_way(
    monkeypatch: pytest.MonkeyPatch, threads: int, turns: int
) -> None:
    more = [True, True, False]
    monkeypatch.setattr(tasks, "drain_ledger", lambda **_: more.pop(0))
    tasks.seat.set_up(threads)
    tasks.drain()
    assert 3 - len(more) == turns


def test_a_drain_that_fails_gives_its_seat_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seconds: float) -> bool:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(tasks, "drain_ledger", broken)
    with pytest.raises(ZeroDivisionError):
        tasks.drain()
    assert tasks.seat.take()


def test_who_is_turned_away_says_so_before_the_seat_can_become_free() -> None:
    """Else whoever leaves at that very moment would not see it, and the news be lost."""
    seat = tasks._Seat()

    class Taken:
        def acquire(self, *, blocking: bool) -> bool:
            assert seat.missed
            return False

    seat._free = Taken()  # type: ignore[assignment]
    assert not seat.take()
    assert seat.missed


def test_the_clock_makes_digests_before_it_looks_who_missed_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[str] = []
    monkeypatch.setattr(digests, "make_due", lambda: called.append("digests"))
    monkeypatch.setattr(after_rest, "welcome_back", lambda: called.append("welcome back"))
    tasks.make_digests()
    assert called == ["digests", "welcome back"]


def test_the_clock_forgets_what_is_old() -> None:
    mailing = make_mailing(1)
    drain_ledger(seconds=10, senders=1, pace=NoPace())
    finish.finish_done()
    Mailing.objects.update(finished_at="2020-01-01T00:00:00Z")
    tasks.forget()
    mailing.refresh_from_db()
    assert mailing.folded_at is not None
