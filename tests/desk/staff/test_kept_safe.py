"""What of ways into the desk a backup holds, and what an older site's people keep."""

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client

from posts.delivery.way_out.sealing import Unsealable
from posts.desk.staff import factors
from posts.management.backup import tables
from tests.desk.staff.steps import by_password, code_at, is_in


def test_second_steps_are_in_a_backup_and_ways_in_are_not() -> None:
    """A thief of a backup finds no session and no open invitation; her passkeys come back."""
    names = {table.name for table in tables.tables()}
    assert Authenticator._meta.db_table in names
    assert not names & {"posts_desksession", "posts_deskinvitation", "posts_onetimeaddress"}
    assert {"posts_desksession", "posts_deskinvitation"} <= set(tables.emptied())


@pytest.mark.django_db
def test_the_secrets_come_back_with_the_secret_key_and_with_no_other(
    owner: User, app: str, client: Client, settings: LazySettings
) -> None:
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "of another site"
    with pytest.raises(Unsealable):
        factors.codes_left(owner)
    settings.SECRET_KEY = before
    by_password(client)
    client.post("/admin/second-step/", {"code": code_at(app)})
    assert is_in(client)


def test_no_way_in_is_named_in_settings_but_ours(settings: LazySettings) -> None:
    assert settings.AUTHENTICATION_BACKENDS == ["posts.desk.staff.halfway.Backend"]
    urls = Path(settings.BASE_DIR, "config", "urls.py").read_text()
    assert "allauth" not in urls
