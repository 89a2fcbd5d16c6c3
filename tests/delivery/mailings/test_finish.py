import pytest

from posts.delivery.mailings import finish
from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Mailing
from tests.delivery.making import drain, make_mailing

pytestmark = pytest.mark.django_db


def test_finished_is_not_written_while_the_rows_do_not_add_up() -> None:
    mailing = make_mailing(2)
    Mailing.objects.update(candidates=3)
    drain()
    now = report(mailing)
    assert (now.state, now.accounted) == ("sending", False)
    assert "do not add up" in str(now.problem)
    assert not finish.finish_if_done(mailing.pk)


def test_a_retry_in_the_future_keeps_the_mailing_open() -> None:
    mailing = make_mailing(1)
    drain()
    Batch.objects.create(
        mailing=mailing, recipients=b"", size=0, not_before=Mailing.objects.get().created_at
    )
    Mailing.objects.update(state="sending")
    assert not finish.finish_if_done(mailing.pk)
