"""What happens to a database before a site starts on it."""

from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from wagtail.search.models import IndexEntry

from posts.management import preparing
from posts.public.queries import find_posts
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_what_an_older_version_left_open_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    log, program = tmp_path / "logs" / "web.log", tmp_path / "program"
    elsewhere = tmp_path.parent / "elsewhere"
    for file, mode in ((log, 0o644), (program, 0o755), (elsewhere, 0o644)):
        file.touch()
        file.chmod(mode)
    (tmp_path / "logs").chmod(0o755)
    (tmp_path / "link").symlink_to(elsewhere)
    preparing.close_to_others(tmp_path)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "logs", log, program)] == [
        *(0o700, 0o600, 0o700)
    ]
    assert elsewhere.stat().st_mode & 0o777 == 0o644


def found_after(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many posts are found after preparing a database whose index is empty."""
    make_post(body=[("paragraph", "<p>The kettle can wait.</p>")])
    IndexEntry.objects.all().delete()
    commands: list[str] = []

    def all_but_migrate(name: str, **options: object) -> None:
        commands.append(name)
        if name != "migrate":
            call_command(name, **options)

    monkeypatch.setattr(preparing, "call_command", all_but_migrate)
    preparing.prepare_database()
    assert commands[0] == "migrate"
    return len(find_posts("kettle"))


def test_after_an_update_every_post_is_found_by_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [newest] = MigrationLoader(connection).graph.leaf_nodes("posts")
    MigrationRecorder(connection).record_unapplied(*newest)
    assert found_after(monkeypatch) == 1


def test_a_start_without_an_update_does_not_read_every_post(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert found_after(monkeypatch) == 0


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_an_update_does_not_wait_long_for_a_table_that_somebody_works_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preparing, "LOCK_SECONDS", 1)

    def migrates(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE posts_mailing ALTER COLUMN problem SET DEFAULT ''")

    monkeypatch.setattr(preparing, "call_command", migrates)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT count(*) FROM posts_mailing")
        with pytest.raises(preparing.DatabaseNotReady, match="Try again in a moment"):
            preparing.prepare_database()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
