"""A migrated SQLite database, kept from one run of the tests to the next.

Migrating takes each process about fifteen seconds of its core, most of what a few tests need. What
is kept is found by the texts of everything that makes it, so any change makes it anew.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader


def kept_in(folder: Path) -> Path:
    """Where a database that these migrations make is, or is to be kept."""
    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    for source in _sources():
        digest.update(source.read_bytes())
    return folder / f"{digest.hexdigest()}.sqlite3"


def _sources() -> Iterator[Path]:
    yield Path(settings.BASE_DIR) / "config" / "settings.py"
    for app in sorted(apps.get_app_configs(), key=lambda app: app.name):
        module, _ = MigrationLoader.migrations_module(app.label)
        if module is not None:
            yield from sorted((Path(app.path) / "migrations").glob("*.py"))


def begin_with(kept: Path) -> sqlite3.Connection:
    """Fill the database in memory that Django is about to test on; it lasts as long as somebody is
    connected. Migrating it then finds nothing to do."""
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    memory = sqlite3.connect(name, uri=True)
    with closing(sqlite3.connect(f"{kept.as_uri()}?mode=ro", uri=True)) as source:
        source.backup(memory)
    return memory


def keep(kept: Path) -> None:
    """Several processes may come at once; each brings a whole file."""
    draft = kept.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(draft)) as target:
        connection.ensure_connection()
        connection.connection.backup(target)
    draft.rename(kept)
    for older in kept.parent.glob("*.sqlite3"):
        if older != kept:
            older.unlink(missing_ok=True)
