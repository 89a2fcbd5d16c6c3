"""Where mail goes is one answer, read anew by whoever asks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.way_out import choose_way_out
from posts.delivery.transports import current
from posts.delivery.way_out.models import WayOut
from posts.delivery.way_out.queries import WayOutUnreadable, email_url

pytestmark = pytest.mark.django_db

SECRET = "between us"
URL = f"smtp+tls://ada:{SECRET.replace(' ', '%20')}@mail.example.org:587"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(settings: Settings) -> None:
    settings.EMAIL_URL = ""


def choose(url: str = URL) -> None:
    choose_way_out(url=url, shown={"host": "mail.example.org"}, by="ada")


def test_until_somebody_chooses_mail_stays_in_the_outbox() -> None:
    assert current().name == "outbox"


def test_what_was_chosen_counts_at_once_and_costs_one_read() -> None:
    choose()
    assert current().describe() == "the mail server mail.example.org:587"
    with CaptureQueriesContext(connection) as queries:
        assert email_url() == URL
    assert len(queries) == 1
    choose("mailgun://key@letters.example.org")
    assert current().name == "mailgun"


def test_the_database_does_not_tell_the_password() -> None:
    choose()
    row = WayOut.objects.get()
    assert SECRET not in f"{row.sealed} {row.shown}"
    assert "smtp" not in row.sealed


def test_the_environment_wins_and_then_nobody_can_choose(settings: Settings) -> None:
    choose()
    settings.EMAIL_URL = "outbox:"
    assert current().name == "outbox"
    with pytest.raises(DeliveryRefused, match="fixed how mail leaves"):
        choose()


@pytest.mark.parametrize("harm", ["another SECRET_KEY", "damage"])
def test_what_cannot_be_read_any_more_is_no_way_out(harm: str, settings: Settings) -> None:
    choose()
    if harm == "damage":
        WayOut.objects.update(sealed="gAAAA nothing")
    else:
        settings.SECRET_KEY = "another one"
    with pytest.raises(WayOutUnreadable, match="Enter it again"):
        current()
    choose()
    assert current().name == "smtp"
