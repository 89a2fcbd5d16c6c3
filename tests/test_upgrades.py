"""While an update is under way, processes of the release before write into the newer tables.

And go on doing so when an update is taken back: the older code is started, the tables stay. So what
is added has a default in the database, and what is no longer used goes one release later.
"""

import subprocess
import uuid
from datetime import timedelta
from functools import cache
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from wagtail.fields import StreamField

from posts.content.actions import ensure_site

pytestmark = pytest.mark.django_db

# The last migrations of the release before. To be moved on when the next one is out.
RELEASED = [("posts", "0015_one_flowing_text"), ("subscribers", "0009_who_writes")]
OURS = frozenset(app for app, _ in RELEASED)
_number = count(1)


@cache
def before() -> Any:
    """The models as the release before knows them."""
    return MigrationLoader(connection).project_state(RELEASED).apps


def names() -> list[str]:
    state = MigrationLoader(None, ignore_no_migrations=True).project_state(RELEASED)
    return sorted(f"{app}.{name}" for app, name in state.models if app in OURS)


def written(model: type[models.Model]) -> models.Model:
    """A row of it, with as little said as the older code may say."""
    values: dict[str, Any] = {}
    for field in model._meta.local_concrete_fields:
        if field.is_relation:
            if not field.null:
                values[field.attname] = _number_of(field.related_model)
        elif not (field.has_default() or field.null or isinstance(field, models.AutoField)):
            values[field.attname] = _value(field)
    row = model(**values)
    row.save_base(raw=True)  # of a page only our own table's part
    return row


def _number_of(target: Any) -> Any:
    if target._meta.app_label in OURS:
        return written(target).pk
    real = apps.get_model(target._meta.label)
    home = ensure_site().home
    if real._meta.label == "wagtailcore.Page":
        name = f"page-{next(_number)}"
        return home.add_child(instance=real(title=name, slug=name)).pk
    found = real.objects.first()
    if found is None:
        found = real.objects.create(**{f.attname: _value(f) for f in _unsaid(real)})
    return found.pk


def _unsaid(real: type[models.Model]) -> list[Any]:
    return [
        field
        for field in real._meta.local_concrete_fields
        if not (field.is_relation or field.has_default() or field.null or field.primary_key)
    ]


def _value(field: Any) -> Any:
    number = next(_number)
    kinds: dict[type[models.Field[Any, Any]], Any] = {
        models.BooleanField: False,
        models.DateTimeField: timezone.now() + timedelta(seconds=number),
        models.DateField: timezone.localdate(),
        models.IntegerField: number,
        models.FloatField: 1.0,
        models.BinaryField: number.to_bytes(16, "big"),
        models.UUIDField: uuid.uuid4(),
        models.JSONField: {},
        StreamField: [],
        models.TextField: "",
        models.CharField: f"{number}",
    }
    return next(value for kind, value in kinds.items() if isinstance(field, kind))


@pytest.mark.parametrize("name", names())
def test_the_release_before_writes_into_the_newer_tables(name: str) -> None:
    model = before().get_model(name)
    row = written(model)
    again = model._base_manager.get(pk=row.pk)
    again.save_base(raw=True, force_update=True)


# Squawk's rules (https://squawkhq.com/docs/rules) that are about taste, or about a timeout that
# `prepare` sets for itself.
MATTERS_OF_TASTE = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "require-timeout-settings",
)
# A migration that may break a rule, and why nobody notices.
EXCUSED: dict[tuple[str, str], dict[str, str]] = {
    ("posts", "0027_pages_arrive_too"): {
        "ban-drop-constraint": "a wider one takes its place: whatever is a post is a page",
        "constraint-missing-not-valid": "a row for each letter that was brought: read in a moment",
        "adding-foreign-key-constraint": "the same",
    },
    ("subscribers", "0011_whom_a_list_brought"): {
        "require-concurrent-index-creation": "an index of no row yet: the table is read once",
    },
    ("subscribers", "0013_checked_by_the_statement"): {
        "ban-drop-constraint": "triggers, and an index, hold the same before they go",
    },
}


def newer() -> list[tuple[str, str]]:
    """Migrations of ours that the release before does not have."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    known = {node for last in RELEASED for node in graph.forwards_plan(last)}
    return sorted(node for node in graph.nodes if node[0] in OURS and node not in known)


@pytest.mark.only_on("postgresql")
def test_an_update_locks_no_table_for_long_and_breaks_nobody_who_still_writes(
    tmp_path: Path,
) -> None:
    told = {node: complaints(node, tmp_path / "change.sql") for node in newer()}
    assert {node: lines for node, lines in told.items() if lines} == {}


def complaints(node: tuple[str, str], file: Path) -> list[str]:
    sql = StringIO()
    call_command("sqlmigrate", *node, stdout=sql)
    inside = [line for line in sql.getvalue().splitlines() if line not in ("BEGIN;", "COMMIT;")]
    file.write_text("\n".join(inside))
    transaction = MigrationLoader(connection).graph.nodes[node].atomic
    done = subprocess.run(
        [
            *("squawk", "--pg-version=13", "--reporter=gcc"),
            *(["--assume-in-transaction"] if transaction else []),
            f"--exclude={','.join(MATTERS_OF_TASTE)}",
            str(file),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr
    told = [line.split(": ", 2)[2] for line in done.stdout.splitlines() if str(file) in line]
    return [line for line in told if line.split()[0] not in EXCUSED.get(node, {})]


def test_the_release_before_is_part_of_this_one() -> None:
    assert set(RELEASED) <= set(MigrationLoader(connection).graph.nodes)
