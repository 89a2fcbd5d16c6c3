"""Finding people among a million: by index, page after page, never by counting them all.

A list is read along the one index that fits what is sought, newest first; by the beginning of an
address it is in the order of the alphabet. A page begins behind the last row of the one before
(OFFSET would read all that went before it).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone

from subscribers.models import Newsletter, Subscriber, Subscription
from subscribers.segments.models import Tagging
from subscribers.segments.rules import start_of_day

PAGE = 50
COUNTED = 10_000  # no page counts further than it pays,
LOOKED_UP = 1_000  # nor so far where each one has to be looked up in a second index
FEW = 1_000  # whose ids are quickly read

_Lists = list[tuple[QuerySet[Any], str]]  # rows, and their column with the person's id


@dataclass(frozen=True, slots=True)
class Filters:
    """Whom to show. Empty: everybody.

    A segment's rule (`subscribers.segments.rules`) is kept and says who gets a mail. This is what
    somebody looks for now; an index serves each of these filters, however many people there are.
    """

    q: str = ""
    newsletter: int | None = None
    status: str = ""
    tag: int | None = None
    pace: str = ""
    edition: str = ""
    resting: bool = False
    since: str = ""
    brought_by: int | None = None  # an import

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def prefix(self) -> str:
        return self.q.strip().lower()

    @property
    def is_narrow(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class PeoplePage:
    """One page, the ids at which the next and the one before it begin, and how many match on
    all pages, counted no further than one more than `counted_to`."""

    people: list[Subscriber]
    count: int
    after: int | None
    before: int | None


class _ByBytes(OrderBy):
    """In the order of the index that serves `begins`, whatever the collation."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        using, word = ("~>~", "DESC") if self.descending else ("~<~", "ASC")
        # Django looks for the word behind an order, which stands here for it alone.
        template = f"%(expression)s USING OPERATOR({using}) /* {word} */"
        return self.as_sql(compiler, connection, template=template)


def matching(filters: Filters) -> QuerySet[Subscriber]:
    """Everybody who is sought, in no order. For what is done to all of them."""
    people = Subscriber.objects.filter(_of_person(filters))
    if _asks_of_subscription(filters):
        subscriptions = Subscription.objects.filter(
            _of_subscription(filters), subscriber_id=OuterRef("pk")
        )
        people = people.filter(Exists(subscriptions))
    if filters.tag:
        people = people.filter(Exists(_tagged(filters, OuterRef("pk"))))
    if filters.prefix:
        people = people.filter(address__begins=filters.prefix)
    return people


def page(filters: Filters, *, after: int | None = None, before: int | None = None) -> PeoplePage:
    """A page that begins behind somebody, or ends ahead of somebody; else the first."""
    back = before is not None
    lists = [] if filters.prefix else _lists(filters)
    ids = _page_ids(filters, lists, before if back else after, back=back)
    more, ids = len(ids) > PAGE, ids[:PAGE]
    if back:
        ids.reverse()
    people = _people(ids)
    follows = back or more
    precedes = more if back else after is not None
    return PeoplePage(
        people,
        _count(filters, lists),
        ids[-1] if ids and follows else None,
        ids[0] if ids and precedes else None,
    )


def counted_to(filters: Filters) -> int:
    """How many are counted at most."""
    asked_of = (_asks_of_subscription(filters), filters.tag, _of_person(filters))
    return COUNTED if sum(map(bool, asked_of)) < 2 else min(COUNTED, LOOKED_UP)


def _count(filters: Filters, lists: _Lists) -> int:
    most = counted_to(filters) + 1
    if filters.prefix:
        return matching(filters)[:most].count()
    return min(most, sum(rows[:most].count() for rows, _ in lists))


def count_is_exact(filters: Filters) -> bool:
    """Who stands equally in several newsletters is in several lists."""
    once = filters.newsletter or filters.tag or filters.prefix or filters.brought_by
    return not filters.status or bool(once)


