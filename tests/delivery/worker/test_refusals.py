"""What a server says to RCPT, DATA or a body is as good a bounce as one that comes back later."""

import pytest
from pytest_django import Settings

from posts.delivery import doctor
from posts.delivery.models import Delivery, Mailing
from posts.delivery.reporting.tally import tally
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.transports.verdict import BLOCKED, HARD, SOFT
from posts.delivery.worker import answers, ledger, retries
from posts.delivery.worker.refusals import reason_of
from posts.delivery.worker.replay import Replay
from posts.desk import report_texts
from subscribers.models import ConsentEvent, SoftBounces, Subscriber, Subscription, Suppression
from subscribers.queries import recipients
from tests.delivery.making import claim, drain, make_mailing, states
from tests.sink import Sink

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 5.1.1 <bea@example.org>: user unknown", HARD),
        ("550-5.1.1 The account that you tried to reach does not exist.", HARD),
        ("550 No such user here", HARD),
        ("550 5.1.1 <spam.policy@example.org> no such mailbox", HARD),
        ("550 5.1.10 recipient not found", HARD),
        ("550 5.2.1 mailbox disabled", SOFT),
        ("452 4.2.2 mailbox full", SOFT),
        ("552 5.2.2 mailbox size limit exceeded", SOFT),
        ("552 user over quota", SOFT),
        ("550 5.2.1 she gets mail at a rate that", SOFT),
        ("450 4.3.0 try again", SOFT),
        ("450 user unknown", SOFT),
        ("550 what", SOFT),
        ("550 5.7.1 rejected by policy", BLOCKED),
        ("554 5.7.1 looks like spam", BLOCKED),
        ("554 looks like spam", BLOCKED),
        ("550 5.7.26 unauthenticated mail", BLOCKED),
        ("550 5.4.5 daily sending quota exceeded", BLOCKED),
        ("550 too many recipients this hour", BLOCKED),
        ("552 5.3.4 message size exceeds fixed limit", BLOCKED),
        ("552 message too large", BLOCKED),
        ("450 4.7.1 greylisted", BLOCKED),
        ("550 your IP 5.1.1.9 is on a block list", BLOCKED),
        ("Mailgun says: rejected.", ""),
        ("This address cannot be written in SMTP.", ""),
        ("", ""),
    ],
)
def test_a_reply_is_about_an_address_or_a_mailbox_or_us(reply: str, reason: str) -> None:
    assert reason_of(reply) == reason


def people(mailing: Mailing) -> list[Subscriber]:
    ids = [pk for batch in mailing.batches.all() for pk in batch.ids()]
    return list(Subscriber.objects.filter(pk__in=ids).order_by("pk"))


def test_who_is_refused_for_good_is_given_up_at_once_and_not_in_the_next_mailing(
    settings: Settings,
) -> None:
    mailing = make_mailing(3)
    gone, full, fine = people(mailing)
    rcpt = {gone.address: "550 5.1.1 no such user", full.address: "552 5.2.2 mailbox full"}
    with Sink(rcpt=rcpt) as sink:
        settings.EMAIL_URL = f"{sink.url}?connections=1"
        drain()
    assert states(mailing) == ["refused", "refused", "accepted"]
    reasons = dict(Delivery.objects.values_list("subscriber_id", "reason"))
    assert reasons == {gone.pk: HARD, full.pk: SOFT, fine.pk: ""}
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED
    assert gone.subscriptions.get().status == Subscription.Status.BOUNCED
    event = gone.consent_events.order_by("-pk")[0]
    assert (event.kind, event.source) == (ConsentEvent.Kind.BOUNCED, "reported by mail server")
    assert SoftBounces.objects.get().subscriber == full
    again = recipients(mailing.newsletter_id, [gone.pk, full.pk, fine.pk])
    assert [person.id for person in again if not person.left_out] == [full.pk, fine.pk]


@pytest.mark.parametrize(
    "reply", ["550 5.7.1 policy", "554 5.7.1 spam", "550 5.4.5 sending quota", "553 reputation"]
)
def test_a_refusal_that_is_about_us_suppresses_nobody_and_is_shown_as_ours(
    reply: str, settings: Settings
) -> None:
    mailing = make_mailing(2)
    with Sink(data=dict.fromkeys([one.address for one in people(mailing)], reply)) as sink:
        settings.EMAIL_URL = f"{sink.url}?connections=1"
        drain()
    assert states(mailing) == ["refused"] * 2
    assert not Suppression.objects.exists()
    assert not SoftBounces.objects.exists()
    [group] = tally(mailing).refused
    assert (group.people, group.ours) == (2, 2)
    [part] = report_texts.refusals([group])
    assert "about us or the letter" in part.text
    [line] = [check for check in doctor.checks() if check.name == "refusals"]
    assert line.message.startswith("2 letters were refused this week")
    assert reply in line.message


def record(held: ledger.Claim, reply: str, *, final: bool = True) -> None:
    outcomes = [Outcome(one.id, ServerAnswer.REFUSED, reply) for one in held.recipients]
    ledger.record(
        batch_id=held.batch_id,
        epoch=held.epoch,
        outcomes=outcomes,
        replay=Replay(),
        final=final,
    )


def test_a_refusal_that_is_recorded_twice_counts_once() -> None:
    make_mailing(1)
    held = claim()
    record(held, "552 5.2.2 mailbox full", final=False)
    record(held, "552 5.2.2 mailbox full")
    held.journal.delete()
    assert SoftBounces.objects.get().count == 1


def test_who_was_put_off_until_we_gave_up_counts_as_soft(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "is_old", lambda _: True)
    monkeypatch.setattr(retries, "GIVE_UP_ATTEMPTS", 1)
    mailing = make_mailing(2)
    held = claim()
    replies = ["452 4.2.2 mailbox full", "450 4.7.1 not from you"]
    outcomes = [
        Outcome(one.id, ServerAnswer.RETRY, reply)
        for one, reply in zip(held.recipients, replies, strict=True)
    ]
    ledger.record(batch_id=held.batch_id, epoch=held.epoch, outcomes=outcomes, replay=Replay())
    held.journal.delete()
    assert states(mailing) == ["refused"] * 2
    assert list(Delivery.objects.order_by("subscriber_id").values_list("reason", flat=True)) == [
        SOFT,
        BLOCKED,
    ]
    assert SoftBounces.objects.count() == 1


def test_an_orphaned_journals_refusal_follows_too() -> None:
    make_mailing(1)
    held = claim()
    [person] = held.recipients
    held.journal.attempt(person.id)
    held.journal.abandon()
    outcome = Outcome(person.id, ServerAnswer.REFUSED, "550 5.1.1 gone")
    ledger.record(
        batch_id=held.batch_id,
        epoch=held.epoch,
        outcomes=[],
        replay=Replay(),
        complete=False,
    )
    ledger.apply_evidence(batch_id=held.batch_id, outcomes=[outcome], replay=Replay())
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED
