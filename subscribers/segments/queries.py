"""Named reads: who is in a segment."""

from django.db.models import QuerySet

from subscribers.models import Subscription
from subscribers.queries import audience
from subscribers.segments.models import Segment


def members(segment: Segment) -> QuerySet[Subscription, int]:
    """Ids of everybody who is in it now, in ascending order: one query, as an audience is."""
    return audience(segment.newsletter_id, rule=segment.rule)


def live_count(segment: Segment) -> int:
    """How many are in it at this moment."""
    return members(segment).count()
