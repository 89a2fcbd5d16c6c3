"""`restore` ends with a sentence, whatever the database says of the rows."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from posts.management.commands import restore

pytestmark = pytest.mark.django_db


def test_rows_that_do_not_fit_together_are_told_in_one_line(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise psycopg.errors.UniqueViolation("duplicate key\nDETAIL:  Key (id)=(1) is there.")

    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(restore, "restore", refused)
    monkeypatch.setattr(restore, "is_encrypted", lambda path: False)
    with pytest.raises((CommandError, SystemExit)) as told:
        call_command("restore", str(tmp_path / "letters.backup"))
    said = str(told.value)
    assert "Nothing was restored: duplicate key DETAIL: Key (id)=(1) is there." in said
