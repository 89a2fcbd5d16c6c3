import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from posts.delivery.worker import announcer
from posts.delivery.worker.shutdown import stopping
from tests.sink import Sink


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    """Outbox and journals of each test for itself."""
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path


@pytest.fixture(autouse=True)
def _not_stopping() -> Iterator[None]:
    yield
    stopping.clear()


@pytest.fixture(autouse=True)
def _announced_with_the_claim(request: pytest.FixtureRequest) -> None:
    """Within the transaction of a test nobody beside us could announce anybody."""
    marks = list(request.node.iter_markers("django_db"))
    if marks and not any(mark.kwargs.get("transaction") for mark in marks):
        request.getfixturevalue("monkeypatch").setattr(announcer, "SLICE", announcer.MOST)


@pytest.fixture
def send_to(settings: Settings) -> Callable[[Sink], None]:
    """Point the site's transport at a sink."""

    def point(sink: Sink) -> None:
        settings.EMAIL_URL = f"{sink.url}?connections=1"

    return point


@pytest.fixture
def journal_folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "journal"
    shutil.rmtree(tmp_path / "journal", ignore_errors=True)


@pytest.fixture
def open_to_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it when all is prepared: SQLite in memory has one table lock for all its connections,
    and Django never closes one, so the threads work on a copy in a file, as a site does."""

    def move() -> None:
        if connection.vendor == "sqlite":
            file = str(tmp_path / "copy.sqlite3")
            connection.ensure_connection()
            with sqlite3.connect(file) as copy:
                connection.connection.backup(copy)
                # A site's file is so long before two come at once: the change itself waits for
                # nobody, and the second to ask for it is told that the file is locked.
                copy.execute("PRAGMA journal_mode=WAL")
            copy.close()
            monkeypatch.setitem(connection.settings_dict, "NAME", file)

    return move
