import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from posts.management.backup.loading import last_of

pytestmark = pytest.mark.django_db


def test_tables_of_an_older_version_are_built_going_forward_only() -> None:
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    wanted = set(graph.nodes).difference(graph.leaf_nodes("posts"))
    plan = executor.migration_plan(last_of(wanted, graph), clean_start=True)
    assert {backwards for _, backwards in plan} == {False}
    assert {(migration.app_label, migration.name) for migration, _ in plan} == wanted
