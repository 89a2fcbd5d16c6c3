import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.beat import Scheduler
from config.celery import app
from config.clock import Clock


@pytest.fixture
def beat(tmp_path: Path) -> Iterator[Scheduler]:
    scheduler = Scheduler(app=app, schedule_filename=str(tmp_path / "schedule"))
    yield scheduler
    scheduler.close()


def test_after_the_clock_was_set_back_every_entry_is_due_as_soon_as_before(
    beat: Scheduler,
) -> None:
    beat.populate_heap()
    until_now = app.now() + timedelta(hours=1)  # the clock was an hour ahead
    for entry in beat.schedule.values():
        entry.last_run_at = until_now
    beat.forget_the_future()
    assert beat._heap is None
    for name, each in app.conf.beat_schedule.items():
        _, seconds = beat.schedule[name].is_due()
        assert seconds <= each["schedule"]


def test_what_was_left_is_looked_after_as_soon_as_it_starts(beat: Scheduler) -> None:
    assert beat.schedule["sweep"].is_due()[0]
    assert not beat.schedule["make digests"].is_due()[0]


def test_a_clock_that_goes_on_changes_nothing(beat: Scheduler) -> None:
    beat.populate_heap()
    before = {name: entry.last_run_at for name, entry in beat.schedule.items()}
    beat.forget_the_future()
    assert beat._heap is not None
    assert {name: entry.last_run_at for name, entry in beat.schedule.items()} == before


def test_a_worker_may_have_the_clock_without_a_second_process() -> None:
    clock: Any = Clock(app, clock=True).create(SimpleNamespace(app=app))
    assert isinstance(clock.service.get_scheduler(lazy=True), Scheduler)
    assert isinstance(clock, threading.Thread)
    assert not Clock(app).include_if(app)
