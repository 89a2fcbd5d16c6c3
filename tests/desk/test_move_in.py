"""Letters come from elsewhere through the desk: upload, preview, word, result."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from posts.content.models import PostPage
from posts.moving_in import moves
from posts.moving_in.models import MoveIn
from posts.moving_in.sources.registry import SYSTEMS
from subscribers.lists import jobs
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter, Subscriber, Subscription
from tests.moving_in import exports

MOVE_IN = "/admin/move-in/"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SHARED_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("posts.desk.views.move_in.ring", lambda task, move_id: None)
    monkeypatch.setattr("posts.moving_in.moves.ring", lambda task, job_id: None)
    monkeypatch.setattr("posts.content.importing.language.recognised", lambda text: "")


def uploaded(desk: Client, path: Path, system: str, **said: str) -> Any:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    form = {"system": system, "file": file, "newsletter": Newsletter.objects.get().pk, **said}
    return desk.post(MOVE_IN, form)


def looked_at(desk: Client, tmp_path: Path) -> str:
    """The address of the page of an upload that waits for a word, its lists looked at too."""
    address: str = uploaded(desk, exports.substack(tmp_path), "substack").url
    moves.work_on(MoveIn.objects.get().pk)
    for job in ImportJob.objects.all():
        jobs.work_on(job.pk)
    return address


def text(desk: Client, address: str) -> str:
    return " ".join(desk.get(address).content.decode().split())


def test_every_system_says_which_file_it_wants(desk: Client) -> None:
    html = text(desk, MOVE_IN)
    for system in SYSTEMS.values():
        assert f"<dt>{system.title}</dt><dd>{system.files}</dd>" in html


def test_what_would_come_is_shown_before_anything_does(desk: Client, tmp_path: Path) -> None:
    address = uploaded(desk, exports.substack(tmp_path), "substack").url
    assert "Looking at the file" in text(desk, address)
    moves.work_on(MoveIn.objects.get().pk)
    for job in ImportJob.objects.all():
        jobs.work_on(job.pk)
    html = text(desk, address)
    assert "Letters that would come" in html
    assert 'emailed to nobody</th><td class="desk-number">3<' in html
    assert "1 of them is a page of the site, and no letter." in html
    assert "2 in the list, 1 of them new here, 1 kept out" in html
    assert "Its sound stays where it is, and a link leads to it." in html
    assert 'http-equiv="refresh"' not in html
    assert not PostPage.objects.exists()
    assert not Subscriber.objects.exists()


def test_a_word_brings_letters_and_people(desk: Client, tmp_path: Path) -> None:
    address = looked_at(desk, tmp_path)
    desk.post(f"{address}confirm/", {"consent": "agreed", "source": "Substack, May 2026"})
    assert "0 of 4 letters" in text(desk, address)
    moves.work_on(MoveIn.objects.get().pk)
    jobs.work_on(ImportJob.objects.get().pk)
    html = text(desk, address)
    assert "See your letters" in html
    assert PostPage.objects.live().count() == 2
    assert PostPage.objects.filter(live=False).count() == 1
    assert set(PostPage.objects.values_list("owner__username", flat=True)) == {"ada"}
    found = dict(Subscription.objects.values_list("subscriber__address", "status"))
    assert found == {"ada@example.org": "active", "ben@example.org": "unsubscribed"}
    lines = b"".join(desk.get(f"{address}not-carried-over.csv")).decode("utf-8-sig").splitlines()
    assert lines[0] == "where,what"
    assert len(lines) > 1
    assert not moves.path_of(MoveIn.objects.get()).exists()


@pytest.mark.parametrize("answers", [{}, {"consent": "agreed"}, {"consent": "maybe"}])
def test_without_an_answer_about_consent_nothing_begins(
    desk: Client, tmp_path: Path, answers: dict[str, str]
) -> None:
    address = looked_at(desk, tmp_path)
    response = desk.post(f"{address}confirm/", answers)
    assert response.status_code == 422
    assert "Nothing was brought." in response.content.decode()
    assert MoveIn.objects.get().state == "checked"
    assert ImportJob.objects.get().state == "checked"


def test_a_second_word_changes_nothing(desk: Client, tmp_path: Path) -> None:
    address = looked_at(desk, tmp_path)
    for _ in range(2):
        desk.post(f"{address}confirm/", {"consent": "ask"})
        moves.work_on(MoveIn.objects.get().pk)
    assert PostPage.objects.count() == 3
    assert MoveIn.objects.get().state == "finished"


def test_what_was_uploaded_can_be_dropped(desk: Client, tmp_path: Path) -> None:
    address = looked_at(desk, tmp_path)
    desk.post(f"{address}cancel/")
    move = MoveIn.objects.get()
    assert move.state == "cancelled"
    assert not moves.path_of(move).exists()
    assert ImportJob.objects.get().state == "cancelled"


def test_a_file_of_something_else_is_said_on_the_page(desk: Client, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Nothing that anybody exported.")
    address = uploaded(desk, path, "ghost").url
    moves.work_on(MoveIn.objects.get().pk)
    html = text(desk, address)
    assert "It stopped." in html
    assert "In notes.txt there is nothing that Ghost exports." in html


def test_a_page_shows_no_more_than_a_screenful_of_what_stays_behind(
    desk: Client, tmp_path: Path
) -> None:
    theme = {f"layouts/{n}.md": "x" for n in range(60)}
    path = exports.zipped(tmp_path / "site.zip", {**theme, "a.md": "---\ndate: 2020-01-01\n---\nA"})
    address = uploaded(desk, path, "markdown").url
    moves.work_on(MoveIn.objects.get().pk)
    html = text(desk, address)
    assert html.count("It belongs to the folder or its program, and is no letter.") == 30
    assert "All of it, as a table: 60 lines" in html


def test_a_form_without_a_file_says_what_is_missing(desk: Client) -> None:
    response = desk.post(MOVE_IN, {})
    assert response.status_code == 422
    assert "Choose the file that was exported." in response.content.decode()
    assert "Choose where they come from." in response.content.decode()


def test_only_an_owner_finds_it_among_the_settings(desk: Client, editor: Client) -> None:
    assert MOVE_IN in text(desk, "/admin/setup/")
    assert MOVE_IN not in text(editor, "/admin/setup/")
