"""“Take everything with you”: asked for at the desk, made by a worker, fetched once."""

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from posts.desk import exporting
from posts.desk.models import SiteExport
from posts.management.moving import tasks
from posts.management.moving.folder import NoExport

SCREEN = "/admin/take-along/"


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SHARED_DIR = tmp_path
    # What an export holds: `tests/management/moving`.
    monkeypatch.setattr(tasks, "export", _small)


def _small(path: Path, **_: object) -> None:
    path.mkdir(mode=0o700)
    (path / "manifest.json").write_text("{}")


@pytest.fixture
def asked(desk: Client) -> SiteExport:
    desk.post(f"{SCREEN}ask/")
    return SiteExport.objects.get()


def test_it_is_made_and_fetched_once(desk: Client, asked: SiteExport, tmp_path: Path) -> None:
    assert "It is being made" in desk.get(SCREEN).text
    tasks.make_site_exports()
    archive = exporting.archive_of(asked)
    assert archive.stat().st_mode & 0o077 == 0
    assert "It is ready" in desk.get(SCREEN).text

    answer: Any = desk.post(f"{SCREEN}fetch/")
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as packed:
        assert packed.namelist() == ["my-letters/manifest.json"]
    assert list((tmp_path / "exports").iterdir()) == []
    answer = desk.post(f"{SCREEN}fetch/", follow=True)
    assert "It was fetched already" in answer.text


def test_asked_twice_it_is_made_once(desk: Client, asked: SiteExport) -> None:
    desk.post(f"{SCREEN}ask/")
    assert SiteExport.objects.get() == asked


def test_of_two_workers_one_makes_it_and_another_goes_on_when_that_one_is_gone(
    asked: SiteExport,
) -> None:
    assert exporting.claim() == asked
    assert exporting.claim() is None
    SiteExport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert exporting.claim() == asked


def test_why_it_could_not_be_made_is_said_and_one_can_try_again(
    desk: Client, asked: SiteExport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(path: Path, **_: object) -> None:
        path.mkdir()
        raise NoExport("the disk is full")

    monkeypatch.setattr(tasks, "export", fails)
    tasks.make_site_exports()
    assert "could not be made: the disk is full" in desk.get(SCREEN).text
    assert list((tmp_path / "exports").iterdir()) == []
    desk.post(f"{SCREEN}ask/")
    assert SiteExport.objects.count() == 2


def test_what_nobody_fetched_in_a_day_is_deleted(desk: Client, asked: SiteExport) -> None:
    tasks.make_site_exports()
    SiteExport.objects.update(ready_at=timezone.now() - timedelta(hours=25))
    left = exporting.folder() / f".{asked.pk}.passalong-export"  # by a worker that was killed
    left.mkdir()
    (left / "subscribers.jsonl").touch()
    tasks.make_site_exports()
    assert list(exporting.folder().iterdir()) == []
    assert "Make the archive" in desk.get(SCREEN).text


def test_only_an_owner_sees_it(editor: Client) -> None:
    assert editor.get(SCREEN).status_code == 302
    assert editor.post(f"{SCREEN}ask/").status_code == 302
    assert not SiteExport.objects.exists()


def test_one_that_is_begun_while_old_ones_are_deleted_stays(
    desk: Client, asked: SiteExport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "exports" / f"{asked.pk}.zip.part"
    begun.parent.mkdir()
    SiteExport.objects.all().delete()

    def looked(_pattern: str) -> list[Path]:
        SiteExport.objects.create(pk=asked.pk, by="ada")
        begun.touch()
        return [begun]

    monkeypatch.setattr(exporting, "folder", lambda: SimpleNamespace(glob=looked))
    exporting.forget_old()
    assert begun.exists()


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_worker_that_another_took_for_gone_leaves_its_archive_alone(
    asked: SiteExport, monkeypatch: pytest.MonkeyPatch, is_broken: bool
) -> None:
    mine = exporting.claim()
    assert mine is not None

    def slow(path: Path, **_: object) -> None:
        SiteExport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        other = exporting.claim()
        assert other is not None
        exporting.archive_of(other).write_text("of the other")
        exporting.ready(other)
        if is_broken:
            raise FileNotFoundError(path)
        _small(path)

    monkeypatch.setattr(tasks, "export", slow)
    tasks.make(mine)
    asked.refresh_from_db()
    assert (asked.can_be_fetched, asked.problem) == (True, "")
    assert exporting.archive_of(asked).read_text() == "of the other"
