"""“Did they get it?” in sentences."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.reporting.lookup import look_up
from posts.desk.did_they_get_it import ReaderAnswer, answer
from subscribers import actions
from subscribers.addresses import normalise
from subscribers.models import Subscriber, Subscription, Suppression
from tests.delivery.making import make_mailing
from tests.delivery.reporting.making import begin_earlier, finish, make_settled, put
from tests.factories import make_newsletter, make_subscriber

State = Delivery.State

pytestmark = pytest.mark.django_db


def ask(mailing: Mailing, address: str = "") -> ReaderAnswer:
    address = address or Subscriber.objects.order_by("pk").first().address  # type: ignore[union-attr]
    return answer(look_up(mailing, normalise(address)), mailing)


def all_of(said: ReaderAnswer) -> str:
    return " ".join([said.short, *said.sentences, said.message, said.next])


@pytest.mark.parametrize(
    ("state", "reason", "message", "expected"),
    [
        (State.ATTEMPTING, "", None, ["Any moment now", "in attempt 1"]),
        (State.ACCEPTED, "", None, ["as far as we can know", "next mail server", "spam"]),
        (State.DELIVERED, "", None, ["Yes.", "provider said", "it arrived"]),
        (State.REFUSED, "", "550 no", ["No.", "said no", "after 1 attempt", "550 no"]),
        (State.RETRYING, "", "451 later", ["Not yet", "tried again by itself", "451 later"]),
        (State.IN_DOUBT, "", "lost", ["Perhaps", "never came", "never send twice", "lost"]),
        (State.LEFT_OUT, "resting", None, ["on purpose", "resting from mails"]),
        (State.LEFT_OUT, "some news", None, ["on purpose", "some news"]),
        (State.BOUNCED, "hard", "550 gone", ["No.", "came back", "does not exist", "550 gone"]),
        (State.COMPLAINED, "", None, ["Yes.", "reported it as spam"]),
    ],
)
def test_each_state_has_its_sentences(
    state: State, reason: str, message: str | None, expected: list[str]
) -> None:
    said = all_of(ask(make_settled((state, reason, message))))
    assert [part for part in expected if part not in said] == []


def test_the_outbox_is_no_mail_server() -> None:
    mailing = make_settled((State.ACCEPTED, "", None))
    Batch.objects.update(transport="outbox")
    assert ask(mailing).short == "No: it has not left this machine."


def test_a_retry_says_from_when_on() -> None:
    mailing = make_settled((State.RETRYING, "", "451 later"))
    number = Subscriber.objects.get().pk
    due = timezone.now().replace(hour=3, minute=7) + timedelta(days=1)
    Batch.objects.create(
        mailing=mailing,
        purpose=Batch.Purpose.RETRY,
        recipients=Batch.pack([number]),
        size=1,
        not_before=due,
    )
    assert "03:07 on." in all_of(ask(mailing))


@pytest.mark.parametrize(
    ("state", "expected"),
    [("paused", "when you resume the mailing"), ("cancelled", "they are left out")],
)
def test_a_retry_of_a_mailing_that_stands_still_is_no_promise(state: str, expected: str) -> None:
    mailing = make_settled((State.RETRYING, "", "451 later"))
    mailing.state = state
    said = all_of(ask(mailing))
    assert expected in said
    assert "by itself" not in said


@pytest.mark.parametrize("state", [State.REFUSED, State.IN_DOUBT])
def test_a_cancelled_mailing_offers_no_further_attempt(state: State) -> None:
    mailing = make_settled((state, "", "no"))
    assert "page of the mailing" in all_of(ask(mailing))
    mailing.state = Mailing.State.CANCELLED
    assert "page of the mailing" not in all_of(ask(mailing))


def test_who_was_handed_back_was_not_attempted() -> None:
    mailing = make_mailing(1)
    batch = mailing.batches.get()
    put(batch, batch.ids()[0], State.RETRYING, attempt=0)
    finish(batch)
    assert "nothing was attempted yet" in all_of(ask(mailing))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("sending", "their turn comes by itself"),
        ("paused", "when you resume it"),
        ("cancelled", "they are left out"),
    ],
)
def test_whoever_waits_is_told_for_what(state: str, expected: str) -> None:
    mailing = make_mailing(1)
    mailing.state = state
    said = ask(mailing)
    assert said.short == "Not yet."
    assert expected in all_of(said)


def test_a_batch_for_later_says_from_when_on() -> None:
    mailing = make_mailing(1)
    due = timezone.now().replace(hour=3, minute=7) + timedelta(days=1)
    Batch.objects.update(not_before=due)
    assert "03:07 on." in all_of(ask(mailing))


# --- Not in the mailing -------------------------------------------------------------------


def test_who_joined_after_it_started() -> None:
    mailing = make_mailing(0)
    begin_earlier(mailing, timedelta(hours=2))
    address = normalise("new@example.org")
    actions.add_confirmed(address=address, newsletter=mailing.newsletter, source="", by="ada")
    said = ask(mailing, "new@example.org")
    assert "after it had started" in all_of(said)
    assert said.next == f"The next post of “{mailing.newsletter}”."


@pytest.mark.parametrize(
    ("status", "why", "then"),
    [
        ("pending", "never confirmed", "until they confirm"),
        ("unsubscribed", "now: unsubscribed", "unless they sign up again"),
        ("bounced", "now: bounced", "unless they sign up again"),
        ("active", "were not subscribed", "The next post of"),
    ],
)
def test_who_was_not_subscribed(status: str, why: str, then: str) -> None:
    mailing = make_mailing(0)
    person = make_subscriber(mailing.newsletter, status=status)
    said = ask(mailing, person.address)
    assert why in all_of(said)
    assert then in said.next


def test_who_had_left_before_is_told_with_the_day() -> None:
    mailing = make_mailing(0)
    person = make_subscriber(mailing.newsletter)
    subscription = Subscription.objects.get()
    actions.unsubscribe(subscription=subscription, source="", by="reader")
    assert f"Since {timezone.localtime():%-d %b %Y}" in all_of(ask(mailing, person.address))


def test_who_gets_another_newsletter() -> None:
    mailing = make_mailing(0)
    person = make_subscriber(make_newsletter())
    said = ask(mailing, person.address)
    assert "They were never subscribed to" in all_of(said)


def test_who_rests_gets_the_next_one_after_it() -> None:
    mailing = make_settled((State.LEFT_OUT, "resting", None))
    Subscriber.objects.update(resting_until=timezone.localdate() + timedelta(days=40))
    assert "They rest from mails until" in ask(mailing).next


def test_an_address_that_must_not_be_mailed_gets_nothing() -> None:
    mailing = make_settled((State.BOUNCED, "hard", "550 gone"))
    address = normalise(Subscriber.objects.get().address)
    actions.suppress(address=address, reason=Suppression.Reason.BOUNCED, source="", by="machine")
    assert ask(mailing).next == "Nothing: this address must not be mailed again."


def test_a_stranger() -> None:
    said = ask(make_mailing(0), "nobody@example.org")
    assert "has ever been subscribed" in said.short
    assert said.person_id is None


def test_of_the_erased_nothing_can_be_told() -> None:
    mailing = make_mailing(0)
    person = make_subscriber(mailing.newsletter)
    actions.erase(address=normalise(person.address), source="", by="ada")
    assert ask(mailing, person.address).short == "That can’t be told any more."


def test_a_block_without_a_person_says_why() -> None:
    address = normalise("gone@example.org")
    actions.suppress(address=address, reason=Suppression.Reason.MANUAL, source="", by="ada")
    assert "entered by hand" in all_of(ask(make_mailing(0), "gone@example.org"))


def test_a_mailing_that_waits_for_its_time_has_not_settled_who_gets_it() -> None:
    mailing = make_mailing(0)
    person = make_subscriber(mailing.newsletter)
    mailing.state = Mailing.State.SCHEDULED
    assert "settled when it does" in all_of(ask(mailing, person.address))
