"""Named reads: how a mailing stands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum, Value
from django.utils import timezone

from posts.content.models import PostPage
from posts.delivery import health
from posts.delivery.models import ALL_STATES, WAITING, Batch, Delivery, Mailing
from subscribers.models import Subscriber, Subscription


@dataclass(frozen=True)
class Report:
    """The accounting of one mailing at one moment."""

    mailing: Mailing
    deliveries: dict[str, int]
    left_out: dict[str, int]
    problem: str | None
    # Why it goes slowly or not at all although all is well: today's limit is used up, say.
    waits: str = ""

    @property
    def state(self) -> str:
        return self.mailing.state

    @property
    def candidates(self) -> int:
        return self.mailing.candidates

    @property
    def accounted(self) -> bool:
        """The ten counts sum to the candidates."""
        return sum(self.deliveries.values()) == self.candidates

    @property
    def unsettled(self) -> int:
        """How many recipients the machine still has work with."""
        return sum(self.deliveries[state] for state in (WAITING, "attempting", "retrying"))

    def as_json(self) -> dict[str, Any]:
        return {
            "mailing": self.mailing.pk,
            "state": self.state,
            "candidates": self.candidates,
            "deliveries": self.deliveries,
            "left_out": self.left_out,
            "accounted": self.accounted,
            "problem": self.problem,
            "folded": self.mailing.totals is not None,
            "starts_at": self.mailing.starts_at and self.mailing.starts_at.isoformat(),
        }


def report(mailing: Mailing) -> Report:
    """How a mailing stands, and what holds it up. May knock at the broker: not in a transaction."""
    return explained(count(mailing))


def reports(mailings: Iterable[Mailing]) -> list[Report]:
    """Several at a time: what holds up one holds up all, and is looked for once."""
    why = cache(_what_holds_up)
    return [_explained(count(mailing), why) for mailing in mailings]


def explained(counted: Report) -> Report:
    """With what holds it up, as `report` says."""
    return _explained(counted, _what_holds_up)


def _explained(counted: Report, why: Callable[[], tuple[str | None, str]]) -> Report:
    if counted.problem or not _wants_a_worker(counted):
        return counted
    problem, waits = why()
    return replace(counted, problem=problem, waits=waits)


def _what_holds_up() -> tuple[str | None, str]:
    problem = health.what_holds_mail_up()
    return problem, "" if problem else health.why_mail_waits()


def _wants_a_worker(counted: Report) -> bool:
    """Whether nothing but a worker is missing: it is sending, or its time to start has come."""
    if counted.state in (Mailing.State.HELD, Mailing.State.SCHEDULED):
        starts_at = counted.mailing.starts_at
        return starts_at is not None and starts_at <= timezone.now()
    return counted.state == Mailing.State.SENDING and counted.unsettled > 0


def count(mailing: Mailing) -> Report:
    """Count the rows. One statement, so that a claim in between cannot be counted twice."""
    waiting = (
        Batch.objects.filter(
            mailing=mailing, state=Batch.State.WAITING, purpose=Batch.Purpose.FIRST
        )
        .values(kind=Value(0, output_field=IntegerField()), why=Value(""))
        .annotate(people=Sum("size"))
    )
    rows = (
        Delivery.objects.filter(mailing=mailing)
        .values(kind=F("state"), why=F("reason"))
        .annotate(people=Count("subscriber_id"))
    )
    deliveries = dict.fromkeys(ALL_STATES, 0)
    left_out: dict[str, int] = {}
    for row in waiting.order_by().union(rows.order_by(), all=True):
        name = Delivery.State(row["kind"]).label if row["kind"] else WAITING
        deliveries[str(name)] += row["people"] or 0  # a sum over no batches is NULL
        if row["kind"] == Delivery.State.LEFT_OUT:
            left_out[row["why"]] = row["people"]
    # After the rows: where there are no totals now, no row was deleted then.
    fresh = Mailing.objects.get(pk=mailing.pk)
    if fresh.totals is not None:
        deliveries, left_out = fresh.totals["deliveries"], fresh.totals["left_out"]
    return Report(fresh, deliveries, left_out, fresh.problem or None)


def first_mailings() -> QuerySet[Mailing]:
    """The mailings that count as a post's first: what was undone is as if never asked for."""
    return Mailing.objects.filter(kind=Mailing.Kind.FIRST, undone_at__isnull=True)


def first_mailing(slug: str) -> Mailing | None:
    return first_mailings().filter(post__slug=slug).first()


@dataclass(frozen=True, slots=True)
class ExpectedAudience:
    """How many would be mailed at this moment, some of whom may yet be left out at the hand-over;
    and how many more get it later, in their weekly or monthly digest."""

    at_once: int
    in_digests: int


def expected_audience(post: PostPage) -> ExpectedAudience:
    """Who chose a digest are few, and have an index of their own: they are counted, and everybody,
    so that nobody looks through all of two tables."""
    everybody = Subscription.objects.filter(
        newsletter_id=post.newsletter_id, status=Subscription.Status.ACTIVE
    )
    in_digests = everybody.filter(
        ~Q(subscriber__pace=Subscriber.Pace.EACH),
        subscriber__pace__in=(Subscriber.Pace.WEEKLY, Subscriber.Pace.MONTHLY),
    ).count()
    return ExpectedAudience(everybody.count() - in_digests, in_digests)


def readers_of_digests(post: PostPage) -> int:
    """How many get it later, in their weekly or monthly digest."""
    return expected_audience(post).in_digests
