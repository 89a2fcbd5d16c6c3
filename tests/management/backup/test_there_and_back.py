"""A backup is taken and restored in one place. Over the border: `tests/faults/test_backup.py`."""

import json
import tarfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from posts.content.actions import ensure_site
from posts.delivery import restored
from posts.delivery.mailings.coming_back import let_mail_go
from posts.delivery.models import Mailing
from posts.desk import resets, welcome
from posts.desk.staff import factors, invitations, returned, roles
from posts.management import preparing
from posts.management.backup import keeping, restoring, tables, taking
from posts.management.backup.archive import NoBackup
from subscribers import actions, objections
from subscribers.models import Subscriber, Subscription
from tests.delivery.making import make_mailing
from tests.desk.staff.steps import code_at, give_app
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.OBJECTIONS_DIR = tmp_path / "objections"
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "images").mkdir(parents=True)
    (tmp_path / "media" / "images" / "calm.jpg").write_bytes(b"a calm picture")


def ask(*command: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*command, "--json", stdout=out, stderr=StringIO())
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def leaves(person: Subscriber) -> None:
    row = Subscription.objects.get(subscriber=person)
    assert actions.unsubscribe(subscription=row, source="a test", by="reader")


def test_a_site_comes_back_as_it_was_but_for_those_who_said_no_since(tmp_path: Path) -> None:
    file = tmp_path / "letters.backup"
    post = make_post()
    stays, goes = (make_subscriber(post.newsletter) for _ in range(2))
    taken = ask("backup", str(file))
    assert (taken["encrypted"], taken["files"]) == (False, 1)
    leaves(goes)
    late = make_subscriber(post.newsletter)
    post.delete()
    (tmp_path / "media" / "images" / "calm.jpg").unlink()

    with pytest.raises(CommandError, match="There is a site here already"):
        ask("restore", str(file))
    back = ask("restore", str(file), "--replace")

    assert (back["objectors"], back["open"]) == (1, True)
    assert ensure_site().home.get_children().filter(pk=post.pk).exists()
    assert dict(Subscription.objects.values_list("subscriber_id", "status")) == {
        stays.pk: "active",
        goes.pk: "unsubscribed",
    }
    assert (tmp_path / "media" / "images" / "calm.jpg").read_bytes() == b"a calm picture"
    # Whoever comes now gets no number that the original may have given away.
    assert make_subscriber(ensure_site().newsletter).pk > late.pk + 100_000


def test_a_recovery_code_that_was_used_since_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "letters.backup"
    make_post()
    owner = User.objects.create_superuser("ada", "ada@example.org", "none of the usual ones")
    secret = give_app(owner)
    used, unused, *_others = factors.codes_left(owner)
    ask("backup", str(file))
    assert factors.code_fits(user=owner, code=used)
    ask("restore", str(file), "--replace")
    back = User.objects.get(username="ada")
    assert not factors.code_fits(user=back, code=used)
    assert not factors.code_fits(user=back, code=unused)
    assert factors.code_fits(user=back, code=code_at(secret, periods=1))


def test_no_link_from_before_opens_anything_and_a_role_that_was_taken_since_is_shown(
    tmp_path: Path,
) -> None:
    file = tmp_path / "letters.backup"
    make_post()
    owner = User.objects.create_superuser("ada", "ada@example.org", "none of the usual ones")
    ben = User.objects.create_superuser("ben", "ben@example.org", "none of the usual ones")
    before, hers = Client(), Client()
    before.force_login(owner)
    reset = resets.TOKENS.make_token(User.objects.get(pk=ben.pk))
    once = welcome.issue_one_time_address(user=owner).split("/")[-2]
    invited = invitations.invite(email="zoe@example.org", role="owner", by=owner)[1].split("/")[-2]
    ask("backup", str(file))
    User.objects.get(pk=ben.pk).set_password("another one of hers")
    roles.set_role(user=ben, key="helper")
    ask("restore", str(file), "--replace")

    ben = User.objects.get(username="ben")
    assert not resets.TOKENS.check_token(ben, reset)
    assert resets.TOKENS.check_token(ben, resets.TOKENS.make_token(ben))
    assert welcome.find_address(once) is None
    assert invitations.find(invited) is None
    assert before.get("/admin/").status_code == 302
    assert {(one.user.username, one.role) for one in returned.people()} == {
        ("ada", "Owner"),
        ("ben", "Owner"),
    }
    hers.force_login(User.objects.get(username="ada"))
    assert "whatever you took from somebody after that counts again" in hers.get("/admin/").text


