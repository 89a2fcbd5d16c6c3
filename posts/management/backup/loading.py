"""Rows into tables and files beside where they belong, out of a backup that was verified."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph

from posts.delivery import restored
from posts.management.backup import archive, contents, readiness, tables
from posts.management.backup.copying import TableFilling
from posts.management.backup.taking import folders
from subscribers.integrity import rows_in_any_order

Said = Callable[[int], object]


@dataclass
class UnpackedFiles:
    """Files that are unpacked beside where they belong."""

    folders: dict[str, Path] = field(default_factory=dict)
    files: int = 0

    def beside(self, prefix: str, folder: Path) -> Path:
        if prefix not in self.folders:
            self.folders[prefix] = folder.with_name(f"{folder.name}.restoring")
            # What a restore that was killed left of it.
            shutil.rmtree(self.folders[prefix], ignore_errors=True)
        return self.folders[prefix]

    def put_in_place(self) -> None:
        for prefix, folder in folders():
            unpacked = self.folders.get(prefix)
            if folder.exists():
                shutil.rmtree(folder)
            if unpacked is not None:
                unpacked.rename(folder)

    def clear(self) -> None:
        for folder in self.folders.values():
            shutil.rmtree(folder, ignore_errors=True)


# --- Database -----------------------------------------------------------------------------


def build(manifest: dict[str, Any]) -> bool:
    """Tables as the backup had them. False: they are of an older version than ours."""
    wanted = readiness.nodes(manifest)
    executor = MigrationExecutor(connection)
    is_current = wanted.issuperset(executor.loader.graph.leaf_nodes())
    if not connection.introspection.table_names():
        if is_current:
            call_command("migrate", interactive=False, verbosity=0)
        else:
            executor.migrate(last_of(wanted, executor.loader.graph))
    return is_current


def mark_unfinished(manifest: dict[str, Any]) -> None:
    """In the transaction that loads an older version's rows, since nothing of them can be paused
    before they are migrated. (Every version that writes backups has the table.)"""
    executor = MigrationExecutor(connection)
    last = last_of(readiness.nodes(manifest), executor.loader.graph)
    then = executor.loader.project_state(last).apps.get_model("posts", "Restoration")
    then.objects.create(taken_at=manifest["taken_at"], opened_by=restored.UNFINISHED)


def last_of(wanted: set[readiness.Node], graph: MigrationGraph) -> list[readiness.Node]:
    """Those on which no other of them stands. (Named with others, an earlier one would be a wish to
    go back to it.)"""
    there = wanted.intersection(graph.nodes)
    return sorted(
        node
        for node in there
        if not any(child.key in there for child in graph.node_map[node].children)
    )


def load(
    path: Path, passphrase: str, manifest: dict[str, Any], draft: UnpackedFiles, said: Said
) -> dict[str, str]:
    """Empty every table and fill it, in the caller's transaction. Answers the secrets."""
    secrets: dict[str, str] = {}
    known = {
        name: tables.Table(name, tuple((column, kind) for column, kind in columns))
        for name, columns in manifest["tables"].items()
    }
    _empty()
    filling, current = TableFilling(connection), ""
    try:
        # Tables come by name, some before those that they refer to.
        with rows_in_any_order(), archive.read(path, passphrase) as tar:
            for name, file in contents.MemberReader(tar).members():
                if name == contents.SECRETS:
                    secrets = contents.read_json(file)
                elif name.startswith(contents.DATA):
                    if (table := contents.table_of(name)) != current:
                        filling.begin(known[table])
                        current = table
                    piece = file.read()
                    filling.add(piece)
                    said(piece.count(b"\n"))
                else:
                    _unpack(name, file, draft)
            filling.end()
    except BaseException as error:
        filling.give_up(error)
        raise
    return secrets


def _empty() -> None:
    there = set(connection.introspection.table_names())
    quoted = [connection.ops.quote_name(name) for name in tables.emptied() if name in there]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(quoted)}")
            return
        for name in quoted:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


def _unpack(name: str, file: IO[bytes], draft: UnpackedFiles) -> None:
    for prefix, folder in folders():
        if name.startswith(prefix):
            target = draft.beside(prefix, folder)
            inner = PurePosixPath(name.removeprefix(prefix))
            if inner.is_absolute() or ".." in inner.parts:
                raise archive.NoBackup(f"A file in the backup would lie outside of it: {name}")
            path = target / inner
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("wb") as out:
                shutil.copyfileobj(file, out)
            draft.files += 1
