"""Taking a backup while the site runs: one snapshot of the database, then the files."""

import os
import platform
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from posts.management.backup import archive, contents, tables
from posts.management.backup.copying import pieces
from subscribers import objections

# What a host that is lost takes with it. Not where database and Redis are: they may be elsewhere.
ENVIRONMENT = (
    "SITE_URL",
    "TIME_ZONE",
    "TRUSTED_PROXIES",
    "WORKER_THREADS",
    "IMPORT_MAX_MB",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "METRICS_TOKEN",
    "METRICS_NETWORKS",
    "SENTRY_DSN",
)
Said = Callable[[int], object]


@dataclass(frozen=True)
class Taken:
    """What is in a backup that was written and read again."""

    path: Path
    at: datetime
    rows: int
    files: int
    size: int


def take(path: Path, *, passphrase: str = "", said: Said = lambda rows: None) -> Taken:
    """Write a backup to `path`, read all of it again, and only then put it in place.

    Raises OSError, and NoBackup where what was written cannot be read. `said` is told of rows.
    """
    objections.make_keys()
    name = secrets.token_hex(8)
    # Before the snapshot: whoever objects from here on stands behind it, or is in the backup.
    objections.note_backup(name)
    draft = path.with_name(f"{path.name}.part")
    try:
        with archive.written(draft, passphrase) as tar:
            at, rows, files = _fill(contents.MemberWriter(tar), name, said)
        verify(draft, passphrase)
        size = draft.stat().st_size
        os.replace(draft, path)
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return Taken(path, at, rows, files, size)


def verify(path: Path, passphrase: str = "") -> dict[str, Any]:
    """Read a backup to its end; answers its manifest, with the number of rows of each table.

    Raises NoBackup where anything is missing, changed, or not as the manifest says.
    """
    manifest: dict[str, Any] = {}
    lines: dict[str, int] = {}
    with archive.read(path, passphrase) as tar:
        reading = contents.MemberReader(tar)
        for name, file in reading.members():
            if name == contents.MANIFEST:
                manifest = contents.read_json(file)
            elif name.startswith(contents.DATA):
                table = contents.table_of(name)
                lines[table] = lines.get(table, 0) + file.read().count(b"\n")
    if manifest.get("format") != contents.FORMAT:
        raise archive.NoBackup(f"{path} was made by a version that this one does not understand.")
    if lines != {table: rows for table, rows in reading.rows.items() if rows}:
        raise archive.NoBackup(f"{path} is damaged: rows are missing.")
    return {**manifest, "rows": reading.rows}


def _fill(filling: contents.MemberWriter, name: str, said: Said) -> tuple[datetime, int, int]:
    rows: dict[str, int] = {}
    at = timezone.now()
    with snapshot() as source:
        filling.add_json(contents.MANIFEST, _manifest(name, at))
        filling.add_json(contents.SECRETS, _secrets())
        for table in tables.tables():
            rows[table.name] = 0
            for number, (piece, count) in enumerate(pieces(source, table)):
                filling.add(f"{contents.DATA}{table.name}/{number:06}.copy", piece)
                rows[table.name] += count
                said(count)
    files = sum(
        filling.add_file(f"{prefix}{path.relative_to(folder).as_posix()}", path)
        for prefix, folder in folders()
        for path in _files(folder)
    )
    filling.seal(rows)
    return at, sum(rows.values()), files


@contextmanager
def snapshot() -> Iterator[BaseDatabaseWrapper]:
    """The database as it is at one moment, over a connection of its own. Nobody waits for us: on
    SQLite readers and writers don't wait for each other, on PostgreSQL rows have versions."""
    source = connection.copy()
    source.connect()
    try:
        if source.vendor == "sqlite":
            source.connection.execute("BEGIN")  # not IMMEDIATE, which is for who writes
            source.connection.execute("SELECT 1 FROM django_migrations").fetchone()
        else:
            source.set_autocommit(False)
            with source.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL TIME ZONE 'UTC'")
                cursor.execute("SET LOCAL DATESTYLE TO 'ISO'")
        yield source
    finally:
        source.connection.rollback()
        source.connection.close()


def _manifest(name: str, at: datetime) -> dict[str, Any]:
    return {
        "format": contents.FORMAT,
        "name": name,
        "taken_at": at.isoformat(),
        "site": settings.SITE_URL,
        "database": connection.vendor,
        "python": platform.python_version(),
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "tables": {table.name: table.columns for table in tables.tables()},
        "numbers": tables.numbers(),
    }


def _secrets() -> dict[str, Any]:
    named = {name: os.environ[name] for name in ENVIRONMENT if os.environ.get(name)}
    # From a variable or from a file that one names.
    secret = {name: getattr(settings, name) for name in ("EMAIL_URL", "BOUNCE_URL")}
    named |= {name: url for name, url in secret.items() if url}
    return {"SECRET_KEY": settings.SECRET_KEY, "SITE_URL": settings.SITE_URL, **named}


def folders() -> list[tuple[str, Path]]:
    """The folders of files that are in a backup, and under which name."""
    return [
        (contents.MEDIA, Path(settings.MEDIA_ROOT)),
        (contents.FONTS, Path(settings.DATA_DIR) / "fonts"),
    ]


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root) / name for name in sorted(names))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
