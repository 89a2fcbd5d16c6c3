"""Named reads: who is in a segment, and which tags there are."""

from collections.abc import Iterable

from django.db.models import QuerySet

from subscribers.models import Subscription
from subscribers.queries import audience
from subscribers.segments.models import Segment, Tag
from subscribers.segments.spelling import tag_key


def members(segment: Segment) -> QuerySet[Subscription, int]:
    """Ids of everybody who is in it now, in ascending order: one query, as an audience is."""
    return audience(segment.newsletter_id, rule=segment.rule)


def live_count(segment: Segment) -> int:
    """How many are in it at this moment."""
    return members(segment).count()


def find_tag(name: str) -> Tag | None:
    """The tag of that name, however it is spelled."""
    number = tags_called([name]).get(tag_key(name))
    return Tag.objects.filter(pk=number).first() if number else None


def tags_called(names: Iterable[str]) -> dict[str, int]:
    """The ids of the tags of those names, by `tag_key`; of two that only differ in their spelling
    the one that is spelled so, or the first."""
    wanted = {name: tag_key(name) for name in names}
    exact = Tag.objects.filter(name__among=[*wanted]).values_list("name", "pk")
    found = {wanted[name]: number for name, number in exact} if wanted else {}
    left = {key for key in wanted.values() if key not in found}
    if left:
        # No database folds letters as Python does, and a site has some hundreds of tags.
        for number, name in Tag.objects.order_by("pk").values_list("pk", "name").iterator():
            if (key := tag_key(name)) in left:
                found.setdefault(key, number)
    return found
