"""A mailing that is walked through whatever may happen to it, one thing at a time."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from posts.content.models import PostPage
from posts.delivery.mailings import control, finish, schedule
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.states import Who
from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.worker import journal, ledger, recovery
from tests.delivery.events.making import brevo_reports
from tests.factories import make_subscriber

States = tuple[Mailing.State, dict[int, Delivery.State]]  # of the mailing, and by subscriber id
ANSWERS = [*ServerAnswer][1:]
REPORTS = (
    "delivered",
    "delivered",
    "soft_bounce",
    "hard_bounce",
    "spam",
    "spam",
    "request",
    "deferred",
)
PEOPLE = 6
KEYED = recovery.replay_by("resend")

# Who takes each step, and how often beside the others: what ends a mailing is rare.
STEPS: dict[str, tuple[Who, int]] = {
    "undo": (Who.PERSON, 1),
    "start now": (Who.PERSON, 2),
    "pause": (Who.PERSON, 3),
    "resume": (Who.PERSON, 20),
    "cancel": (Who.PERSON, 2),
    "retry failed": (Who.PERSON, 10),
    "resend doubts": (Who.PERSON, 10),
    "release": (Who.MACHINE, 2),
    "start due": (Who.MACHINE, 2),
    "claim": (Who.MACHINE, 60),
    "record": (Who.MACHINE, 50),
    "die": (Who.MACHINE, 8),
    "lose the host": (Who.MACHINE, 8),
    "let keys expire": (Who.MACHINE, 3),
    "find journals": (Who.MACHINE, 12),
    "leave out": (Who.MACHINE, 6),
    "finish": (Who.MACHINE, 20),
    "find a problem": (Who.MACHINE, 3),
    # What follows from it, a mailing that is finished say, is the machine's.
    "reported": (Who.PROVIDER | Who.MACHINE, 60),
}
_WEIGHTS = [often for _, often in STEPS.values()]


class Walk:
    """`begins`: "now", "held" or "scheduled". All that is chance comes from `dice`."""

    def __init__(self, post: PostPage, dice: Random, *, begins: str) -> None:
        self._dice = dice
        self._held: list[ledger.Claim] = []
        self.people = [make_subscriber(post.newsletter) for _ in range(PEOPLE)]
        if begins == "scheduled":
            at = timezone.now() + timedelta(hours=1)
            self.mailing, _ = schedule.schedule_mailing(post=post, at=at, by="ada")
        else:
            self.mailing, _ = start_mailing(post=post, by="ada", hold=60 * (begins == "held"))

    def states(self) -> States:
        rows = Delivery.objects.filter(mailing=self.mailing).values_list("subscriber_id", "state")
        state = Mailing.objects.get(pk=self.mailing.pk).state
        return Mailing.State(state), {pk: Delivery.State(state) for pk, state in rows}

    def step(self) -> str:
        """Take one, which may be refused; answers which it was."""
        [name] = self._dice.choices(list(STEPS), _WEIGHTS)
        self.mailing.refresh_from_db()
        with suppress(DeliveryRefused):
            self._steps()[name]()
        return name

    def _steps(self) -> dict[str, Callable[..., object]]:
        mailing: Any = {"mailing": self.mailing}
        return {
            "undo": lambda: schedule.undo(**mailing, by="ada"),
            "start now": lambda: schedule.start_now(**mailing, by="ada"),
            "pause": lambda: control.pause(**mailing, by="ada"),
            "resume": lambda: control.resume(**mailing, by="ada"),
            "cancel": lambda: control.cancel(**mailing, by="ada"),
            "retry failed": lambda: control.retry_failed(**mailing, by="ada"),
            "resend doubts": lambda: control.settle_doubts(**mailing, by="ada", resend=True),
            "release": lambda: self._later(schedule.release_held),
            "start due": lambda: self._later(schedule.start_due),
            "claim": self._claim,
            "record": self._record,
            "die": self._die,
            "lose the host": self._lose_the_host,
            "let keys expire": lambda: Batch.objects.update(key_until=timezone.now()),
            "find journals": recovery.settle_orphans,
            "leave out": lambda: recovery.leave_out_cancelled(worker="test:1"),
            "finish": finish.finish_done,
            "find a problem": lambda: control.pause_for_problem(**mailing, problem="535 no"),
            "reported": self._reported,
        }

    def _later(self, then: Callable[[], object]) -> None:
        Mailing.objects.update(starts_at=timezone.now() - timedelta(seconds=1))
        Batch.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        then()

    def _claim(self) -> None:
        Batch.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        held = ledger.claim(transport="resend", replay=KEYED, worker="test:1")
        if held is not None:
            self._held.append(held)

    def _record(self) -> None:
        """The last batch in hand; perhaps not everybody of it was attempted."""
        if not self._held:
            return
        held = self._held.pop()
        people = [one.id for one in held.recipients if self._dice.random() < 0.9]
        key = self._dice.choice(("", "5-1-0"))
        held.journal.attempt_call(people, key)
        for subscriber_id in people:
            answer = self._dice.choice(ANSWERS)
            kept = key if answer is ServerAnswer.DOUBT else ""
            held.journal.answer(Outcome(subscriber_id, answer, "said so", key=kept))
        try:
            ledger.record(
                batch_id=held.batch_id,
                epoch=held.epoch,
                outcomes=held.journal.outcomes(),
                replay=KEYED,
            )
        except ledger.LeaseLost:
            held.journal.abandon()
        else:
            held.journal.delete()

    def _die(self) -> None:
        """Of the first of a batch in hand nobody knows what became."""
        if self._held:
            held = self._held.pop()
            for recipient in held.recipients[:1]:
                held.journal.attempt(recipient.id)
            held.journal.abandon()

    def _lose_the_host(self) -> None:
        Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        recovery.take_over_expired()

    def _reported(self) -> None:
        brevo_reports(self._dice.choice(REPORTS), self.mailing, self._dice.choice(self.people))

    def end(self) -> None:
        for held in self._held:
            held.journal.abandon()
        shutil.rmtree(journal.folder())