def test_without_the_objections_mailing_stays_shut(tmp_path: Path) -> None:
    file = tmp_path / "letters.backup"
    make_subscriber(ensure_site().newsletter)
    ask("backup", str(file))
    (tmp_path / "nothing").mkdir()
    back = ask("restore", str(file), "--replace", "--objections", str(tmp_path / "nothing"))
    assert (back["open"], back["objections_until"]) == (False, None)


def test_a_damaged_line_of_objections_shuts_it_too(tmp_path: Path) -> None:
    file = tmp_path / "letters.backup"
    make_subscriber(ensure_site().newsletter)
    ask("backup", str(file))
    objections.catch_up()
    (log,) = (tmp_path / "objections").iterdir()
    log.write_text(log.read_text() + "\n2026-10-25T00:00:00.000000Z tie unsubscribed 1 ab 00000000")
    assert ask("restore", str(file), "--replace")["open"] is False


def test_one_with_a_passphrase_wants_it_back(tmp_path: Path) -> None:
    ensure_site()
    file, right, wrong = tmp_path / "a.backup", tmp_path / "right", tmp_path / "wrong"
    right.write_text("rest is part of the work\n")
    wrong.write_text("rest is no part of the work\n")
    assert ask("backup", str(file), "--passphrase-file", str(right))["encrypted"]
    with pytest.raises(CommandError, match="does not open"):
        ask("restore", str(file), "--replace", "--passphrase-file", str(wrong))
    ask("restore", str(file), "--replace", "--passphrase-file", str(right))


def test_a_file_that_lacks_rows_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    file, less = tmp_path / "a.backup", tmp_path / "less.backup"
    person = make_subscriber(ensure_site().newsletter)
    ask("backup", str(file))
    with tarfile.open(file, "r:gz") as whole, tarfile.open(less, "w:gz") as part:
        for info in whole:
            if "subscribers_subscription" not in info.name:
                part.addfile(info, whole.extractfile(info))
    with pytest.raises(CommandError, match="is damaged"):
        ask("restore", str(less), "--replace")
    assert Subscriber.objects.get() == person


def test_a_backup_that_cannot_be_read_again_does_not_take_the_place_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_site()
    file = tmp_path / "a.backup"
    file.write_bytes(b"yesterday's")

    def fails(*_: Any) -> None:
        raise NoBackup("a bad disk")

    monkeypatch.setattr(taking, "verify", fails)
    with pytest.raises(CommandError, match="There is no backup: a bad disk"):
        ask("backup", str(file), "--replace")
    assert file.read_bytes() == b"yesterday's"
    assert list(tmp_path.glob("*.part")) == []


# Builds the same columns for data of ours, and nothing stands on it.
OLDER = ("wagtaildocs", "0014_alter_document_file_size")


def test_an_older_versions_backup_that_is_not_whole_yet_mails_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letters.backup"
    make_mailing(3)
    Mailing.objects.update(state=Mailing.State.SENDING)
    MigrationRecorder(connection).record_unapplied(*OLDER)
    ask("backup", str(file))

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "call_command", dies)
        with pytest.raises(KeyboardInterrupt):
            ask("restore", str(file), "--replace")
    with pytest.raises(preparing.DatabaseNotReady, match="broken off half way"):
        preparing.prepare_database()
    assert restored.shut()
    assert not let_mail_go(by="ada")

    ask("restore", str(file), "--replace")
    assert Mailing.objects.get().state == Mailing.State.PAUSED
    assert OLDER in MigrationRecorder(connection).applied_migrations()
    preparing.prepare_database()


def test_in_a_folder_the_newest_stay(tmp_path: Path) -> None:
    ensure_site()
    folder = tmp_path / "many"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"passalong-2026010{day}T000000.backup").touch()
    (folder / "holiday.jpg").touch()
    answer = ask("backup", str(folder), "--keep", "2")
    left = {path.name for path in folder.iterdir()}
    assert left == {
        "holiday.jpg",
        "passalong-20260104T000000.backup",
        Path(answer["file"]).name,
    }
    assert keeping.prune(folder, 2) == []


def test_every_column_is_of_a_kind_that_a_backup_can_hold() -> None:
    assert len(tables.tables()) > 80
