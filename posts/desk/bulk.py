"""What is done to many people at once: a few hundred a transaction, each with its audit.

Stopped anywhere it goes on by itself: the row says how far it came.
"""

import time
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from posts.desk import search
from posts.desk.models import BulkWork
from subscribers import actions
from subscribers.actions import Status
from subscribers.addresses import Address
from subscribers.models import Subscriber, Subscription, Suppression
from subscribers.segments.actions import audit, tag_people, untag
from subscribers.segments.models import Tag

CHUNK = 500
SECONDS = 40.0  # then the next ring goes on, so that other tasks get their turn
SOURCE = "/admin/subscribers/"
Verb = BulkWork.Verb
Act = Callable[[BulkWork, list[Subscriber]], None]


def begin(
    *,
    verb: str,
    filters: search.Filters,
    ids: list[int] | None,
    value: int | None,
    expected: int,
    by: str,
) -> BulkWork:
    """Note what is to be done to everybody who matches, or to `ids`."""
    with transaction.atomic():
        newest = Subscriber.objects.aggregate(newest=Max("pk"))["newest"] or 0
        work = BulkWork.objects.create(
            verb=verb,
            found=filters.as_json(),
            ids=ids,
            value=value,
            by=by,
            expected=expected,
            up_to=newest,
        )
        audit(by=by, action=f"bulk {verb}", detail=f"work {work.pk}, {expected} people")
    return work


def go_on(*, seconds: float = SECONDS) -> bool:
    """Do what is open, for a while. Answers whether something is left."""
    until = time.monotonic() + seconds
    for work in BulkWork.objects.filter(finished_at=None).order_by("pk"):
        while _one_chunk(work.pk):
            if time.monotonic() > until:
                return True
    return False


def _one_chunk(work_id: int) -> bool:
    """The next few hundred; False when there is nobody left. Two workers take turns here."""
    with transaction.atomic():
        work = BulkWork.objects.select_for_update().get(pk=work_id)
        if work.finished_at is not None:
            return False
        people = list(_next(work))
        if people:
            _ACTS[Verb(work.verb)](work, people)
            work.done_to, work.done = people[-1].pk, work.done + len(people)
            work.save(update_fields=["done_to", "done"])
        else:
            BulkWork.objects.filter(pk=work.pk).update(finished_at=Now())
            detail = f"work {work.pk}, {work.done} people"
            audit(by=work.by, action=f"bulk {work.verb} done", detail=detail)
    return bool(people)


def _next(work: BulkWork) -> Iterable[Subscriber]:
    people = chosen(search.Filters(**work.found), work.ids)
    return people.filter(pk__gt=work.done_to, pk__lte=work.up_to).order_by("pk")[:CHUNK]


def chosen(filters: search.Filters, ids: list[int] | None) -> QuerySet[Subscriber]:
    """Those who were ticked; without any, everybody who matches."""
    if ids is not None:
        return Subscriber.objects.filter(pk__among=ids)
    return search.matching(filters)


def in_chunks(filters: search.Filters, ids: list[int] | None) -> Iterator[list[Subscriber]]:
    """All of them, for an export: read along the key, no transaction held open meanwhile."""
    people = chosen(filters, ids).order_by("pk").prefetch_related("subscriptions__newsletter")
    done_to = 0
    while chunk := list(people.filter(pk__gt=done_to)[:CHUNK]):
        yield chunk
        done_to = chunk[-1].pk


def _tag(work: BulkWork, people: list[Subscriber]) -> None:
    # A tag that was deleted meanwhile has nobody to be put on.
    if tag := Tag.objects.filter(pk=work.value or 0).first():
        tag_people(tag=tag, ids=[person.pk for person in people], by=work.by)


def _untag(work: BulkWork, people: list[Subscriber]) -> None:
    if tag := Tag.objects.filter(pk=work.value or 0).first():
        untag(tag=tag, ids=[person.pk for person in people], by=work.by)


def _unsubscribe(work: BulkWork, people: list[Subscriber]) -> None:
    rows = Subscription.objects.filter(
        subscriber_id__among=[person.pk for person in people],
        status__in=(Status.ACTIVE, Status.PENDING),
    )
    if work.value:
        rows = rows.filter(newsletter_id=work.value)
    for row in rows.order_by("pk"):
        actions.unsubscribe(subscription=row, source=SOURCE, by=work.by)


def _suppress(work: BulkWork, people: list[Subscriber]) -> None:
    actions.suppress_all(
        addresses=[_address(person) for person in people],
        reason=Suppression.Reason.MANUAL,
        source=SOURCE,
        by=work.by,
    )


def _erase(work: BulkWork, people: list[Subscriber]) -> None:
    for person in people:
        actions.erase(address=_address(person), source=SOURCE, by=work.by)


def _address(person: Subscriber) -> Address:
    return Address(person.email, person.address)


_ACTS: dict[BulkWork.Verb, Act] = {
    Verb.TAG: _tag,
    Verb.UNTAG: _untag,
    Verb.UNSUBSCRIBE: _unsubscribe,
    Verb.SUPPRESS: _suppress,
    Verb.ERASE: _erase,
}
