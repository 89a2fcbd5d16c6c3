"""Making folder and database ready: what `up` and `prepare` have in common."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import LockNotAvailable

from posts.content import here
from posts.content.actions import ensure_site
from posts.content.beginning import draft_about
from posts.content.models import HomePage
from posts.delivery.restored import BROKEN_OFF, Restoration, is_broken_off
from posts.desk.staff import roles

LOCK_SECONDS = 10


class DatabaseNotReady(Exception):
    """It does not answer, or half a backup is in it; the message says what to do."""


def close_to_others(folder: Path) -> None:
    """Take away from everybody but its owner whatever lies in the folder, however old it is.

    What one of our processes writes now is its user's alone; older versions left more open, and so
    does whoever unpacks a backup.
    """
    for path in (folder, *folder.rglob("*")):
        # A worker may take a file away in the meantime; another user's is for that user to close.
        with suppress(FileNotFoundError, PermissionError):
            status = path.lstat()
            if not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o077:
                os.chmod(path, stat.S_IMODE(status.st_mode) & 0o700)


def prepare_database() -> None:
    """Migrate, and make what is missing of root, home, site and one newsletter. Raises
    DatabaseNotReady."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise DatabaseNotReady(
            f"The database does not answer: {' '.join(str(error).split())}\n"
            "Check DATABASE_URL and that the server runs, then start again."
        ) from error
    if Restoration._meta.db_table in connection.introspection.table_names() and is_broken_off():
        raise DatabaseNotReady(BROKEN_OFF)
    executor = MigrationExecutor(connection)
    outdated = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _migrate()
    here.adopt_saved()
    fresh = not HomePage.objects.exists()
    foundation = ensure_site()
    roles.ensure()
    if fresh:  # never again: a writer who deleted it wants none
        draft_about(home=foundation.home)
    if outdated:
        # A newer version may look for other words of a post than the one that indexed it.
        call_command("wagtail_update_index", verbosity=0)


def _migrate() -> None:
    """Wait a moment for a table that somebody works in, and no longer: on PostgreSQL all who come
    after wait behind whoever waits to change it."""
    if connection.vendor != "postgresql":
        call_command("migrate", interactive=False, verbosity=0)
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = %s", [f"{LOCK_SECONDS}s"])
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise DatabaseNotReady(
            f"A table was in use for {LOCK_SECONDS} seconds, so the update of the database has "
            "stopped before it. What it has changed so far fits the version that runs. Try again "
            "in a moment; the view pg_stat_activity says who works in it."
        ) from error
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
