"""A correction to who got the first mailing, and a catch-up to who subscribed since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.delivery.mailings import control, followups, recipients, schedule
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.queries import count
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, LetterVariant, Mailing
from posts.delivery.transports.base import ServerAnswer
from posts.delivery.worker import ledger
from posts.delivery.worker.replay import Replay
from subscribers.models import Subscription
from tests.delivery.clerk import hand_over, state_of
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db

NOTE = "The date was wrong.\n\nIt is <Tuesday>."


@pytest.fixture
def post(site: Foundation) -> PostPage:
    newsletter = make_newsletter()
    for _ in range(3):
        make_subscriber(newsletter)
    return make_post(title="Slow tea", newsletter=newsletter)


@pytest.fixture
def first(post: PostPage) -> Mailing:
    """Went to three: taken, refused, in doubt."""
    mailing, _ = start_mailing(post=post, by="ada")
    hand_over()
    two, three = Delivery.objects.order_by("subscriber_id").values_list("subscriber_id", flat=True)[
        1:
    ]
    Delivery.objects.filter(subscriber_id=two).update(state=Delivery.State.REFUSED)
    Delivery.objects.filter(subscriber_id=three).update(state=Delivery.State.IN_DOUBT)
    mailing.refresh_from_db()
    return mailing


def a_minute_passes() -> None:
    Mailing.objects.update(created_at=timezone.now() - timedelta(minutes=2))


def correct(first: Mailing, note: str = NOTE) -> Mailing:
    mailing, created = followups.correct(first=first, note=note, by="ben")
    assert created
    return mailing


# --- Correction ---------------------------------------------------------------------------


def test_a_correction_goes_to_who_got_the_letter_and_to_nobody_else(first: Mailing) -> None:
    make_subscriber(first.newsletter)
    got_it = Delivery.objects.get(state=Delivery.State.ACCEPTED).subscriber_id
    correction = correct(first)
    assert (correction.kind, correction.candidates) == ("correction", 1)
    assert recipients.who_may_have_it(first) == 1
    assert hand_over() == [got_it]
    assert state_of(correction) == "finished"
    assert count(correction).accounted
    event = correction.events.first()
    assert event is not None
    assert (event.action, event.by) == ("started", "ben")


def test_what_the_provider_says_was_delivered_was_got_too(first: Mailing) -> None:
    Delivery.objects.filter(state=Delivery.State.ACCEPTED).update(state=Delivery.State.DELIVERED)
    assert correct(first).candidates == 1


def test_who_unsubscribed_since_is_left_out_of_it(first: Mailing) -> None:
    Subscription.objects.update(status="unsubscribed")
    correction = correct(first)
    assert hand_over() == []
    assert count(correction).left_out == {"unsubscribed": 1}


def test_who_was_caught_up_with_gets_the_correction_too(first: Mailing) -> None:
    make_subscriber(first.newsletter)
    followups.catch_up(first=first, by="ada")
    hand_over()
    assert correct(first).candidates == 2


def test_it_has_the_post_as_it_stands_now_with_the_note_before_it(
    first: Mailing, post: PostPage
) -> None:
    post.body = [("paragraph", "<p>See you on Tuesday.</p>")]
    post.save_revision().publish()
    letter = LetterVariant.objects.get(letter=correct(first).letter)
    assert letter.subject == "Correction: Slow tea"
    assert dict(letter.headers)["Subject"] == "Correction: Slow tea"
    assert letter.text.index("It is <Tuesday>.") < letter.text.index("See you on Tuesday.")
    assert letter.html.index("It is &lt;Tuesday&gt;.") < letter.html.index("See you on Tuesday.")
    assert "The date was wrong.\n\nIt is" in letter.text


def test_the_subject_speaks_the_language_of_the_post_or_is_the_writers_own(
    first: Mailing, post: PostPage
) -> None:
    PostPage.objects.update(language="de")
    assert correct(first).subject == "Korrektur: Slow tea"
    a_minute_passes()
    own, _ = followups.correct(first=first, note=NOTE, subject="Sorry\n for that", by="ben")
    assert LetterVariant.objects.get(letter=own.letter).subject == "Sorry for that"


def test_a_subject_over_a_shoulder_stays_discreet(first: Mailing) -> None:
    person = Subscription.objects.get(
        subscriber_id=Delivery.objects.get(state=Delivery.State.ACCEPTED).subscriber_id
    ).subscriber
    person.discreet = True
    person.save()
    letters = LetterVariant.objects.filter(letter=correct(first).letter, discreet=True)
    assert letters.get().subject == "A note for you"


def test_the_subject_of_a_very_long_title_is_cut(first: Mailing) -> None:
    PostPage.objects.update(title="tea " * 63)
    assert len(correct(first).subject) <= 255
    a_minute_passes()
    with pytest.raises(DeliveryRefused, match="longer than 255"):
        followups.correct(first=first, note=NOTE, subject="t" * 256, by="ben")


def test_a_second_press_sends_nothing(first: Mailing) -> None:
    seen = followups.last_correction(first)
    made, created = followups.correct(first=first, note=NOTE, by="ben", seen=seen)
    assert created
    a_minute_passes()
    assert followups.correct(first=first, note=NOTE, by="ben", seen=seen) == (made, False)
    assert Mailing.objects.filter(kind="correction").count() == 1


def test_without_a_page_that_was_seen_a_minute_lies_between_two(first: Mailing) -> None:
    made = correct(first)
    assert followups.correct(first=first, note="Another", by="ben") == (made, False)
    a_minute_passes()
    assert correct(first, "Another") != made


def test_a_correction_that_was_undone_can_be_written_again_at_once(first: Mailing) -> None:
    made, _ = followups.correct(first=first, note=NOTE, by="ben", seen=0, hold=60)
    assert made.state == "held"
    schedule.undo(mailing=made, by="ben")
    seen = followups.last_correction(first)
    assert followups.correct(first=first, note=NOTE, by="ben", seen=seen)[1]


def test_a_post_that_moved_to_another_newsletter_is_corrected_where_it_was_sent(
    first: Mailing, post: PostPage
) -> None:
    PostPage.objects.update(newsletter=make_newsletter(from_email="other@elsewhere.example"))
    correction = correct(first)
    assert correction.newsletter == first.newsletter
    letter = LetterVariant.objects.get(letter=correction.letter)
    assert "ada@letters.example" in dict(letter.headers)["From"]
    assert len(hand_over()) == 1


def test_a_correction_needs_words_a_public_post_and_somebody(first: Mailing) -> None:
    with pytest.raises(DeliveryRefused, match="Write a note"):
        followups.correct(first=first, note=" \n", by="ben")
    Delivery.objects.update(state=Delivery.State.REFUSED)
    with pytest.raises(DeliveryRefused, match="Nobody has got this post"):
        correct(first)
    PostPage.objects.update(live=False)
    with pytest.raises(DeliveryRefused, match="is not published"):
        correct(first)
    Mailing.objects.update(post=None)
    with pytest.raises(DeliveryRefused, match="was deleted"):
        correct(first)
    assert Mailing.objects.count() == 1


def test_before_the_first_mailing_began_there_is_nothing_to_follow(post: PostPage) -> None:
    held, _ = start_mailing(post=post, by="ada", hold=60)
    for follow in (lambda: correct(held), lambda: followups.catch_up(first=held, by="ada")):
        with pytest.raises(DeliveryRefused, match="Undo the mailing"):
            follow()


def test_a_correction_is_corrected_through_the_first_mailing(first: Mailing) -> None:
    with pytest.raises(DeliveryRefused, match="follows the first mailing"):
        correct(correct(first))


# --- Catch-up -----------------------------------------------------------------------------


def test_a_catch_up_goes_to_who_subscribed_since(first: Mailing) -> None:
    since = [make_subscriber(first.newsletter).pk for _ in range(2)]
    make_subscriber(first.newsletter, status="pending")
    assert list(recipients.subscribed_since(first)) == since
    mailing, created = followups.catch_up(first=first, by="ben")
    assert (created, mailing.kind, mailing.candidates) == (True, "catch_up", 2)
    assert list(recipients.subscribed_since(first)) == []
    assert hand_over() == since
    assert list(recipients.subscribed_since(first)) == []
    assert count(mailing).accounted


def test_who_still_waits_for_the_first_mailing_is_not_caught_up_with(post: PostPage) -> None:
    first, _ = start_mailing(post=post, by="ada", spread=3600)
    hand_over(answer=ServerAnswer.RETRY, most=1)
    held = ledger.claim(transport="smtp", replay=Replay(), worker="test:1")
    assert list(recipients.subscribed_since(first)) == []
    someone = make_subscriber(post.newsletter).pk
    assert followups.catch_up(first=first, by="ada")[0].candidates == 1
    assert hand_over() == [someone]
    if held:
        held.journal.delete()


def test_a_second_press_finds_the_first(first: Mailing) -> None:
    make_subscriber(first.newsletter)
    made, _ = followups.catch_up(first=first, by="ben", hold=60)
    assert followups.catch_up(first=first, by="ben", hold=60) == (made, False)
    a_minute_passes()
    with pytest.raises(DeliveryRefused, match="in a mailing of this post already"):
        followups.catch_up(first=first, by="ben")


def test_an_undone_catch_up_leaves_everybody_where_they_were(first: Mailing) -> None:
    someone = make_subscriber(first.newsletter).pk
    made, _ = followups.catch_up(first=first, by="ben", hold=60)
    schedule.undo(mailing=made, by="ben")
    assert list(recipients.subscribed_since(first)) == [someone]
    assert followups.catch_up(first=first, by="ben")[1]


def test_a_cancelled_mailing_is_not_caught_up_with(post: PostPage) -> None:
    first, _ = start_mailing(post=post, by="ada")
    control.cancel(mailing=first, by="ada")
    make_subscriber(post.newsletter)
    with pytest.raises(DeliveryRefused, match="is cancelled"):
        followups.catch_up(first=first, by="ada")


def test_the_mailings_of_deleted_posts_have_nothing_to_do_with_each_other(first: Mailing) -> None:
    Mailing.objects.create(newsletter=first.newsletter, kind="correction")
    Mailing.objects.update(post=None)
    first.refresh_from_db()
    assert not recipients.mailings_of_post(first).exists()
