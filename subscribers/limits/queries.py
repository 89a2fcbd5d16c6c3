"""What is asked of this room."""

from subscribers.limits.models import BlockedDomain
from subscribers.limits.suspicions import with_parents


def is_blocked(address: str) -> bool:
    """Whether nobody may sign up with this normalised address, because of its domain."""
    domain = address.rpartition("@")[2]
    return BlockedDomain.objects.filter(domain__in=with_parents(domain)).exists()
