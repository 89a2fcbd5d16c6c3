"""An uploaded export is looked at and brought in by whoever holds its lease, and outlives them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from posts.content.actions import Foundation
from posts.content.importing import ImportRefused
from posts.content.models import PlainPage, PostPage
from posts.moving_in import moves, tasks
from posts.moving_in.bringing import Bringing
from posts.moving_in.forgetting import forget
from posts.moving_in.models import MoveIn
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter
from tests.factories import ensure_collection
from tests.moving_in import exports

State = MoveIn.State


@pytest.fixture(autouse=True)
def _site(site: Foundation, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SHARED_DIR = tmp_path / "shared"
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(moves, "ring", lambda task, job_id: None)
    monkeypatch.setattr("posts.content.importing.language.recognised", lambda text: "")
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    ensure_collection()


def received(path: Path, system: str = "substack") -> MoveIn:
    return moves.receive(
        pieces=[path.read_bytes()],
        file_name=path.name,
        system=system,
        newsletter=Newsletter.objects.get(),
        by="ada",
    )


def worked_on(move: MoveIn) -> MoveIn:
    moves.work_on(move.pk)
    move.refresh_from_db()
    return move


def test_it_goes_from_a_look_to_the_letters(tmp_path: Path) -> None:
    move = worked_on(received(exports.substack(tmp_path)))
    assert (move.state, move.posts) == (State.CHECKED, 4)
    assert move.preview["counts"]["published"] == 3
    [job] = moves.lists_of(move)
    assert (job.state, job.file_name) == (ImportJob.State.CHECKING, "email_list.letters.csv")
    assert moves.unattended() == []

    assert moves.confirm(move=move, confirmed=False, source="", by="ada")
    assert moves.unattended() == [move.pk]
    move = worked_on(move)
    assert (move.state, move.done) == (State.FINISHED, 4)
    assert (PostPage.objects.count(), PlainPage.objects.count()) == (3, 1)
    assert not moves.path_of(move).exists()
    assert moves.report_of(move).exists()


def test_what_a_worker_left_is_taken_up_by_the_clock(tmp_path: Path) -> None:
    move = worked_on(received(exports.substack(tmp_path)))
    moves.confirm(move=move, confirmed=False, source="", by="ada")
    MoveIn.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    tasks.go_on_with_moves()
    assert not PostPage.objects.exists()
    MoveIn.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    tasks.go_on_with_moves()
    assert PostPage.objects.count() == 3


def test_a_worker_that_lost_its_lease_writes_no_more_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exports.substack(tmp_path)
    move = worked_on(received(path))
    moves.confirm(move=move, confirmed=False, source="", by="ada")
    monkeypatch.setattr(moves, "_STEP", 1)
    bring = Bringing.run

    def cancelled_meanwhile(self: Any, *args: Any) -> Any:
        for number, post in enumerate(bring(self, *args)):
            if number == 1:
                moves.cancel(move=move, by="ada")
            yield post

    monkeypatch.setattr(Bringing, "run", cancelled_meanwhile)
    move = worked_on(move)
    assert (move.state, move.done) == (State.CANCELLED, 1)
    assert PostPage.objects.count() == 2  # what came stays


def test_a_look_that_is_begun_again_makes_no_second_list(tmp_path: Path) -> None:
    move = worked_on(received(exports.mailchimp(tmp_path), "mailchimp"))
    assert len(moves.lists_of(move)) == 3
    MoveIn.objects.update(state=State.CHECKING)
    worked_on(move)
    assert ImportJob.objects.count() == 3
    said = {job.file_name: job.mapping["everybody"] for job in moves.lists_of(move)}
    assert said == {
        "cleaned_members_export_1a.csv": "bounced",
        "subscribed_members_export_1a.csv": "",
        "unsubscribed_members_export_1a.csv": "unsubscribed",
    }


def test_an_upload_that_is_no_export_is_refused_in_the_name_it_came_with(tmp_path: Path) -> None:
    path = tmp_path / "notes.zip"
    path.write_bytes(b"PK\x05\x06" + bytes(18))
    move = worked_on(received(path, "ghost"))
    assert move.state == State.FAILED
    assert move.problem.startswith("In notes.zip there is nothing that Ghost exports.")
    assert not moves.path_of(move).exists()


def test_of_an_upload_that_cannot_be_kept_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **options: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(MoveIn.objects, "create", full)
    with pytest.raises(ImportRefused, match="No space left on device"):
        received(exports.substack(tmp_path))
    assert list(moves.folder().iterdir()) == []


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    move = received(exports.substack(tmp_path))
    moves.path_of(move).unlink()
    assert worked_on(move).problem == "The uploaded file is gone. Upload it again."


def test_uploads_that_nobody_decided_about_go_after_a_month(tmp_path: Path) -> None:
    move = worked_on(received(exports.substack(tmp_path)))
    moves.remove_old_files()
    assert moves.path_of(move).exists()
    MoveIn.objects.update(created_at=timezone.now() - timedelta(days=31))
    moves.remove_old_files()
    move.refresh_from_db()
    assert (move.state, moves.path_of(move).exists()) == (State.CANCELLED, False)


@pytest.mark.parametrize(("address", "goes"), [("Ada@example.org", True), ("eve@x.example", False)])
def test_an_upload_that_waits_goes_where_it_names_somebody_who_is_erased(
    tmp_path: Path, address: str, goes: bool, django_capture_on_commit_callbacks: Any
) -> None:
    move = worked_on(received(exports.substack(tmp_path)))
    with django_capture_on_commit_callbacks(execute=True):
        forget(1, [address])
    move.refresh_from_db()
    assert (move.state == State.FAILED) == goes
    assert moves.path_of(move).exists() != goes
    assert ("Export it once more" in move.problem) == goes
