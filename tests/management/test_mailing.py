"""`manage.py mailing`: what it says of a mailing that only waits."""

import pytest
from django.core.management import call_command

from posts.delivery import status
from posts.delivery.rate import store
from posts.delivery.rate.models import SendingSettings
from tests.delivery.making import make_mailing

pytestmark = pytest.mark.django_db


def test_a_mailing_that_waits_for_midnight_says_so_and_is_no_trouble(
    capsys: pytest.CaptureFixture[str],
) -> None:
    SendingSettings.objects.create(per_day=5)
    store.grant("outbox", 5)
    status.worker_seen("host:1")
    call_command("mailing", "--id", str(make_mailing(3).pk), "--json")
    said = capsys.readouterr()
    assert "Today’s 5 mails are used up. It goes on at midnight (UTC)." in said.out
    assert '"problem": null' in said.out
    assert said.err == ""
