"""An uploaded export is looked at and brought in by whoever holds its lease, and outlives them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import override

from posts.content.actions import Foundation
from posts.content.importing import ImportRefused
from posts.content.models import PlainPage, PostPage
from posts.moving_in import moves, tasks
from posts.moving_in.bringing import Bringing
from posts.moving_in.forgetting import forget
from posts.moving_in.models import MoveIn
from subscribers import saying
from subscribers.lists import jobs
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


def test_the_letters_and_their_lists_are_confirmed_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(**_: object) -> bool:
        raise Killed

    move = worked_on(received(exports.substack(tmp_path)))
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "confirm", die)
        with pytest.raises(Killed):
            moves.confirm(move=move, confirmed=True, source="Sign-up sheet", by="ada")
    move.refresh_from_db()
    assert move.state == State.CHECKED
    assert moves.confirm(move=move, confirmed=True, source="Sign-up sheet", by="ada")


def test_while_pictures_come_slowly_nobody_else_begins_with_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = received(exports.substack(tmp_path))
    soon = timezone.now() + timedelta(seconds=30)
    MoveIn.objects.update(lease_until=soon)
    monkeypatch.setattr(moves, "fetch", lambda address: address.encode())
    mover = moves._Mover(move, soon)
    assert mover._fetch("https://a.example/hill.jpg") == b"https://a.example/hill.jpg"
    move.refresh_from_db()
    assert move.lease_until is not None
    assert move.lease_until > soon + timedelta(seconds=60)
    MoveIn.objects.update(state=State.CANCELLED, lease_until=None)
    mover.lease = soon
    with pytest.raises(moves.MoveLeaseLost):
        mover._fetch("https://a.example/hill.jpg")


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


def test_what_stays_behind_is_kept_as_sentences_and_its_table_is_in_the_language_of_the_upload(
    tmp_path: Path,
) -> None:
    with override("de"):
        move = received(exports.substack(tmp_path))
    worked_on(move)
    whys = [saying.heard(why) for _where, why in move.preview["first"]]
    assert "Its sound stays where it is, and a link leads to it." in whys
    with override("fr"):
        assert "Son enregistrement reste où il est, et un lien y mène." in _plain(whys)
    lines = moves.report_of(move).read_text("utf-8-sig").splitlines()
    assert lines[0] == "wo,was"
    assert any("Seine Tonaufnahme bleibt, wo sie ist" in line for line in lines)


def test_whoever_lets_it_begin_says_in_which_language_the_table_is(tmp_path: Path) -> None:
    with override("de"):
        move = worked_on(received(exports.substack(tmp_path)))
    with override("es"):
        moves.confirm(move=move, confirmed=False, source="", by="ada")
    worked_on(move)
    assert moves.report_of(move).read_text("utf-8-sig").startswith("dónde,qué")


def test_why_it_stopped_is_said_in_the_language_of_whoever_looks(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_text("A note, and no export.")
    move = worked_on(received(tmp_path / "export.zip", "ghost"))
    assert move.problem.startswith("In export.zip there is nothing that Ghost exports.")
    with override("de"):
        said = str(move.problem)
    assert said.startswith("In export.zip ist nichts, was Ghost exportiert. Gebraucht wird: Die")
    forget(0, ["export.zip"])
    move.refresh_from_db()
    with override("de"):
        assert str(move.problem).startswith("In … ist nichts, was Ghost exportiert.")


def _plain(lines: list[str]) -> list[str]:
    return [str(line).replace("\u00a0", " ") for line in lines]


class Unforeseen(Exception):
    pass


def _breaks(self: Bringing, *_: object) -> None:
    raise Unforeseen


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_nobody_foresaw_is_tried_three_times_and_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_confirmed: bool,
) -> None:
    move = received(exports.substack(tmp_path))
    if is_confirmed:
        moves.confirm(move=worked_on(move), confirmed=False, source="", by="ada")
    with monkeypatch.context() as patched:
        patched.setattr(Bringing, "run", _breaks)
        for number in range(1, 4):
            assert move.state != State.FAILED
            MoveIn.objects.update(lease_until=None)
            tasks.go_on_with_moves()
            move.refresh_from_db()
            assert caplog.text.count("Unforeseen") >= number
    assert (move.state, move.lease_until) == (State.FAILED, None)
    assert "Upload the file again" in move.problem
    assert not moves.path_of(move).exists()
    [job] = moves.lists_of(move)
    assert (job.state == ImportJob.State.CANCELLED) is not is_confirmed

    again = worked_on(received(exports.substack(tmp_path)))
    assert moves.confirm(move=again, confirmed=False, source="", by="ada")
    assert worked_on(again).state == State.FINISHED
    assert PostPage.objects.count() == 3


def test_an_upload_that_breaks_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = received(exports.substack(tmp_path)), received(exports.substack(tmp_path))
    MoveIn.objects.filter(pk=bad.pk).update(system="unheard of")
    tasks.go_on_with_moves()
    good.refresh_from_db()
    assert good.state == State.CHECKED