def _page_ids(filters: Filters, lists: _Lists, edge: int | None, *, back: bool) -> list[int]:
    if filters.prefix:
        return _alphabetical(filters, edge, back=back)
    parts = []
    for rows, field in lists:
        beyond = {} if edge is None else {f"{field}__gt" if back else f"{field}__lt": edge}
        ordered = (
            rows.filter(**beyond)
            .order_by(field if back else f"-{field}")
            .values_list(field, flat=True)
        )
        parts.append(ordered[: PAGE + 1])
    return list(islice(_once(merge(*parts, reverse=not back)), PAGE + 1))


def _alphabetical(filters: Filters, edge: int | None, *, back: bool) -> list[int]:
    people = matching(filters)
    if edge is not None:
        # The id stands in the page's address, the address does not.
        at = Subscriber.objects.filter(pk=edge).values_list("address", flat=True).first()
        if at is not None:
            beyond = Q(address__below=at) if back else Q(address__above=at)
            people = people.filter(beyond)
    order = _ByBytes(F("address"), descending=back)
    return list(people.order_by(order).values_list("pk", flat=True)[: PAGE + 1])


def _once(ids: Iterable[int]) -> Iterable[int]:
    last = None
    for subscriber_id in ids:
        if subscriber_id != last:
            yield subscriber_id
        last = subscriber_id


def _lists(filters: Filters) -> _Lists:
    """Where to read, each with the column of the person's id; together they are who is sought.

    By tag, by subscription and by what few chose there is an index whose order is the person's. Of
    several that fit, the one of the fewest is read: along any other one, the database could look
    at a million people to find three.
    """
    if ways := [
        way for way in (_by_choice(filters), _by_tag(filters), _by_subscription(filters)) if way
    ]:
        return _narrowest(ways).lists
    return [(Subscriber.objects.filter(_of_person(filters), _newcomers(filters)), "pk")]


def _newcomers(filters: Filters) -> Q:
    """Where few came since then, the ids that they can have: newest first, the database would
    look for one more of them through everybody who came before."""
    if not filters.since:
        return Q()
    came = Subscriber.objects.filter(created_at__gte=start_of_day(filters.since))
    few = list(came.order_by("created_at").values_list("pk", flat=True)[: FEW + 1])
    if len(few) > FEW:
        return Q()
    return Q(pk__gte=min(few)) if few else Q(pk=0)


@dataclass(frozen=True)
class _Way:
    """One way to read, along the indexes under `narrowest`; it passes at least who is sought."""

    lists: _Lists
    narrowest: list[QuerySet[Any]]

    def passes(self, most: int) -> int:
        """How many are passed, counted no further than `most` in each list: the index alone is
        read."""
        return sum(rows.order_by()[:most].count() for rows in self.narrowest)


def _narrowest(ways: list[_Way]) -> _Way:
    """The one that passes the fewest; what passes more is not counted to its end."""
    best, fewest = ways[0], COUNTED
    for way in ways if len(ways) > 1 else []:
        passed = way.passes(fewest)
        if passed < fewest:
            best, fewest = way, passed
    return best


def _by_choice(filters: Filters) -> _Way | None:
    """By what few people chose of how they are written to."""
    few = Filters(
        pace=filters.pace if filters.pace != Subscriber.Pace.EACH else "",
        edition=filters.edition if filters.edition != Subscriber.Edition.FULL else "",
        resting=filters.resting,
    )
    if not few.is_narrow:
        return None
    people = Subscriber.objects.filter(_of_person(few))
    return _Way([(matching(filters), "pk")], [people])


def _by_tag(filters: Filters) -> _Way | None:
    if not filters.tag:
        return None
    rows = Tagging.objects.filter(tag_id=filters.tag)
    beside = rows.filter(_beside_subscription(filters), _person_beside(filters))
    return _Way([(beside, "subscriber_id")], [rows])


def _by_subscription(filters: Filters) -> _Way | None:
    """A subscription is found by newsletter and status together, so the one that was not said is
    tried each in turn."""
    if not _asks_of_subscription(filters):
        return None
    if filters.brought_by:  # a list brings each person once, to one newsletter
        rows = Subscription.objects.filter(brought_by=filters.brought_by)
        beside = _of_subscription(filters) & _person_beside(filters)
        if filters.tag:
            beside &= Q(Exists(_tagged(filters, OuterRef("subscriber_id"))))
        return _Way([(rows.filter(beside), "subscriber_id")], [rows])
    if filters.tag and not filters.newsletter:
        return None  # by tag each is counted once, by status in each of several newsletters
    newsletters = (
        [filters.newsletter]
        if filters.newsletter
        else list(Newsletter.objects.values_list("pk", flat=True))
    )
    statuses = [filters.status] if filters.status else list(Subscription.Status.values)
    subscriptions = [
        Subscription.objects.filter(newsletter_id=newsletter, status=status)
        for newsletter in newsletters
        for status in statuses
    ]
    beside = Q(_person_beside(filters))
    if filters.tag:
        beside &= Q(Exists(_tagged(filters, OuterRef("subscriber_id"))))
    return _Way([(rows.filter(beside), "subscriber_id") for rows in subscriptions], subscriptions)


def _asks_of_subscription(filters: Filters) -> bool:
    return bool(filters.newsletter or filters.status or filters.brought_by)


def _of_subscription(filters: Filters) -> Q:
    wanted = Q()
    if filters.brought_by:
        wanted &= Q(brought_by=filters.brought_by)
    if filters.newsletter:
        wanted &= Q(newsletter_id=filters.newsletter)
    if filters.status:
        wanted &= Q(status=filters.status)
    return wanted


def _beside_subscription(filters: Filters) -> Q:
    if not _asks_of_subscription(filters):
        return Q()
    subscriptions = Subscription.objects.filter(
        _of_subscription(filters), subscriber_id=OuterRef("subscriber_id")
    )
    return Q(Exists(subscriptions))


def _tagged(filters: Filters, person: Any) -> QuerySet[Tagging]:
    return Tagging.objects.filter(tag_id=filters.tag or 0, subscriber_id=person)


def _of_person(filters: Filters, prefix: str = "") -> Q:
    """What is asked of the person herself. The second half of each pair is what the index says
    of itself, in its own words, so that a database sees that it fits."""
    wanted = Q()
    if filters.edition:
        wanted &= Q(**{f"{prefix}edition": filters.edition})
        if filters.edition != Subscriber.Edition.FULL:
            wanted &= ~Q(**{f"{prefix}edition": Subscriber.Edition.FULL.value})
    if filters.pace:
        wanted &= Q(**{f"{prefix}pace": filters.pace})
        if filters.pace != Subscriber.Pace.EACH:
            wanted &= ~Q(**{f"{prefix}pace": Subscriber.Pace.EACH.value})
    if filters.resting:
        wanted &= Q(**{f"{prefix}resting_until__isnull": False})
        wanted &= Q(**{f"{prefix}resting_until__gt": timezone.localdate()})
    if filters.since:
        wanted &= Q(**{f"{prefix}created_at__gte": start_of_day(filters.since)})
    return wanted


def _person_beside(filters: Filters) -> Q:
    return _of_person(filters, "subscriber__")


def _people(ids: list[int]) -> list[Subscriber]:
    """These people in this order, with what the list shows of them."""
    subscriptions = Subscription.objects.select_related("newsletter").order_by("newsletter_id")
    tags = Tagging.objects.select_related("tag").order_by("tag__name")
    rows = Subscriber.objects.filter(pk__among=ids).prefetch_related(
        Prefetch("subscriptions", subscriptions), Prefetch("taggings", tags)
    )
    found = {person.pk: person for person in rows}
    return [found[subscriber_id] for subscriber_id in ids if subscriber_id in found]
