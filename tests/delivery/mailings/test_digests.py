"""The digests of a week and of a month."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from posts.content.arrivals import Arrival
from posts.content.models import PostPage
from posts.delivery.mailings import digests, schedule
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.digest_periods import last_period, period_of
from posts.delivery.mailings.queries import expected_audience, report
from posts.delivery.mailings.recipients import subscribed_since
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Digest, Mailing
from subscribers.models import Newsletter, Subscriber
from tests.delivery.making import drain, outbox
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, 1, tzinfo=UTC)


def in_the_week(newsletter: Newsletter, day: int = 18, **fields: Any) -> PostPage:
    """A post of the week from 16 to 22 November."""
    post = make_post(newsletter=newsletter, **fields)
    post.first_published_at = datetime(2026, 11, day, 12, tzinfo=UTC)
    post.save(update_fields=["first_published_at"])
    return post


def digest_of(newsletter: Newsletter, now: datetime = MONDAY) -> Mailing:
    digests.make_due(now)
    return Mailing.objects.get(kind=Mailing.Kind.DIGEST, newsletter=newsletter)


def send(mailing: Mailing) -> None:
    schedule.start_now(mailing=mailing, by="ada")
    drain()


def test_a_first_mailing_goes_to_those_who_want_each_post(db: None) -> None:
    newsletter = make_newsletter()
    each = make_subscriber(newsletter)
    make_subscriber(newsletter, pace="weekly")
    make_subscriber(newsletter, pace="monthly")
    post = make_post(newsletter=newsletter)

    mailing, _ = start_mailing(post=post, by="ada")
    drain()

    assert expected_audience(post).at_once == 1
    rows = Delivery.objects.filter(mailing=mailing)
    assert list(rows.values_list("subscriber_id", flat=True)) == [each.pk]


def test_the_week_comes_in_one_mail_to_those_who_want_it_so(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, address="each@example.org")
    make_subscriber(newsletter, pace="monthly", address="monthly@example.org")
    make_subscriber(newsletter, pace="weekly", address="weekly@example.org")
    in_the_week(newsletter, 17, title="Older")
    in_the_week(newsletter, 19, title="Newer")
    in_the_week(newsletter, 15, title="Of the week before")

    mailing = digest_of(newsletter)
    send(mailing)

    [mail] = outbox()
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["To"] == "weekly@example.org"
    assert mail["Subject"] == mailing.title == "Weekly digest, 16–22 November"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert newsletter.slug in mail["List-Id"]
    assert text.index("Newer") < text.index("Older")
    assert "Of the week before" not in text
    found = report(mailing)
    assert found.accounted
    assert found.deliveries["accepted"] == 1


def test_two_beats_make_one_digest(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    in_the_week(newsletter)

    assert digests.make_due(MONDAY) == 1
    assert digests.make_due(MONDAY + timedelta(minutes=5)) == 0


def test_an_empty_week_makes_none(db: None) -> None:
    make_subscriber(make_newsletter(), pace="weekly")

    assert digests.make_due(MONDAY) == 0
    assert not Digest.objects.exists()


@pytest.mark.parametrize(("late", "made"), [(timedelta(days=2), 1), (timedelta(days=3), 0)])
def test_a_beat_that_was_away_makes_it_late_but_not_any_more_after_days(
    db: None, late: timedelta, made: int
) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    in_the_week(newsletter)

    assert digests.make_due(MONDAY + late) == made


def test_a_digest_found_late_waits_for_the_editors_word(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    in_the_week(newsletter)
    mailing = digest_of(newsletter)
    due = timezone.now() - timedelta(hours=2)
    Mailing.objects.filter(pk=mailing.pk).update(starts_at=due)

    schedule.start_due()

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SCHEDULED
    assert "more than an hour late" in mailing.problem
    send(mailing)
    assert len(outbox()) == 1


def test_a_month_has_a_digest_of_its_own(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="monthly")
    in_the_week(newsletter)

    mailing = digest_of(newsletter, datetime(2026, 12, 1, 9, 1, tzinfo=UTC))

    assert mailing.title == "Monthly digest, November 2026"


def test_each_reader_gets_her_edition_or_the_whole_post(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly", edition="short", address="s@example.org")
    make_subscriber(newsletter, pace="weekly", format="text", address="t@example.org")
    in_the_week(newsletter, short_version="<p>In short: rest.</p>")
    in_the_week(newsletter, 17, body=[("paragraph", "<p>There is no shorter one.</p>")])

    send(digest_of(newsletter))

    mails = {mail["To"]: mail for mail in outbox()}
    short = mails["s@example.org"].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "In short: rest." in short
    assert "Rest is not a reward" not in short
    assert "There is no shorter one." in short
    plain = mails["t@example.org"]
    assert plain.get_content_type() == "text/plain"
    assert "Rest is not a reward" in plain.get_content()


def test_a_discreet_digest_says_nothing_of_itself_outside(db: None) -> None:
    newsletter = make_newsletter(name="Slow mornings")
    make_subscriber(newsletter, pace="weekly", discreet=True)
    in_the_week(newsletter)

    send(digest_of(newsletter))

    assert outbox()[0]["Subject"] == "A note for you"
    assert "Slow mornings" not in str(outbox()[0]["From"])
    assert "Slow mornings" not in str(outbox()[0]["List-Id"])


def test_each_post_of_a_digest_can_be_passed_on_and_the_friend_can_subscribe(db: None) -> None:
    newsletter = make_newsletter(slug="slow")
    make_subscriber(newsletter, pace="weekly", address="one@example.org")
    make_subscriber(newsletter, pace="weekly", address="two@example.org", discreet=True)
    posts = [in_the_week(newsletter, slug=slug) for slug in ("kettle", "window")]

    send(digest_of(newsletter))

    for mail in outbox():
        lines = mail.get_body(("plain",)).get_content().splitlines()  # type: ignore[union-attr]
        discreet = mail["To"] == "two@example.org"
        codes = [
            post.share_link.discreet_code if discreet else post.share_link.code for post in posts
        ]
        assert lines.count("Was this passed on to you?") == 1
        asked = "" if discreet else "?newsletter=slow"
        assert f"http://localhost:8000/subscribe/{asked}" in lines
        for code in codes:
            assert f"http://localhost:8000/s/{code}" in lines


def test_long_posts_are_cut_to_their_beginning_and_the_mail_stays_small(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    long = [("paragraph", f"<p>{'Slowly does it. ' * 400}</p>")] * 10
    posts = [in_the_week(newsletter, day, body=long) for day in (17, 18)]
    hidden = in_the_week(newsletter, 19, visibility="subscribers")

    send(digest_of(newsletter))

    html = outbox()[0].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert len(html.encode()) < 90_000
    assert "Read the whole post" in html
    assert all(post.public_url in html for post in posts)
    assert f"/s/{hidden.share_link.code}/" in html


def test_what_its_readers_had_elsewhere_is_in_no_digest(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    known, new = in_the_week(newsletter, day=17), in_the_week(newsletter)
    Arrival.objects.create(page=known, system="ghost", key="1", was_public=True)
    Arrival.objects.create(page=new, system="ghost", key="2", was_public=False)  # a draft there
    mailing = digest_of(newsletter)
    assert list(mailing.digest.posts.values_list("post_id", flat=True)) == [new.pk]


def test_a_post_whose_mailing_was_undone_is_in_no_digest(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter)
    make_subscriber(newsletter, pace="weekly")
    post = in_the_week(newsletter)
    mailing, _ = start_mailing(post=post, by="ada", hold=60)
    schedule.undo(mailing=mailing, by="ada")

    assert digests.make_due(MONDAY) == 0


def test_whoever_changes_her_pace_after_the_plan_gets_what_was_planned(db: None) -> None:
    newsletter = make_newsletter()
    changed = make_subscriber(newsletter, pace="weekly")
    rests = make_subscriber(newsletter, pace="weekly")
    in_the_week(newsletter)
    mailing = digest_of(newsletter)
    schedule.start_now(mailing=mailing, by="ada")
    Subscriber.objects.filter(pk=changed.pk).update(pace="each")
    Subscriber.objects.filter(pk=rests.pk).update(resting_until="9999-12-31")

    drain()

    found = report(mailing)
    assert found.deliveries["accepted"] == 1
    assert found.left_out == {"resting": 1}


def test_a_cancelled_digest_does_not_come_again(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    in_the_week(newsletter)
    schedule.undo(mailing=digest_of(newsletter), by="ada")

    assert digests.make_due(MONDAY + timedelta(hours=1)) == 0


def test_a_digest_of_posts_that_were_taken_down_says_so(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    post = in_the_week(newsletter)
    mailing = digest_of(newsletter)
    post.unpublish()

    with pytest.raises(DeliveryRefused, match="No post of this digest"):
        schedule.start_now(mailing=mailing, by="ada")


def test_whoever_had_a_post_in_a_digest_is_no_newcomer_to_it(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter)
    had_it = make_subscriber(newsletter, pace="weekly")
    post = in_the_week(newsletter)
    first, _ = start_mailing(post=post, by="ada")
    send(digest_of(newsletter))
    Subscriber.objects.filter(pk=had_it.pk).update(pace="each")
    joined = make_subscriber(newsletter)

    assert list(subscribed_since(first)) == [joined.pk]


def test_a_post_is_called_for_later_where_all_its_readers_want_digests(db: None) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="monthly")

    with pytest.raises(DeliveryRefused, match="weekly or monthly digest"):
        start_mailing(post=make_post(newsletter=newsletter), by="ada")


def test_each_reader_is_spoken_to_in_her_language_around_posts_in_theirs(db: None) -> None:
    newsletter = make_newsletter()
    for locale in ("de", "en", "fr", "es", "pl"):
        make_subscriber(newsletter, pace="weekly", locale=locale, address=f"{locale}@example.org")
    in_the_week(newsletter, title="Lass den Kessel an", language="de")

    mailing = digest_of(newsletter)
    send(mailing)

    mails = {mail["To"]: mail for mail in outbox()}
    subjects = {to[:2]: mail["Subject"] for to, mail in mails.items()}
    assert subjects["en"] == subjects["pl"] == "Weekly digest, 16–22 November"
    assert subjects["de"] == mailing.subject
    assert len(set(subjects.values())) == 4
    for to, mail in mails.items():
        speaks = to[:2] if to[:2] != "pl" else "en"  # the site's, where we do not speak hers
        assert mail["Content-Language"] == speaks
        html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert f'<html lang="{speaks}"' in html
        assert "Lass den Kessel an" in html
        assert ('lang="de"' in html.split("<h2", 1)[1].split(">", 1)[0]) is (speaks != "de")
        assert (f"language={speaks}" in html) is (speaks != "en")
    assert mailing_variants(mailing) == ["de", "en", "es", "fr"]


def mailing_variants(mailing: Mailing) -> list[str]:
    mailing.refresh_from_db()
    assert mailing.letter is not None
    return sorted(mailing.letter.variants.values_list("locale", flat=True))


def test_readers_of_one_language_share_one_rendering(db: None) -> None:
    newsletter = make_newsletter()
    for locale in ("en", "en-GB", "pl", ""):
        make_subscriber(newsletter, pace="weekly", locale=locale)
    in_the_week(newsletter)
    mailing = digest_of(newsletter)
    send(mailing)
    assert mailing_variants(mailing) == ["en"]


def test_who_chooses_another_language_after_the_plan_gets_the_nearest_there_is(db: None) -> None:
    newsletter = make_newsletter()
    one = make_subscriber(newsletter, pace="weekly", locale="en", discreet=True)
    make_subscriber(newsletter, pace="weekly", locale="de")
    in_the_week(newsletter)
    mailing = digest_of(newsletter)
    schedule.start_now(mailing=mailing, by="ada")
    Subscriber.objects.filter(pk=one.pk).update(locale="de")
    drain()
    [hers] = [mail for mail in outbox() if mail["To"] == one.address]
    assert hers["Subject"] == "A note for you"  # discretion comes before language


def test_the_letter_of_one_post_is_in_its_language_for_everybody(db: None) -> None:
    newsletter = make_newsletter()
    for locale in ("de", "en"):
        make_subscriber(newsletter, locale=locale)
    mailing, _ = start_mailing(post=make_post(newsletter=newsletter, language="de"), by="ada")
    drain()
    assert mailing_variants(mailing) == ["de"]
    assert {mail["Content-Language"] for mail in outbox()} == {"de"}


@pytest.mark.parametrize("cadence", list(digests.PACES))
def test_a_period_is_found_again_by_its_first_day(cadence: Digest.Cadence) -> None:
    for day in range(400):
        found = last_period(cadence, MONDAY + timedelta(days=day))
        if found is not None:
            assert period_of(cadence, found.first) == found
