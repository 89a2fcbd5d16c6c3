"""Whether a place may be restored into: what it holds, who runs on it, and its version."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from posts.content.models import PostPage
from posts.delivery import status
from posts.delivery.models import Heartbeat, Mailing
from subscribers.models import Subscriber

Node = tuple[str, str]


class NotReady(Exception):
    """It cannot be restored here; the text says why and what to do."""


def check(manifest: dict[str, Any], *, replace: bool) -> None:
    """Raises NotReady, having changed nothing."""
    there = set(connection.introspection.table_names())
    executor = MigrationExecutor(connection)
    wanted = nodes(manifest)
    unknown = wanted - set(executor.loader.disk_migrations)
    # Of others', old ones may be gone since.
    if ours := [(app, name) for app, name in sorted(unknown) if app in ("posts", "subscribers")]:
        app, name = ours[0]
        raise NotReady(
            f"The backup was made by a newer version than this one (it has {app} {name}). Update "
            "Passalong, then restore."
        )
    if not there:
        return
    if Heartbeat._meta.db_table in there and status.workers_alive():
        raise NotReady(
            "A worker was at work here within the last half minute. Stop all processes of this "
            "site, wait half a minute, and try again."
        )
    if not replace and not _is_empty(there):
        raise NotReady(
            "There is a site here already. Name another DATA_DIR or DATABASE_URL, or add "
            "--replace, which puts the backup in its place: what came after the backup is lost."
        )
    if set(executor.loader.applied_migrations) != wanted:
        raise NotReady(
            "The database here is of another version than the backup. Restore into a place with "
            "nothing in it (another DATA_DIR, or an empty database): it is brought up to date "
            "afterwards."
        )


def nodes(manifest: dict[str, Any]) -> set[Node]:
    return {(app, name) for app, name in manifest["migrations"]}


def _is_empty(there: Iterable[str]) -> bool:
    models: Any = (User, Subscriber, PostPage, Mailing)
    known = set(there)
    return not any(model._meta.db_table in known and model.objects.exists() for model in models)
