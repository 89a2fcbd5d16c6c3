"""A database that came back from a backup mails nobody by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.content.actions import Foundation
from posts.delivery import restored
from posts.delivery.mailings import control, digests, followups, schedule
from posts.delivery.mailings.after_rest import welcome_back
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.coming_back import (
    come_back,
    let_mail_go,
    mailings_in_question,
    posts_in_question,
    was_not_mailed,
)
from posts.delivery.mailings.queries import report
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Digest, Mailing
from posts.delivery.restored import Restoration
from subscribers.models import Subscriber, TransactionalMail
from tests.delivery.making import claim, drain, make_mailing, outbox, states
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db


def back(*, whole: bool = True, hours: int = 1) -> Restoration:
    now = timezone.now()
    return come_back(
        taken_at=now - timedelta(hours=hours),
        known_until=now if whole else None,
        whole=whole,
        objectors=0,
    )


def work() -> None:
    """What workers and beat do by themselves."""
    schedule.release_held()
    schedule.start_due()
    digests.make_due()
    welcome_back()
    drain()


@pytest.mark.parametrize("state", ["sending", "held", "paused"])
def test_what_was_waiting_is_paused_and_says_why(state: str) -> None:
    mailing = make_mailing(3)
    Mailing.objects.filter(pk=mailing.pk).update(state=state, starts_at=timezone.now())
    back()
    work()
    found = report(Mailing.objects.get(pk=mailing.pk))
    assert (found.state, found.deliveries["waiting"]) == ("paused", 3)
    assert "3 people still waited" in str(found.problem)
    assert outbox() == []
    assert mailings_in_question() == [mailing]


def test_what_was_under_way_is_in_doubt_and_stays_so() -> None:
    mailing = make_mailing(3)
    claim("outbox").journal.delete()
    back()
    work()
    found = report(Mailing.objects.get(pk=mailing.pk))
    assert (found.deliveries["in_doubt"], found.accounted) == (3, True)


def test_a_person_may_let_a_paused_mailing_go_on() -> None:
    mailing = make_mailing(2)
    back()
    mailing.refresh_from_db()
    control.resume(mailing=mailing, by="ada")
    drain()
    assert states(mailing) == ["accepted", "accepted"]


def test_what_was_scheduled_waits_for_a_word(site: Foundation) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    mailing, _ = schedule.schedule_mailing(
        post=post, at=timezone.now() + timedelta(minutes=1), by="ada"
    )
    back()
    Mailing.objects.update(starts_at=timezone.now())
    work()
    mailing.refresh_from_db()
    assert mailing.state == "scheduled"
    assert "may be out already" in mailing.problem


def test_a_post_that_may_have_been_mailed_wants_somebody_who_says_that_it_was_not(
    site: Foundation,
) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    back()
    with pytest.raises(DeliveryRefused, match="is not known here"):
        start_mailing(post=post, by="ada")
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(DeliveryRefused, match="is not known here"):
        schedule.schedule_mailing(post=post, at=tomorrow, by="ada")
    assert posts_in_question() == [post]
    was_not_mailed(post_id=post.pk, by="ada")
    assert start_mailing(post=post, by="ada")[1]
    assert posts_in_question() == []


def test_a_post_that_was_written_after_the_return_is_mailed_as_ever(site: Foundation) -> None:
    make_post()
    back()
    post = make_post()
    make_subscriber(post.newsletter)
    assert start_mailing(post=post, by="ada")[1]


def test_what_follows_a_mailing_may_have_gone_out_too(site: Foundation) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    first, _ = start_mailing(post=post, by="ada")
    drain()
    Mailing.objects.update(state="finished")
    back()
    make_subscriber(post.newsletter)
    with pytest.raises(DeliveryRefused, match="is not known here"):
        followups.catch_up(first=Mailing.objects.get(pk=first.pk), by="ada")


def test_a_digest_that_was_due_before_the_return_waits_for_a_word(
    site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post()
    make_subscriber(post.newsletter, pace="weekly")
    back(hours=24 * 7)
    monkeypatch.setattr(digests, "_posts_of", lambda newsletter, period: [post])
    digests.make_due()
    mailing = Mailing.objects.get(digest__cadence=Digest.Cadence.WEEKLY)
    assert "Whether it went out then is not known" in mailing.problem
    schedule.start_due()
    mailing.refresh_from_db()
    assert mailing.state == "scheduled"


def test_mails_that_were_due_are_set_aside_and_counted(site: Foundation) -> None:
    reader = make_subscriber(site.newsletter)
    TransactionalMail.objects.create(subscriber=reader, kind="confirm", due_at=timezone.now())
    Subscriber.objects.filter(pk=reader.pk).update(resting_since=timezone.now())
    row = back()
    assert row.set_aside == {"own mails": 1, "sign-ups": 0, "after a rest": 1, "imports": 0}
    assert not TransactionalMail.objects.filter(due_at__isnull=False).exists()


def test_while_objections_are_missing_nothing_leaves_until_somebody_lets_it(
    site: Foundation,
) -> None:
    back(whole=False)
    mailing = make_mailing(1)
    work()
    assert states(mailing) == []
    post = make_post()
    make_subscriber(post.newsletter)
    with pytest.raises(DeliveryRefused, match="who said no since"):
        start_mailing(post=post, by="ada")
    Mailing.objects.filter(pk=mailing.pk).update(state="paused")
    with pytest.raises(DeliveryRefused, match="who said no since"):
        control.resume(mailing=mailing, by="ada")
    Mailing.objects.filter(pk=mailing.pk).update(state="sending")

    assert let_mail_go(by="ada")
    assert not let_mail_go(by="ben")
    assert Restoration.objects.get().opened_by == "ada"
    drain()
    assert states(mailing) == ["accepted"]


def test_a_site_that_never_came_back_is_asked_nothing(site: Foundation) -> None:
    assert restored.shut() is None
    assert posts_in_question() == []
    assert mailings_in_question() == []
