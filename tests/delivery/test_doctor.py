from collections.abc import Iterator

import pytest
from celery import Celery
from pytest_django import Settings

from config.celery import app
from posts.delivery import batches, status
from posts.delivery.check import Check
from posts.delivery.doctor import checks
from posts.delivery.mailings.control import pause_for_problem
from posts.delivery.mailings.queries import report
from posts.delivery.rate import store
from posts.delivery.rate.models import SendingSettings
from tests.delivery.making import drain, make_mailing
from tests.factories import make_newsletter
from tests.sink import free_port

pytestmark = pytest.mark.django_db


def found(name: str) -> Check:
    [check] = [check for check in checks() if check.name == name]
    return check


def test_no_worker_is_a_warning_and_an_error_once_a_mailing_waits() -> None:
    assert found("workers").level == "warning"
    make_mailing(1)
    check = found("workers")
    assert check.level == "error"
    assert "celery -A config worker" in check.todo


def test_a_worker_that_was_just_seen_is_alive() -> None:
    status.worker_seen("host:1")
    assert found("workers").level == "ok"


def test_a_mail_server_out_of_reach_is_named(settings: Settings) -> None:
    make_mailing(1)
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    assert found("transport").level == "ok"
    drain()
    check = found("transport")
    assert check.level == "error"
    assert "couldn't reach" in check.message


def test_a_port_that_is_for_another_scheme_is_a_warning(settings: Settings) -> None:
    settings.EMAIL_URL = "smtps://mail.example.org:587"
    check = found("transport")
    assert check.level == "warning"
    assert "Port 587 is for smtp+tls://" in check.message


def test_an_email_url_of_no_known_kind_is_an_error(settings: Settings) -> None:
    settings.EMAIL_URL = "pigeon://loft"
    assert found("transport").level == "error"


def test_the_outbox_says_that_nothing_leaves() -> None:
    check = found("transport")
    assert "nothing leaves" in check.message
    assert "EMAIL_URL" in check.todo


def test_a_limit_that_is_used_up_is_no_error_and_is_said_of_its_mailing() -> None:
    SendingSettings.objects.create(per_day=5)
    store.grant("outbox", 9)
    status.worker_seen("host:1")
    check = found("pace")
    assert check.level == "ok"
    assert "Today’s 5 mails are used up." in check.message
    now = report(make_mailing(1))
    assert now.problem is None
    assert now.waits == "Today’s 5 mails are used up. It goes on at midnight (UTC)."


def test_a_slow_down_that_the_mail_server_asked_for_is_good_to_know() -> None:
    store.slow_down("outbox", observed=6, retry_after=None)
    check = found("pace")
    assert check.level == "warning"
    assert "Slowed down to 3 a second" in check.message
    assert check.url.endswith("/admin/sending/")


def test_a_newsletter_without_an_address_or_a_real_sender_is_named() -> None:
    make_newsletter(name="Slow", postal_address=" ", from_email="slow@localhost")
    messages = [check.message for check in checks() if check.name == "newsletter"]
    assert len(messages) == 2
    assert "no postal address" in messages[0]
    assert "slow@localhost" in messages[1]


def test_a_paused_mailing_is_shown_with_its_problem() -> None:
    mailing = make_mailing(1)
    pause_for_problem(mailing=mailing, problem="535 wrong password")
    check = found(f"mailing {mailing.pk}")
    assert "535 wrong password" in check.message
    assert "resume" in check.todo


@pytest.fixture
def broken_broker() -> Iterator[None]:
    """A Redis address where nobody listens."""
    Celery("broken", broker=f"redis://127.0.0.1:{free_port()}").set_current()
    yield
    app.set_current()


@pytest.mark.slow  # the broker is waited for
def test_a_broker_that_is_down_is_named_and_ringing_does_not_fail(broken_broker: None) -> None:
    mailing = make_mailing(1)
    assert not batches.ring()
    assert "Start Redis" in str(report(mailing).problem)
    check = found("broker")
    assert check.level == "error"
    assert "goes on by itself" in check.message
