import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from posts.delivery.hosts import version_mark


def test_version_names_code_and_database_without_asking_one() -> None:
    # No database mark: a query would fail this test.
    out = StringIO()
    call_command("version", "--json", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert told["version"][0].isdigit()
    assert told["mark"] == version_mark()


@pytest.mark.django_db
def test_it_names_the_changes_that_an_update_makes() -> None:
    out = StringIO()
    call_command("version", "--json", stdout=out)
    applied = MigrationRecorder(connection).applied_migrations()
    assert set(json.loads(out.getvalue().splitlines()[-1])["database"].items()) <= set(applied)
