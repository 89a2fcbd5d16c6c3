import json
import shutil
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.delivery.check import Check
from posts.delivery.mailings.control import settle_doubts
from posts.delivery.models import Delivery, Heartbeat
from posts.delivery.status import BEAT
from posts.management.doctor import SCRIPTS, check_all
from subscribers import objections
from tests.delivery.making import make_mailing
from tests.sharing.cards.fonts import LATIN, make_font
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(site: Foundation, settings: Settings, tmp_path: Path) -> Foundation:
    settings.OBJECTIONS_DIR = tmp_path / "objections"
    settings.SECRET_KEY = "k" * 50
    site.newsletter.postal_address = "1 Quiet Lane, Ghent"
    site.newsletter.save()
    User.objects.create_superuser("ada", password="a long one")
    Heartbeat.objects.create(worker=BEAT, at=timezone.now())
    Heartbeat.objects.create(worker="this one", at=timezone.now())
    return site


def levels() -> dict[str, str]:
    return {check.name: check.level for check in check_all()}


def the(name: str) -> Check:
    return next(check for check in check_all() if check.name.startswith(name))


def test_a_healthy_site_has_no_error_and_exits_0(healthy: Foundation) -> None:
    out = StringIO()
    call_command("doctor", "--json", stdout=out)
    answer = json.loads(out.getvalue().splitlines()[-1])
    assert answer["ok"] is True
    assert {
        "versions",
        "data folder",
        "secret key",
        "database",
        "broker",
        "workers",
        "transport",
    } <= {check["name"] for check in answer["checks"]}


def test_an_error_is_shown_with_what_to_do_and_exits_1(
    healthy: Foundation, settings: Settings
) -> None:
    settings.EMAIL_URL = "pigeon://coop"
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    assert "error" in out.getvalue()
    assert "→ Correct EMAIL_URL" in out.getvalue()
    assert "1 error" in out.getvalue()


def test_a_data_folder_that_cannot_be_written_is_an_error(
    healthy: Foundation, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    assert the("data folder").level == "error"
    assert "DATA_DIR=" in the("data folder").todo


@pytest.mark.parametrize(("free_mb", "level"), [(100, "error"), (1_000, "warning"), (50_000, "ok")])
def test_a_disk_that_runs_full_is_seen_in_time(
    healthy: Foundation, monkeypatch: pytest.MonkeyPatch, free_mb: int, level: str
) -> None:
    usage = SimpleNamespace(free=free_mb * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert the("data folder").level == level


def test_a_database_that_lacks_a_migration_says_what_brings_it_up_to_date(
    healthy: Foundation,
) -> None:
    [newest] = MigrationLoader(connection).graph.leaf_nodes("posts")
    MigrationRecorder(connection).record_unapplied(*newest)
    assert the("database").level == "error"
    assert "manage.py prepare" in the("database").todo
    assert "broker" not in levels()  # its tables may be missing


def test_a_guessable_secret_is_a_warning(healthy: Foundation, settings: Settings) -> None:
    settings.SECRET_KEY = "secret"
    assert the("secret key").level == "warning"


def test_localhost_is_fine_while_mail_stays_here_and_an_error_when_it_leaves(
    healthy: Foundation, settings: Settings
) -> None:
    assert the("address").level == "ok"
    settings.EMAIL_URL = "smtp://mail.example.org:25"
    assert the("address").level == "error"
    assert "SITE_URL" in the("address").todo
    settings.SITE_URL = "https://letters.example.org"
    assert the("address").level == "ok"


def test_a_missing_postal_address_is_an_error_once_mail_leaves(
    healthy: Foundation, settings: Settings
) -> None:
    healthy.newsletter.postal_address = ""
    healthy.newsletter.save()
    assert the("newsletter").level == "warning"
    settings.EMAIL_URL = "smtp://mail.example.org:25"
    assert the("newsletter").level == "error"


def test_no_worker_is_a_warning_while_nothing_waits(healthy: Foundation) -> None:
    assert the("workers").level == "ok"
    Heartbeat.objects.all().delete()
    assert the("workers").level == "warning"
    assert "celery -A config worker" in the("workers").todo


def test_scripts_without_a_font_are_named_with_where_to_get_one(
    healthy: Foundation, settings: Settings, tmp_path: Path
) -> None:
    settings.FONT_FOLDERS = [tmp_path]
    make_font(tmp_path / "NotoSerif-Bold.ttf", LATIN + "λж")
    check = the("letters of cards")
    assert check.level == "warning"
    assert "Arabic" in check.message
    assert "Latin" not in check.message
    assert "fonts-noto-core" in check.todo
    make_font(tmp_path / "NotoSansAll-Bold.ttf", "".join(SCRIPTS.values()))
    make_font(tmp_path / "NotoColorEmoji.ttf", SCRIPTS["emoji"])
    settings.FONT_FOLDERS = [str(tmp_path), str(tmp_path / "more")]
    assert "Greek" not in the("letters of cards").message


def test_a_beat_that_is_missing_is_called_by_its_name(healthy: Foundation) -> None:
    assert the("beat").level == "ok"
    Heartbeat.objects.filter(worker=BEAT).delete()
    assert the("beat").level == "error"
    assert the("workers").level == "ok"
    assert "celery -A config beat" in the("beat").todo


def test_a_site_that_was_only_migrated_is_told_what_it_lacks() -> None:
    found = {check.name: check for check in check_all() if "manage.py prepare" in check.todo}
    assert set(found) == {"home page", "newsletter", "owner"}
    assert {check.level for check in found.values()} == {"error"}


def test_a_public_site_whose_mail_stays_here_is_an_error(
    healthy: Foundation, settings: Settings
) -> None:
    assert "outbox" not in levels()
    settings.SITE_URL = "https://letters.example.org"
    assert the("outbox").level == "error"


def test_whoever_mails_and_never_backs_up_is_told(healthy: Foundation) -> None:
    assert "backup" not in levels()
    make_mailing(1)
    assert the("backup").level == "warning"
    objections.note_backup("one")
    assert the("backup").level == "ok"


def test_the_mail_server_is_asked_whether_it_lets_us_in(
    healthy: Foundation, settings: Settings
) -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    assert the("mail server").level == "error"
    with Sink(user="ada", password="right") as sink:
        settings.EMAIL_URL = f"smtp://ada:wrong@127.0.0.1:{sink.port}"
        assert the("mail server").level == "error"
        settings.EMAIL_URL = f"smtp://ada:right@127.0.0.1:{sink.port}"
        assert the("mail server").message == "127.0.0.1 answered and logged us in."


def test_who_is_in_doubt_is_named_with_the_next_step_until_it_is_taken(
    healthy: Foundation,
) -> None:
    mailing = make_mailing(2)
    rows = [
        Delivery(mailing=mailing, subscriber_id=id_, batch_id=1, state=5, changed_at=timezone.now())
        for id_ in mailing.batches.get().ids()
    ]
    Delivery.objects.bulk_create(rows)
    check = the("doubts")
    assert "2 readers" in check.message
    assert f"/admin/mailings/{mailing.pk}/" in check.todo
    settle_doubts(mailing=mailing, by="ada", resend=False)
    assert f"doubts of {mailing.pk}" not in levels()
