"""A lease on a row: whoever works on it holds it until a moment, and goes on holding it meanwhile.

A worker that dies lets go by not going on. Two that come at once are told apart by the conditional
update with which they claim.
"""

from django.db.models import Q
from django.utils import timezone

__all__ = ["unleased"]


def unleased() -> Q:
    """Rows with a column `lease_until` that nobody holds at this moment."""
    return Q(lease_until=None) | Q(lease_until__lt=timezone.now())
