"""A worker that ended on this machine counts as gone at once, however fresh its sign of life."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from pytest_django import Settings

from posts.delivery import health, presence, status, tasks
from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch
from posts.delivery.worker.shutdown import worker_name
from tests.delivery.making import make_mailing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    yield tmp_path / "workers"
    for worker in list(presence._held):
        presence.let_go(worker)


def works(worker: str) -> None:
    presence.hold(worker)
    status.worker_seen(worker)


def test_one_that_runs_is_alive() -> None:
    works("here:1")
    assert status.workers_alive() == 1


def test_of_one_that_was_killed_a_mailing_says_at_once_that_there_is_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    mailing = make_mailing(1)
    works("here:1")
    assert report(mailing).problem is None
    presence.let_go("here:1")
    assert status.workers_alive() == 0
    call_command("mailing", "--id", str(mailing.pk))
    assert "No worker is there" in capsys.readouterr().err


def test_what_it_had_in_hand_waits_for_another() -> None:
    make_mailing(1)
    works("here:1")
    Batch.objects.update(state=Batch.State.CLAIMED)
    presence.let_go("here:1")
    assert "a mailing is waiting for one" in health.workers().message


def test_of_one_on_another_machine_its_sign_of_life_counts() -> None:
    status.worker_seen("elsewhere:1")
    assert status.workers_alive() == 1


def test_one_that_is_not_ours_to_look_at_is_believed(folder: Path) -> None:
    works("here:1")
    presence.let_go("here:1")
    (folder / "here:1").unlink()
    (folder / "here:1").mkdir()  # as little to be opened as another user's
    assert status.workers_alive() == 1


def test_who_starts_takes_away_what_others_left_and_they_stay_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "seat", tasks._Seat())
    works("here:1")
    works("here:2")
    presence.let_go("here:1")
    tasks.begin(sender=SimpleNamespace(pool=SimpleNamespace(limit=4)))
    assert sorted(file.name for file in folder.iterdir()) == sorted(["here:2", worker_name()])
    assert status.workers_alive() == 2


def test_where_nothing_can_be_noted_a_worker_starts_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "seat", tasks._Seat())
    folder.write_text("no folder")
    tasks.begin(sender=SimpleNamespace(pool=SimpleNamespace(limit=4)))
    assert status.workers_alive() == 1


def test_one_that_is_asked_to_end_signs_off_for_all_machines() -> None:
    status.worker_seen(worker_name())
    tasks.sign_off()
    assert status.workers_alive() == 0
