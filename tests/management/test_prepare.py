import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from posts.content.models import HomePage

pytestmark = pytest.mark.django_db


def prepare() -> str:
    out = StringIO()
    call_command("prepare", "--json", stdout=out)
    return out.getvalue()


def test_what_every_site_has_is_made_once_with_a_way_in() -> None:
    text = prepare()
    assert "Make your account here" in text
    assert "/admin/welcome/" in json.loads(text.splitlines()[-1])["desk"]
    prepare()
    assert HomePage.objects.count() == 1


def test_a_site_that_has_an_owner_gives_no_address_away() -> None:
    User.objects.create_superuser("ada", password="a long one")
    text = prepare()
    assert "/admin/welcome/" not in text
    assert json.loads(text.splitlines()[-1]) == {"desk": None}


def test_a_database_that_is_away_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    with pytest.raises(CommandError, match="connection refused") as trouble:
        prepare()
    assert "DATABASE_URL" in str(trouble.value)
    assert trouble.value.returncode == 1
