"""Readers: added, found, tagged, unsubscribed, erased."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router
from ninja.responses import Status

from posts.api.callers import Scope, may, said_by
from posts.api.limits import count_asking
from posts.api.once import once
from posts.api.operations import LARGEST, Cursor, Limit, Number, answers, newsletter_named
from posts.api.pages import page_of
from posts.api.problems import ApiProblem
from posts.api.schemas.people import (
    ConsentList,
    ConsentStated,
    Left,
    PersonAdded,
    PersonLeaving,
    PersonList,
    PersonToAdd,
    PersonToFind,
    PersonTold,
    SubscriptionStatus,
    TagList,
    TagsSet,
    TagsToSet,
)
from posts.desk.staff.notes import note
from subscribers import actions, by_hand
from subscribers.addresses import Address, AddressRefused, normalise
from subscribers.models import ConsentEvent, Subscriber, Subscription
from subscribers.one_line import printable_line
from subscribers.queries import suppressed_among
from subscribers.segments.actions import create_tag, tag_people, untag
from subscribers.segments.models import Tag

router = Router(tags=["subscribers"])
_READ, _WRITE = Scope("subscribers:read"), Scope("subscribers:write")


@router.get(
    "subscribers",
    auth=_READ,
    response=answers(200, PersonList, 400, 422),
    summary="Readers, those who came last first",
)
def list_subscribers(  # noqa: PLR0917 - Ninja calls it by names
    request: HttpRequest,
    newsletter: Annotated[str | None, Query(max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")] = None,
    status: Annotated[SubscriptionStatus | None, Query()] = None,
    tag: Annotated[int | None, Query(ge=1, le=LARGEST, description="Its id.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Any:
    people = Subscriber.objects.all()
    ties: dict[str, Any] = {}
    if newsletter is not None:
        ties["newsletter"] = newsletter_named(newsletter)
    if status is not None:
        ties["status"] = status.value
    if ties:
        people = people.filter(pk__in=Subscription.objects.filter(**ties).values("subscriber"))
    if tag is not None:
        people = people.filter(taggings__tag=tag)
    found, following = page_of(
        _with_relations(people),
        name=f"subscribers {newsletter} {status} {tag}",
        cursor=cursor,
        limit=limit,
    )
    return {"data": _told(found), "next": following}


@router.post(
    "subscribers",
    auth=_WRITE,
    response=answers(201, PersonAdded, 400, 409, 413, 422),
    summary="Add a reader",
)
def add_subscriber(request: HttpRequest, sent: PersonToAdd) -> Any:
    """Without `consent` a mail asks her to confirm, at most one a day. With it she gets letters at
    once: say it only of people who agreed. Whoever left, bounced or complained stays out, and is
    not asked either: she comes back by the site’s own form."""
    address = address_of(sent.address)

    def count() -> None:
        if sent.consent is None:
            count_asking(request.program)  # type: ignore[attr-defined]

    return once(request, lambda: (201, _add(request, sent, address)), before=count)


@router.post(
    "subscribers/find",
    auth=_READ,
    response=answers(200, PersonTold, 400, 404, 413, 422),
    summary="Find a reader by her address",
)
def find_subscriber(request: HttpRequest, sent: PersonToFind) -> Any:
    """A POST, so that no address stands in anybody’s logs. It changes nothing."""
    address = address_of(sent.address).normalised
    return _one(_with_relations(Subscriber.objects.filter(address=address)))


@router.get(
    "subscribers/{number:subscriber_id}",
    auth=_READ,
    response=answers(200, PersonTold, 404),
    summary="One reader",
)
def read_subscriber(request: HttpRequest, subscriber_id: Number) -> Any:
    return _one(_with_relations(Subscriber.objects.filter(pk=subscriber_id)))


@router.get(
    "subscribers/{number:subscriber_id}/events",
    auth=_READ,
    response=answers(200, ConsentList, 404),
    summary="What she agreed to, and when",
)
def list_consent(request: HttpRequest, subscriber_id: Number) -> Any:
    person = _person(subscriber_id)
    events = ConsentEvent.objects.filter(subscriber=person).select_related("newsletter")
    return {
        "data": [
            {
                "at": event.at,
                "kind": event.kind,
                "newsletter": event.newsletter.slug,
                "source": event.source,
                "by": event.by,
                "wording": event.wording,
            }
            for event in events
        ]
    }


@router.put(
    "subscribers/{number:subscriber_id}/tags",
    auth=_WRITE,
    response=answers(200, TagsSet, 400, 404, 413, 422),
    summary="Set a reader’s tags",
)
def set_tags(request: HttpRequest, subscriber_id: Number, sent: TagsToSet) -> Any:
    """Those that are new are made; those that she has and that are not named are taken off."""
    by = said_by(request)
    with transaction.atomic():
        person = _person(subscriber_id)
        tags = {create_tag(name=name, by=by) for name in sent.tags}
        has = set(Tag.objects.filter(taggings__subscriber=person))
        for tag in tags - has:
            tag_people(tag=tag, ids=[person.pk], by=by)
        for tag in has - tags:
            untag(tag=tag, ids=[person.pk], by=by)
    return {"tags": sorted(tag.name for tag in tags)}


@router.post(
    "subscribers/{number:subscriber_id}/unsubscribe",
    auth=_WRITE,
    response=answers(200, Left, 400, 404, 409, 413, 422),
    summary="Unsubscribe a reader",
)
def unsubscribe(request: HttpRequest, subscriber_id: Number, sent: PersonLeaving) -> Any:
    """Only she herself can come back."""
    return once(request, lambda: (200, _unsubscribe(request, subscriber_id, sent.newsletter)))


@router.delete(
    "subscribers/{number:subscriber_id}",
    auth=Scope("subscribers:erase"),
    response=answers(204, None, 404),
    summary="Erase a reader",
)
def erase(request: HttpRequest, subscriber_id: Number) -> Any:
    """Everything about her is forgotten but a hash of her address, which is never mailed again."""
    with transaction.atomic():
        person = _person(subscriber_id)
        note("desk.person.erased", by=request.program.by, on=person)  # type: ignore[attr-defined]
        actions.erase(
            address=Address(typed=person.email, normalised=person.address),
            source="API",
            by=said_by(request),
        )
    return Status(204, None)


@router.get("tags", auth=_READ, response=answers(200, TagList), summary="Tags that readers have")
def list_tags(request: HttpRequest) -> Any:
    tags = Tag.objects.annotate(people=Count("taggings")).order_by("name")
    return {"data": list(tags.values("id", "name", "people"))}


def address_of(typed: str) -> Address:
    """Raises ApiProblem, which does not repeat it."""
    try:
        return normalise(typed)
    except AddressRefused as refusal:
        raise ApiProblem(422, refusal.message, kind="cannot") from refusal


def consent_in_words(consent: ConsentStated) -> str:
    """As it is kept. Raises ApiProblem for a day that is still to come."""
    if date.fromisoformat(consent.date) > timezone.localdate():
        raise ApiProblem(422, "Nobody agreed on a day that is still to come.", kind="cannot")
    if not consent.source.strip():
        raise ApiProblem(422, "Say where these people agreed.", kind="cannot")
    return f"{consent.source.strip()}, {consent.date}"


def _add(request: HttpRequest, sent: PersonToAdd, address: Address) -> dict[str, Any]:
    slugs: list[str | None] = [*sent.newsletters] if sent.newsletters else [None]
    newsletters = list(dict.fromkeys(newsletter_named(slug) for slug in slugs))
    outcomes = by_hand.add(
        address=address,
        name=printable_line(sent.name, most=120),
        newsletters=newsletters,
        consent=consent_in_words(sent.consent) if sent.consent else "",
        source="API",
        by=said_by(request),
        she_asks=False,
    )
    if not may(request, "subscribers:read"):
        return {"id": None, "outcomes": []}
    person = Subscriber.objects.filter(address=address.normalised).first()
    return {
        "id": person.pk if person else None,
        "outcomes": [
            {"newsletter": newsletter.slug, "outcome": outcome.value}
            for newsletter, outcome in outcomes
        ],
    }


def _unsubscribe(request: HttpRequest, subscriber_id: int, slug: str | None) -> dict[str, Any]:
    ties = _person(subscriber_id).subscriptions.all()
    if slug is not None:
        ties = ties.filter(newsletter=newsletter_named(slug))
    by = said_by(request)
    ended = [actions.unsubscribe(subscription=tie, source="API", by=by) for tie in ties]
    return {"ended": sum(ended)}


def _person(subscriber_id: int) -> Subscriber:
    person = Subscriber.objects.filter(pk=subscriber_id).first()
    if person is None:
        raise Http404
    return person


def _with_relations(people: Any) -> Any:
    ties = Subscription.objects.select_related("newsletter").order_by("newsletter")
    return people.prefetch_related(
        Prefetch("subscriptions", ties), Prefetch("taggings__tag", Tag.objects.all())
    )


def _one(people: Any) -> dict[str, Any]:
    found = list(people[:1])
    if not found:
        raise Http404
    return _told(found)[0]


def _told(people: Sequence[Subscriber]) -> list[dict[str, Any]]:
    suppressed = suppressed_among([person.address for person in people])
    return [
        {
            "id": person.pk,
            "address": person.address,
            "name": person.name,
            "language": person.locale,
            "tags": sorted(tagging.tag.name for tagging in person.taggings.all()),
            "subscriptions": [
                {"newsletter": tie.newsletter.slug, "status": tie.status}
                for tie in person.subscriptions.all()
            ],
            "suppressed": person.address in suppressed,
            "created_at": person.created_at,
        }
        for person in people
    ]
