import pytest

from posts.delivery import status
from posts.delivery.mailings.queries import report
from posts.delivery.rate import store
from posts.delivery.rate.models import SendingSettings
from tests.delivery.making import make_mailing

pytestmark = pytest.mark.django_db


def test_a_mailing_without_a_worker_says_what_to_start() -> None:
    mailing = make_mailing(1)
    assert "celery -A config worker" in str(report(mailing).problem)
    status.worker_seen("host:1")
    assert report(mailing).problem is None


def test_a_trouble_is_said_before_a_limit() -> None:
    SendingSettings.objects.create(per_day=5)
    store.grant("outbox", 9)
    now = report(make_mailing(1))
    assert "celery -A config worker" in str(now.problem)
    assert now.waits == ""
