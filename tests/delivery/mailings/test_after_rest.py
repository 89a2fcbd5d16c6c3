"""What comes after a rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from posts.content.models import PostPage
from posts.delivery.mailings import after_rest
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Digest, Mailing
from subscribers.models import Newsletter, Subscriber
from tests.delivery.making import drain, outbox
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db

TODAY = timezone.localtime().replace(hour=10, minute=0)
LONG_AGO = TODAY - timedelta(days=60)


def rested(newsletter: Newsletter, since: datetime = LONG_AGO, **fields: Any) -> Subscriber:
    return make_subscriber(newsletter, resting_since=since, **fields)


def published(newsletter: Newsletter, days_ago: int, **fields: Any) -> PostPage:
    post = make_post(newsletter=newsletter, **fields)
    post.first_published_at = TODAY - timedelta(days=days_ago)
    post.save(update_fields=["first_published_at"])
    return post


def returns() -> list[Mailing]:
    rows = Digest.objects.filter(cadence="return").select_related("mailing").order_by("pk")
    return [row.mailing for row in rows if row.mailing is not None]


def test_five_missed_posts_come_in_one_gentle_mail_and_no_more(db: None) -> None:
    newsletter = make_newsletter()
    reader = rested(newsletter, address="back@example.org")
    for number in range(7):
        published(newsletter, 10 + number, title=f"Post {number}", short_version="<p>Short.</p>")

    assert after_rest.welcome_back(TODAY) == 1
    drain()

    [mail] = outbox()
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["To"] == "back@example.org"
    assert "There is nothing you have to read." in " ".join(text.split())
    assert [f"Post {number}" in text for number in range(7)] == [True] * 5 + [False] * 2
    assert "Rest is not a reward" not in text
    reader.refresh_from_db()
    assert reader.resting_since is None


def test_the_mail_does_not_tell_that_its_reader_was_away(db: None) -> None:
    newsletter = make_newsletter()
    rested(newsletter)
    published(newsletter, 10)

    after_rest.welcome_back(TODAY)
    drain()

    seen = outbox()[0].as_string().lower()
    assert not [word for word in ("resting", "welcome back", "return:") if word in seen]


def test_a_second_beat_mails_nobody_again(db: None) -> None:
    newsletter = make_newsletter()
    rested(newsletter)
    published(newsletter, 10)

    assert [after_rest.welcome_back(TODAY) for _ in range(2)] == [1, 0]
    assert len(returns()) == 1


def test_whoever_still_rests_is_left_in_peace(db: None) -> None:
    newsletter = make_newsletter()
    rested(newsletter, resting_until=TODAY.date() + timedelta(days=1))
    published(newsletter, 10)

    assert after_rest.welcome_back(TODAY) == 0


def test_nothing_comes_at_night(db: None) -> None:
    newsletter = make_newsletter()
    rested(newsletter, resting_until=TODAY.date())
    published(newsletter, 10)

    assert after_rest.welcome_back(TODAY.replace(hour=0, minute=5)) == 0
    assert after_rest.welcome_back(TODAY) == 1


def test_who_missed_nothing_gets_no_mail_and_is_done_with(db: None) -> None:
    newsletter = make_newsletter()
    reader = rested(newsletter, since=TODAY - timedelta(days=5))
    published(newsletter, 10)

    assert after_rest.welcome_back(TODAY) == 1
    reader.refresh_from_db()
    assert reader.resting_since is None
    assert not returns()


def test_those_who_missed_different_posts_get_different_mails(db: None) -> None:
    newsletter = make_newsletter()
    rested(newsletter)
    rested(newsletter, since=TODAY - timedelta(days=15))
    published(newsletter, 20, title="Early")
    published(newsletter, 10, title="Late")

    after_rest.welcome_back(TODAY)

    assert sorted(
        [row.post.title for row in digest.posts.select_related("post")]
        for digest in Digest.objects.all()
    ) == [["Late"], ["Late", "Early"]]


def test_a_plan_that_dies_leaves_everybody_for_the_next_beat(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsletter = make_newsletter()
    reader = rested(newsletter)
    published(newsletter, 10)

    def dies(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(after_rest, "attach", dies)
        with pytest.raises(SystemExit):
            after_rest.welcome_back(TODAY)

    assert not Mailing.objects.exists()
    reader.refresh_from_db()
    assert reader.resting_since == LONG_AGO
    assert after_rest.welcome_back(TODAY) == 1


def test_a_rest_that_ends_while_a_mailing_waits_brings_that_and_no_catch_up(db: None) -> None:
    newsletter = make_newsletter()
    reader = rested(newsletter, resting_until=TODAY.date() + timedelta(days=5))
    mailing, _ = start_mailing(post=published(newsletter, 1), by="ada")
    Subscriber.objects.filter(pk=reader.pk).update(resting_until=None)

    assert after_rest.welcome_back(TODAY) == 1
    drain()

    assert not returns()
    assert [mail["X-Mailing"] for mail in outbox()] == [str(mailing.pk)]


def test_a_rest_that_ends_after_the_hand_over_brings_the_catch_up(db: None) -> None:
    newsletter = make_newsletter()
    reader = rested(newsletter, resting_until=TODAY.date() + timedelta(days=5))
    start_mailing(post=published(newsletter, 1), by="ada")
    drain()
    assert not outbox()
    Subscriber.objects.filter(pk=reader.pk).update(resting_until=None)

    after_rest.welcome_back(TODAY)
    drain()

    assert [mail["X-Mailing"] for mail in outbox()] == [str(returns()[0].pk)]


def test_what_a_digest_will_bring_is_not_brought_twice(db: None) -> None:
    newsletter = make_newsletter()
    now = datetime(2026, 11, 25, 10, tzinfo=UTC)
    rested(newsletter, since=now - timedelta(days=30), pace="weekly")
    post = make_post(newsletter=newsletter)
    post.first_published_at = datetime(2026, 11, 24, 8, tzinfo=UTC)  # of this week
    post.save(update_fields=["first_published_at"])

    assert after_rest.welcome_back(now) == 1
    assert not returns()


def test_one_newsletter_that_may_not_send_keeps_its_readers_for_later(
    db: None, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org"
    settings.SITE_URL = "https://letters.example"
    newsletter = make_newsletter(postal_address="")
    reader = rested(newsletter)
    published(newsletter, 10)

    assert after_rest.welcome_back(TODAY) == 0
    reader.refresh_from_db()
    assert reader.resting_since is not None


def test_who_comes_back_is_greeted_in_her_language(db: None) -> None:
    newsletter = make_newsletter()
    rested(newsletter, locale="de", address="de@example.org")
    rested(newsletter, locale="en", address="en@example.org")
    published(newsletter, 3)
    after_rest.welcome_back(TODAY)
    drain()
    spoken = {mail["To"]: mail["Content-Language"] for mail in outbox()}
    assert spoken == {"de@example.org": "de", "en@example.org": "en"}
    assert len({mail["Subject"] for mail in outbox()}) == 2
